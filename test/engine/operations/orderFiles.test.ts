import { promises as dns } from 'node:dns';
import { dirname } from 'node:path';
import { gzipSync } from 'node:zlib';
import { version } from 'n8n-core/package.json';

import { Container } from '../support/container';
import { byId, contentOf, runNode } from '../support/engine';
import type { NodeRun } from '../support/engine';
import { localServer } from '../support/localServer';
import { mockAtelier } from '../support/mockAtelier';
import { orderAnswer } from '../support/wire';

const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');

/** Addresses written as numbers need no name to be looked up. */
const HOST = 'https://93.184.216.34';
const OTHER_HOST = 'http://198.41.0.4';

/** Releases before 2 have no protection that looks at what names resolve to. */
const itWhereProtected = Number(version.split('.')[0]) >= 2 ? it : it.skip;

const getFiles = async (parameters: NodeRun['parameters'] = {}, settings: Partial<NodeRun> = {}) =>
	await runNode({ ...settings, parameters: { resource: 'order', operation: 'getFiles', orderId: byId('ord_1'), ...parameters } });

const references = (...urls: string[]) => orderAnswer({ reference_urls: null, reference_images: JSON.stringify(urls) });

describe('Order > Get Files', () => {
	const atelier = mockAtelier();
	const answerFile = (url: string, headers = { 'content-type': 'image/png' }, body: Buffer | string = PNG) =>
		atelier.replies(`GET ${url}`, { body, headers });

	afterEach(() => jest.restoreAllMocks());

	it('puts the references of an order into one item, without showing the key to their hosts', async () => {
		atelier.answers(
			'GET /orders/ord_1',
			orderAnswer({ reference_images: `["${HOST}/mood.png"]`, reference_urls: `["${OTHER_HOST}/song%20one"]` }),
		);
		answerFile(`${HOST}/mood.png`);
		answerFile(`${OTHER_HOST}/song%20one`, { 'content-type': 'text/plain; charset=utf-8' }, 'la la');
		const { items, full } = await getFiles();
		expect(items).toEqual([
			{
				order_id: 'ord_1',
				files: [
					{
						source: 'reference_image',
						url: `${HOST}/mood.png`,
						file_name: 'mood.png',
						mime_type: 'image/png',
						bytes: PNG.length,
						binary_field: 'data',
					},
					{
						source: 'reference_url',
						url: `${OTHER_HOST}/song%20one`,
						file_name: 'song one.txt',
						mime_type: 'text/plain',
						bytes: 5,
						binary_field: 'data_1',
					},
				],
			},
		]);
		expect(await contentOf(full[0].binary?.data)).toEqual(PNG);
		expect(await contentOf(full[0].binary?.data_1)).toEqual(Buffer.from('la la'));
		expect(full[0].pairedItem).toEqual({ item: 0 });
		expect(atelier.requests().map(({ call, key }) => [call, key])).toEqual([
			['GET /orders/ord_1', undefined],
			[`GET ${HOST}/mood.png`, false],
			[`GET ${OTHER_HOST}/song%20one`, false],
		]);
		expect(atelier.headers(1)).not.toHaveProperty('authorization');
	});

	it('goes on with one item when an order has no files', async () => {
		atelier.answers('GET /orders/ord_1', orderAnswer({ reference_urls: null }));
		const { items } = await getFiles();
		expect(items).toEqual([{ order_id: 'ord_1', files: [] }]);
	});

	it('puts out an item for each chosen deliverable', async () => {
		const deliverable = (id: string, status: string) => ({ id, status, deliverable_url: `${HOST}/${id}.png`, preview_url: null });
		atelier.answers(
			'GET /orders/ord_1',
			orderAnswer({}, [deliverable('del_1', 'superseded'), deliverable('del_2', 'completed'), deliverable('del_3', 'failed')]),
		);
		answerFile(`${HOST}/del_1.png`);
		answerFile(`${HOST}/del_2.png`);
		const { items, full } = await getFiles({
			output: 'file',
			binaryPropertyName: 'picture',
			fileSources: ['deliverable', 'superseded_deliverable'],
		});
		const item = (id: string, source: string) => ({
			order_id: 'ord_1',
			files: [
				{
					source,
					url: `${HOST}/${id}.png`,
					deliverable_id: id,
					file_name: `${id}.png`,
					mime_type: 'image/png',
					bytes: PNG.length,
					binary_field: 'picture',
				},
			],
		});
		expect(items).toEqual([item('del_1', 'superseded_deliverable'), item('del_2', 'deliverable')]);
		expect(full.map(({ binary }) => Object.keys(binary ?? {}))).toEqual([['picture'], ['picture']]);
	});

	it('follows redirects, but only to places that are allowed', async () => {
		atelier.answers('GET /orders/ord_1', references(`${HOST}/short`));
		atelier.replies(`GET ${HOST}/short`, { status: 302, headers: { location: `${OTHER_HOST}/cat.png` } });
		answerFile(`${OTHER_HOST}/cat.png`);
		const { items } = await getFiles();
		expect(items[0].files).toMatchObject([{ url: `${HOST}/short`, file_name: 'cat.png' }]);

		atelier.answers('GET /orders/ord_1', references(`${HOST}/short`));
		atelier.replies(`GET ${HOST}/short`, { status: 302, headers: { location: 'http://169.254.169.254/latest/meta-data/?x=1' } });
		const { error } = await getFiles();
		expect(error?.message).toBe(
			`The file at ${HOST}/short was not fetched: http://169.254.169.254/latest/meta-data/ leads to this machine or into a private network [item 0]`,
		);
		expect(error?.description).toContain('"Allow Private Addresses"');
	});

	it.each([
		['file:///etc/passwd', 'file:///etc/passwd does not start with http:// or https://'],
		['//127.0.0.1/x', 'https://127.0.0.1/x leads to this machine'],
		['http://[::ffff:7f00:1]/', 'http://[::ffff:7f00:1]/ leads to this machine'],
		['https://ada:pw@example.com/x', 'https://example.com/x holds a user name or password'],
		['http://example.com:25/', 'http://example.com:25/ uses port 25'],
		['data:text/html,x', 'data:text/html,x does not start with http:// or https://'],
	])('follows no redirect to %s', async (location, reason) => {
		atelier.answers('GET /orders/ord_1', references(`${HOST}/short`));
		atelier.replies(`GET ${HOST}/short`, { status: 307, headers: { location } });
		const { error } = await getFiles();
		expect(error?.message).toContain(`The file at ${HOST}/short was not fetched: ${reason}`);
		expect(error?.message).not.toContain('pw');
		expect(atelier.requests()).toHaveLength(2);
	});

	it('fetches from private addresses when the option allows it, but never by other means than the web', async () => {
		atelier.answers('GET /orders/ord_1', references('http://192.168.1.5:8080/cat.png'));
		answerFile('http://192.168.1.5:8080/cat.png');
		const { items } = await getFiles({ options: { allowPrivate: true } });
		expect(items[0].files).toMatchObject([{ file_name: 'cat.png' }]);

		atelier.answers('GET /orders/ord_1', references('file:///etc/passwd'));
		const { error } = await getFiles({ options: { allowPrivate: true } });
		expect(error?.message).toContain('does not start with http:// or https://');
	});

	it.each([
		['maxMegabytes', 'Max File Size (MB)'],
		['timeout', 'Timeout (Seconds)'],
	])('takes no %s that is no limit', async (option, label) => {
		for (const value of ['={{ "many" }}', '={{ -1 }}', '={{ Infinity }}']) {
			atelier.answers('GET /orders/ord_1', references(`${HOST}/cat.png`));
			const { error } = await getFiles({ options: { [option]: value } });
			expect(error?.message).toBe(`"${label}" is not a number above 0 [item 0]`);
		}
	});

	it('fetches nothing of an order that names more files than any real one', async () => {
		atelier.answers('GET /orders/ord_1', references(...Array.from({ length: 201 }, (_, index) => `${HOST}/${index}.png`)));
		const { error } = await getFiles();
		expect(error?.message).toBe('Order ord_1 names 201 files, and at most 200 are fetched [item 0]');
	});

	it('gives up after five redirects', async () => {
		atelier.answers('GET /orders/ord_1', references(`${HOST}/0`));
		for (let hop = 0; hop <= 5; hop++) atelier.replies(`GET ${HOST}/${hop}`, { status: 301, headers: { location: `/${hop + 1}` } });
		const { error } = await getFiles();
		expect(error?.message).toContain(`The file at ${HOST}/0 could not be fetched: it leads from one address to the next`);
	});

	it.each([
		['http://127.0.0.1:5678/rest/settings', 'leads to this machine'],
		['http://redis:6379/', 'leads to this machine'],
		['file:///etc/passwd', 'does not start with http:// or https://'],
		['mood board', 'is not a web address'],
	])('does not fetch %s', async (url, reason) => {
		atelier.answers('GET /orders/ord_1', references(url));
		const { error } = await getFiles();
		expect(error?.message).toContain(reason);
		expect(atelier.requests()).toHaveLength(1);
	});

	itWhereProtected('does not fetch from a name that resolves to a private address', async () => {
		jest.spyOn(dns, 'lookup').mockResolvedValue([{ address: '10.0.0.7', family: 4 }] as never);
		atelier.answers('GET /orders/ord_1', references('https://rebound.example.com/cat.png'));
		const { error } = await getFiles();
		expect(error?.message).toContain('https://rebound.example.com/cat.png leads into a private network');
	});

	itWhereProtected("leaves n8n's own protection in force, whatever the option says", async () => {
		jest.spyOn(dns, 'lookup').mockResolvedValue([{ address: '93.184.216.34', family: 4 }] as never);
		const { SsrfProtectionConfig } = require(require.resolve('@n8n/config', { paths: [dirname(require.resolve('n8n-core'))] }));
		const protection: { enabled: boolean } = Container.get(SsrfProtectionConfig);
		protection.enabled = true;
		try {
			atelier.answers('GET /orders/ord_1', references('http://10.0.0.7/cat.png'));
			const { error } = await getFiles({ options: { allowPrivate: true } });
			expect(error?.message).toBe(
				'The file at http://10.0.0.7/cat.png could not be fetched: The request was blocked because it resolves to a restricted IP address [item 0]',
			);
		} finally {
			protection.enabled = false;
		}
	});

	it('fetches from a name that resolves to a public address', async () => {
		jest.spyOn(dns, 'lookup').mockResolvedValue([{ address: '93.184.216.34', family: 4 }] as never);
		atelier.answers('GET /orders/ord_1', references('https://files.example.com/cat.png'));
		answerFile('https://files.example.com/cat.png');
		const { items } = await getFiles();
		expect(items[0].files).toMatchObject([{ file_name: 'cat.png' }]);
	});

	it.each([
		['the end of the address', {}, '/a/%2e%2e%2fb%2fcat', 'cat.png'],
		['its header', { 'content-disposition': 'attachment; filename="../../.ssh/<id>.png"' }, '/x', 'id.png'],
		['its encoded header', { 'content-disposition': "attachment; filename=a.png; filename*=UTF-8''%E2%80%AEgnp.exe" }, '/x', 'gnp.exe'],
		['its type alone', {}, '/', 'file.png'],
		['an address that is wrongly encoded', {}, '/%E0%A4.png', '%E0%A4.png'],
	])('takes a safe file name from %s', async (_source, headers, path, fileName) => {
		atelier.answers('GET /orders/ord_1', references(`${HOST}${path}`));
		answerFile(`${HOST}${path}`, { 'content-type': 'image/png', ...headers });
		const { items } = await getFiles();
		expect(items[0].files).toMatchObject([{ file_name: fileName }]);
	});

	it('does not believe a type that is none', async () => {
		atelier.answers('GET /orders/ord_1', references(`${HOST}/cat`));
		answerFile(`${HOST}/cat`, { 'content-type': 'image/png"><script>' });
		const { items } = await getFiles();
		expect(items[0].files).toMatchObject([{ mime_type: 'application/octet-stream', file_name: 'cat' }]);
	});

	it('stops at a file that is gone, or goes on without it', async () => {
		atelier.answers('GET /orders/ord_1', references(`${HOST}/gone.png?token=hidden`));
		atelier.replies(`GET ${HOST}/gone.png`, { status: 404, body: 'nothing here' });
		const { error } = await getFiles();
		expect(error).toMatchObject({
			httpCode: '404',
			message: `The file at ${HOST}/gone.png could not be fetched: the server answered 404 [item 0]`,
		});

		atelier.answers('GET /orders/ord_1', references(`${HOST}/gone.png`, `${HOST}/cat.png`));
		atelier.replies(`GET ${HOST}/gone.png`, { status: 404, body: 'nothing here' });
		answerFile(`${HOST}/cat.png`);
		const { items } = await getFiles({ options: { skipUnavailable: true } });
		expect(items[0].files).toEqual([
			{
				source: 'reference_image',
				url: `${HOST}/gone.png`,
				skipped: `The file at ${HOST}/gone.png could not be fetched: the server answered 404`,
			},
			expect.objectContaining({ url: `${HOST}/cat.png`, binary_field: 'data' }),
		]);
	});

	it('says that the order is not there', async () => {
		atelier.refuses('GET /orders/ord_1', 404, 'Order not found');
		const { error } = await getFiles();
		expect(error?.message).toBe('Atelier answered 404: Order not found [item 0]');
	});
});

describe('Order > Get Files, over real connections', () => {
	const server = localServer();
	let file: Parameters<typeof server.respond>[0];

	/** The API and the files on one server: the credential's own origin may be private. */
	const fetchFrom = async (options = {}) => {
		server.respond((response, request) => {
			if (request.call !== 'GET /api/orders/ord_1') return void file(response, request);
			response.writeHead(200, { 'content-type': 'application/json' });
			response.end(JSON.stringify({ success: true, data: references(`${server.origin}/file.bin`) }));
		});
		return await getFiles({ options }, { credential: { baseUrl: server.apiUrl } });
	};

	it('fetches from where the API is, without the key', async () => {
		file = (response) => void response.writeHead(200, { 'content-type': 'image/png' }).end(PNG);
		const { items } = await fetchFrom();
		expect(items[0].files).toMatchObject([{ bytes: PNG.length }]);
		expect(server.received.map(({ call, headers }) => [call, 'authorization' in headers])).toEqual([
			['GET /api/orders/ord_1', true],
			['GET /file.bin', false],
		]);
	});

	it('refuses a file by the size that is announced', async () => {
		file = (response) => void response.writeHead(200, { 'content-length': 3 * 1024 ** 2 }).write('x');
		const { error } = await fetchFrom({ maxMegabytes: 2 });
		expect(error?.message).toContain('it is bigger than 2 MB');
	});

	it('stops reading a file that never ends', async () => {
		let sent = 0;
		const block = Buffer.alloc(256 * 1024);
		file = (response) => {
			response.writeHead(200);
			const more = () => {
				sent += block.length;
				if (!response.destroyed) response.write(block, () => setImmediate(more));
			};
			more();
		};
		const { error } = await fetchFrom({ maxMegabytes: 1 });
		expect(error?.message).toContain('it is bigger than 1 MB');
		expect(sent).toBeLessThan(20 * 1024 ** 2);
	});

	it('refuses a file that is bigger than announced, or smaller', async () => {
		file = (response) => {
			response.writeHead(200, { 'transfer-encoding': 'chunked' });
			response.end(Buffer.alloc(3 * 1024 ** 2));
		};
		expect((await fetchFrom({ maxMegabytes: 2 })).error?.message).toContain('it is bigger than 2 MB');

		file = (response) => {
			response.writeHead(200, { 'content-length': 1000 });
			response.write('x', () => response.socket?.end());
		};
		expect((await fetchFrom()).error?.message).toContain('could not be fetched: the connection was closed half-way');
	});

	it('refuses a small file that unpacks to a big one', async () => {
		const packed = gzipSync(Buffer.alloc(60 * 1024 ** 2));
		expect(packed.length).toBeLessThan(100_000);
		file = (response) => void response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': packed.length }).end(packed);
		expect((await fetchFrom({ maxMegabytes: 2 })).error?.message).toContain('it is bigger than 2 MB');
	});

	it('says that a file cannot be unpacked', async () => {
		file = (response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(PNG);
		expect((await fetchFrom()).error?.message).toContain('could not be fetched: the answer cannot be unpacked');
	});

	it('gives up on a file that trickles in', async () => {
		file = (response) => {
			response.writeHead(200);
			const trickle = () => {
				if (!response.destroyed) response.write('x', () => setTimeout(trickle, 50));
			};
			trickle();
		};
		const { error } = await fetchFrom({ timeout: 1 });
		expect(error).toMatchObject({ httpCode: 'ETIMEDOUT' });
		expect(error?.message).toContain('could not be fetched: it did not arrive within the time limit of 1 s');
	});

	it('says that the connection broke off', async () => {
		file = (response) => {
			response.writeHead(200, { 'content-length': 100 });
			response.write('x', () => response.socket?.resetAndDestroy());
		};
		const { error } = await fetchFrom();
		expect(error?.message).toContain(`The file at ${server.origin}/file.bin could not be fetched: the connection was closed half-way`);
	});
});
