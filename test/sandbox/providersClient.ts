import sharp from 'sharp';
import type { Fault } from '../../sandbox/providers/kit/faults';
import type { ProviderStatistics, RecordedRequest } from '../../sandbox/providers/kit/ledger';
import { startProviders } from '../../sandbox/providers/process';
import type { ServerProcess } from '../../sandbox/serverProcess';

/** A running server of local providers with the calls that its tests share. */
export class ProvidersClient {
	private server!: ServerProcess;

	async start() {
		this.server = await startProviders();
	}

	async stop() {
		await this.server.stop();
	}

	get url() {
		return this.server.url;
	}

	/** POSTs JSON; headers overrule the usual ones. */
	async post(path: string, body: unknown, headers: Record<string, string> = {}) {
		return await fetch(this.url + path, {
			method: 'POST',
			headers: { 'content-type': 'application/json', authorization: 'Bearer any-key', ...headers },
			body: JSON.stringify(body),
		});
	}

	/** POSTs a multipart form; a Buffer goes as a PNG file. */
	async postForm(path: string, fields: Array<[string, string | Buffer]>, headers: Record<string, string> = {}) {
		const form = new FormData();
		for (const [name, value] of fields) {
			if (typeof value === 'string') form.append(name, value);
			else form.append(name, new Blob([new Uint8Array(value)], { type: 'image/png' }), `${name}.png`);
		}
		return await fetch(this.url + path, {
			method: 'POST',
			headers: { authorization: 'Bearer any-key', ...headers },
			body: form,
		});
	}

	async get(path: string, headers: Record<string, string> = {}) {
		return await fetch(path.startsWith('http') ? path : this.url + path, {
			headers: { authorization: 'Bearer any-key', ...headers },
		});
	}

	async reset() {
		await this.post('/sandbox/reset', {});
	}

	async fault(fault: Partial<Fault>) {
		expect((await this.post('/sandbox/faults', fault)).status).toBe(201);
	}

	async stats() {
		const response = await this.get('/sandbox/stats');
		return (await response.json()) as { generations: Record<string, ProviderStatistics>; requests: RecordedRequest[] };
	}
}

/** Format and size of an encoded picture, after decoding all of it. */
export async function inspectPicture(picture: Buffer) {
	const { info } = await sharp(picture).raw().toBuffer({ resolveWithObject: true });
	const { format } = await sharp(picture).metadata();
	return { format, width: info.width, height: info.height };
}

/** How far apart two pictures look: the mean difference of their colours, 0 (same) to 255. */
export async function compareLooks(one: Buffer, other: Buffer): Promise<number> {
	const [a, b] = await Promise.all(
		[one, other].map(
			async (picture) => await sharp(picture).removeAlpha().resize(64, 64, { fit: 'fill' }).raw().toBuffer(),
		),
	);
	return a!.reduce((sum, value, index) => sum + Math.abs(value - b![index]!), 0) / a!.length;
}
