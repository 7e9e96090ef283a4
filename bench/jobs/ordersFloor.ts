import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { finished } from 'node:stream/promises';

import type { PrepareJob } from '../measure/job';
import { API_KEY, orderId } from '../server/orders';
import { imageName, imagePath, MESSAGE, orderNumbers } from './orders';
import type { OrdersOptions } from './orders';

/** The options of the bare loop. */
export interface FloorOptions extends OrdersOptions {
	concurrency: number;
	/** Whether each order is looked at first, as the node does. */
	looksFirst: boolean;
}

const BOUNDARY = 'bench-boundary-7MA4YWxkTrZu0gW';

/** The job as a bare loop on Node's own HTTP client with kept connections: no checks, no repeats, no errors in words. */
export const prepare: PrepareJob<FloorOptions> = async (options) => {
	const { apiUrl, folder, concurrency, looksFirst } = options;
	const agent = new Agent({ keepAlive: true, maxSockets: concurrency });

	const call = async (
		method: string,
		path: string,
		headers: Record<string, string | number> = {},
		body?: string | AsyncIterable<Buffer>,
	): Promise<{ url: string; media_type: string }> => {
		const sent = request(`${apiUrl}${path}`, { method, agent, headers: { authorization: `Bearer ${API_KEY}`, ...headers } });
		const answered = new Promise<Buffer>((done, failed) => {
			sent.on('error', failed);
			sent.on('response', async (response) => {
				const chunks: Buffer[] = [];
				for await (const chunk of response) chunks.push(chunk as Buffer);
				if (response.statusCode === 200) done(Buffer.concat(chunks));
				else failed(new Error(`${method} ${path} was answered with ${response.statusCode}`));
			});
		});
		if (typeof body === 'object') {
			for await (const chunk of body) if (!sent.write(chunk)) await new Promise((done) => sent.once('drain', done));
			sent.end();
		} else {
			sent.end(body);
		}
		await finished(sent, { readable: false });
		const text = (await answered).toString('utf8');
		return (JSON.parse(text) as { data: { url: string; media_type: string } }).data;
	};

	const postJson = async (path: string, value: unknown) => {
		const body = JSON.stringify(value);
		return await call('POST', path, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }, body);
	};

	const upload = async (number: number) => {
		const path = imagePath(folder, number);
		const head = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="${imageName(number)}"\r\nContent-Type: image/png\r\n\r\n`;
		const tail = `\r\n--${BOUNDARY}--\r\n`;
		async function* form(): AsyncIterable<Buffer> {
			yield Buffer.from(head);
			yield* createReadStream(path);
			yield Buffer.from(tail);
		}
		const length = Buffer.byteLength(head) + (await stat(path)).size + Buffer.byteLength(tail);
		return await call('POST', '/upload', { 'content-type': `multipart/form-data; boundary=${BOUNDARY}`, 'content-length': length }, form());
	};

	const deliver = async (number: number) => {
		const id = orderId(number);
		if (looksFirst) await call('GET', `/orders/${id}`);
		const { url, media_type } = await upload(number);
		await postJson(`/orders/${id}/deliver`, { deliverable_url: url, deliverable_media_type: media_type });
		await postJson(`/orders/${id}/messages`, { content: MESSAGE });
	};

	const deliverAll = async (numbers: number[]) => {
		const waiting = numbers.values();
		await Promise.all(
			Array.from({ length: concurrency }, async () => {
				for (const number of waiting) await deliver(number);
			}),
		);
	};

	const { measured, warmUp } = orderNumbers(options);
	return { warmUp: async () => await deliverAll(warmUp), run: async () => await deliverAll(measured) };
};
