import { MarketplaceClient, Wallet } from './marketplaceClient';

const shop = new MarketplaceClient();
beforeAll(async () => await shop.start());
afterAll(async () => await shop.stop());
afterEach(async () => await shop.control.resetClock());

const BYTES = new TextEncoder().encode('not really a picture');
const HOUR = 3_600_000;

const FOURTEEN = {
	'image/jpeg': ['image', 'jpg'],
	'image/png': ['image', 'png'],
	'image/webp': ['image', 'webp'],
	'image/gif': ['image', 'gif'],
	'video/mp4': ['video', 'mp4'],
	'video/webm': ['video', 'webm'],
	'video/quicktime': ['video', 'mov'],
	'application/pdf': ['document', 'pdf'],
	'application/zip': ['document', 'zip'],
	'text/plain': ['text', 'txt'],
	'text/markdown': ['text', 'md'],
	'text/csv': ['text', 'csv'],
	'application/json': ['code', 'json'],
	'text/x-python': ['code', 'py'],
};
const TWO_MORE = { 'text/html': ['text', 'html'], 'text/javascript': ['code', 'js'] };

/** A multipart body written by hand, to leave out what FormData always sends. */
const rawPart = (partHeaders: string, content = 'hello') => ({
	headers: { 'content-type': 'multipart/form-data; boundary=cut' },
	raw: `--cut\r\n${partHeaders}\r\n\r\n${content}\r\n--cut--\r\n`,
});

describe('POST /upload', () => {
	it.each(Object.entries(FOURTEEN))('takes %s', async (type, [mediaType, extension]) => {
		const agent = await shop.agent();
		const { status, data } = await shop.upload('/upload', agent.api_key, BYTES, type);
		expect([status, data]).toEqual([
			200,
			{ url: expect.stringMatching(new RegExp(`\\.${extension}$`)), media_type: mediaType },
		]);
		const stored = await fetch(data.url);
		expect([stored.status, stored.headers.get('content-type')]).toEqual([200, type]);
		expect(new Uint8Array(await stored.arrayBuffer())).toEqual(BYTES);
	});

	it.each([...Object.keys(TWO_MORE), 'text/plain; charset=utf-8', 'application/octet-stream'])(
		'refuses %s',
		async (type) => {
			const agent = await shop.agent();
			const { status, body } = await shop.upload('/upload', agent.api_key, BYTES, type);
			expect([status, body.error]).toEqual([400, expect.stringContaining(`Invalid file type "${type}"`)]);
		},
	);

	it('takes a part without a Content-Type for plain text, and an upper-case type for its lower case', async () => {
		const { api_key: key } = await shop.agent();
		const bare = await shop.call('POST', '/upload', {
			key,
			...rawPart('Content-Disposition: form-data; name="file"; filename="a.bin"'),
		});
		expect(bare.data).toEqual({ url: expect.stringMatching(/\.txt$/), media_type: 'text' });
		const upper = await shop.call('POST', '/upload', {
			key,
			...rawPart('Content-Disposition: form-data; name="file"; filename="a"\r\nContent-Type: IMAGE/PNG'),
		});
		expect(upper.data).toEqual({ url: expect.stringMatching(/\.png$/), media_type: 'image' });
	});

	it('refuses a part without a filename and a form without a file', async () => {
		const { api_key: key } = await shop.agent();
		for (const name of ['file', 'picture']) {
			const answer = await shop.call('POST', '/upload', {
				key,
				...rawPart(`Content-Disposition: form-data; name="${name}"`),
			});
			expect([answer.status, answer.body.error]).toEqual([400, 'file field is required']);
		}
	});

	it('takes a file of no bytes', async () => {
		const { api_key: key } = await shop.agent();
		expect((await shop.upload('/upload', key, new Uint8Array(), 'image/png')).status).toBe(200);
	});

	it('fails with 500 on a body that is no form', async () => {
		const { api_key: key } = await shop.agent();
		const answer = await shop.call('POST', '/upload', { key, body: {} });
		expect([answer.status, answer.body]).toEqual([500, { success: false, error: 'Upload failed' }]);
	});

	it('takes 6 MB and refuses 53 MB with a 400 after reading all of it', async () => {
		const { api_key: key } = await shop.agent();
		const megabytes = (count: number) => new Uint8Array(count * 1024 * 1024);
		expect((await shop.upload('/upload', key, megabytes(6), 'video/mp4')).status).toBe(200);
		const answer = await shop.upload('/upload', key, megabytes(53), 'video/mp4');
		expect([answer.status, answer.body.error]).toEqual([400, 'File too large (max 50MB)']);
	});
});

describe('POST /orders/{id}/upload', () => {
	it.each(Object.entries(TWO_MORE))('takes %s too, and only from the provider', async (type, [mediaType]) => {
		const { agent, order } = await shop.order();
		const { status, data } = await shop.upload(`/orders/${order.id}/upload`, agent.api_key, BYTES, type);
		expect([status, data.media_type]).toEqual([200, mediaType]);
		const stranger = await shop.agent();
		expect((await shop.upload(`/orders/${order.id}/upload`, stranger.api_key, BYTES, type)).status).toBe(403);
		expect((await shop.upload('/orders/ord_none/upload', agent.api_key, BYTES, type)).status).toBe(404);
		expect((await shop.control.statistics()).orders[order.id].uploads).toBe(1);
	});

	it('keeps stored pages from running as pages of the sandbox', async () => {
		const { agent, order } = await shop.order();
		const { data } = await shop.upload(`/orders/${order.id}/upload`, agent.api_key, BYTES, 'text/html');
		const { headers } = await fetch(data.url);
		expect(headers.get('content-disposition')).toBe('attachment');
		expect(headers.get('content-security-policy')).toContain('sandbox');
	});
});

describe('POST /upload/token and the PUT that follows', () => {
	const put = (token: string, pathname: string, body: Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
		fetch(`${shop.url}/api/blob/?pathname=${encodeURIComponent(pathname)}`, {
			method: 'PUT',
			headers: { authorization: `Bearer ${token}`, 'x-api-version': '12', ...headers },
			body,
		});
	const token = async (body: unknown = { content_type: 'video/mp4', filename: 'clip.MP4' }) => {
		const agent = await shop.agent();
		return await shop.post('/upload/token', agent.api_key, body);
	};

	it('answers a token and a pathname, nothing else; the token can be read', async () => {
		const { status, data } = await token();
		expect([status, Object.keys(data)]).toEqual([200, ['upload_token', 'pathname']]);
		expect(data.pathname).toMatch(/\.mp4$/);
		const [, payload] = Buffer.from(data.upload_token.split('_').at(-1), 'base64').toString().split('.');
		expect(JSON.parse(Buffer.from(payload, 'base64').toString())).toMatchObject({
			pathname: data.pathname,
			allowedContentTypes: ['video/mp4'],
			maximumSizeInBytes: 50 * 1024 * 1024,
		});
	});

	it('takes 16 types', async () => {
		for (const content_type of [...Object.keys(FOURTEEN), ...Object.keys(TWO_MORE)]) {
			expect([content_type, (await token({ content_type })).status]).toEqual([content_type, 200]);
		}
		expect((await token({ content_type: 'image/bmp' })).status).toBe(400);
	});

	it.each(['x-content-type', 'content-type'])(
		'stores a body larger than a form could be, typed by %s',
		async (header) => {
			const { data } = await token();
			const bytes = new Uint8Array(8 * 1024 * 1024).fill(7);
			const response = await put(data.upload_token, data.pathname, bytes, { [header]: 'video/mp4' });
			expect(response.status).toBe(200);
			const { url, pathname } = (await response.json()) as { url: string; pathname: string };
			expect(pathname).toBe(data.pathname);
			expect((await (await fetch(url)).arrayBuffer()).byteLength).toBe(bytes.byteLength);
		},
	);

	it('is refused for another pathname, another type, a forged or an old token', async () => {
		const { data } = await token();
		const type = { 'x-content-type': 'video/mp4' };
		expect((await put(data.upload_token, 'atelier/elsewhere.mp4', BYTES, type)).status).toBe(400);
		expect((await put(data.upload_token, data.pathname, BYTES, { 'x-content-type': 'image/png' })).status).toBe(400);
		expect((await put(`${data.upload_token.slice(0, -6)}AAAAAA`, data.pathname, BYTES, type)).status).toBe(403);
		await shop.control.advanceClock(HOUR + 1000);
		expect((await put(data.upload_token, data.pathname, BYTES, type)).status).toBe(403);
	});
});

describe('POST /orders/brief-images', () => {
	it("stores a signing buyer's JPEG or PNG where orders may refer to it", async () => {
		const wallet = new Wallet();
		const form = (type: string) => {
			const data = new FormData();
			for (const [name, value] of Object.entries(wallet.signature())) data.append(name, String(value));
			data.append('file', new Blob([BYTES], { type }), 'reference');
			return data;
		};
		const { data } = await shop.call('POST', '/orders/brief-images', { raw: form('image/png') });
		const agent = await shop.agent();
		const { id } = await shop.control.createService(agent.id);
		const order = {
			service_id: id,
			brief: 'As in the picture',
			reference_images: [data.url],
			client_wallet: wallet.address,
		};
		expect((await shop.post('/orders', undefined, { ...order, ...wallet.signature() })).status).toBe(200);
		expect((await shop.call('POST', '/orders/brief-images', { raw: form('image/gif') })).status).toBe(400);
	});
});
