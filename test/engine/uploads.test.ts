import { randomBytes } from 'node:crypto';
import { closeSync, ftruncateSync, openSync } from 'node:fs';
import { join } from 'node:path';
import FormData from 'form-data';
import type { INodeParameters } from 'n8n-workflow';

import { runNode, TEST_KEY } from './support/engine';
import { DATA_FOLDER } from './support/environment';
import { breakOff, localServer, sendData, sendJson } from './support/localServer';
import type { Responder } from './support/localServer';
import { readMultipart } from './support/multipart';
import type { TestFile } from './support/nodeTypes';

const server = localServer();

const MEGABYTE = 1024 * 1024;
const BINARY_MODES = ['memory', 'filesystem'] as const;

const upload = async (file: TestFile, options: INodeParameters = {}, binaryMode: (typeof BINARY_MODES)[number] = 'filesystem') =>
	await runNode({
		parameters: { resource: 'file', operation: 'upload', options },
		items: [{ files: { data: file } }],
		credential: { baseUrl: server.apiUrl, largeUploadUrl: `${server.origin}/blob/` },
		binaryMode,
	});
const calls = () => server.received.map(({ call }) => call);

/** Answers both ways of uploading; `storage` answers the PUT of a large file. */
const takesFiles = (storage: Responder = (response) => sendJson(response, { url: 'https://files.atelier.test/large' })) =>
	server.respond((response, request) => {
		if (request.call.startsWith('PUT')) return storage(response, request);
		if (request.call.endsWith('/token')) return sendData(response, { upload_token: 'token-of-an-hour', pathname: 'uploads/a b.mp4' });
		return sendData(response, { url: 'https://files.atelier.test/small', media_type: 'image' });
	});

/** A file of zeros that takes no room on the disk. */
function sparseFile(bytes: number): string {
	const path = join(DATA_FOLDER, `sparse-${bytes}`);
	const file = openSync(path, 'w');
	ftruncateSync(file, bytes);
	closeSync(file);
	return path;
}

describe('a file as a form', () => {
	it.each([
		['cover.png', 'image/png', randomBytes(3000)],
		['a name with spaces.webp', 'image/webp', Buffer.from('x')],
		['Grüße 猫.txt', 'text/plain', Buffer.from('\r\n--boundary\r\n\r\n--')],
		['100%.csv', 'text/csv', Buffer.from('a;b')],
		['film.mov', 'video/quicktime', randomBytes(100_000)],
	])('is encoded byte for byte as the form-data package does: %s', async (fileName, mimeType, content) => {
		takesFiles();
		for (const binaryMode of BINARY_MODES) await upload({ content, fileName, mimeType }, {}, binaryMode);
		const reference = new FormData();
		reference.append('file', content, { filename: fileName, contentType: mimeType });
		const expected = readMultipart(reference.getBuffer(), reference.getHeaders()['content-type']);
		expect(server.received).toHaveLength(2);
		for (const { call, headers, body } of server.received) {
			expect(call).toBe('POST /api/upload');
			expect(headers.authorization).toBe(`Bearer ${TEST_KEY}`);
			expect(headers['content-length']).toBe(String(body.length));
			expect(headers['transfer-encoding']).toBeUndefined();
			const boundary = /boundary="?([^";]+)/.exec(headers['content-type']!)![1];
			expect(body.length - reference.getLengthSync()).toBe(2 * (boundary.length - reference.getBoundary().length));
			expect(readMultipart(body, headers['content-type']!)).toEqual(expected);
		}
	});

	it.each([
		['a type with parameters', 'text/plain; charset=utf-8', 'notes.txt', 'text/plain'],
		['a type in capitals', 'IMAGE/PNG', 'a.png', 'image/png'],
		['a type that says nothing', 'application/octet-stream', 'report.pdf', 'application/pdf'],
		['another name of a type', 'image/jpg', 'photo.jpg', 'image/jpeg'],
		['a type that would end its line', 'image/png\r\nX-Injected: 1\r\n\r\nx', 'a.png', 'application/octet-stream'],
		['a type with quotes', 'image/png"x', 'a.png', 'application/octet-stream'],
		["Windows's name of a type", 'application/x-zip-compressed', 'all.zip', 'application/zip'],
	])('carries the type that Atelier knows for %s', async (_what, mimeType, fileName, sent) => {
		takesFiles();
		const { items } = await upload({ content: 'x', fileName, mimeType });
		expect(readMultipart(server.received[0].body, server.received[0].headers['content-type']!)[0].headers[1]).toBe(`Content-Type: ${sent}`);
		expect(items[0]).toMatchObject({ mime_type: sent });
	});

	it.each([
		['../../etc/passwd.txt', 'passwd.txt'],
		['C:\\pictures\\me.txt', 'me.txt'],
		['a"; filename="b.txt', 'a; filename=b.txt'],
		['line\r\nX-Header: 1.txt', 'lineX-Header 1.txt'],
	])('has a name that is nothing but a name: %j', async (fileName, sent) => {
		takesFiles();
		await upload({ content: 'x', fileName, mimeType: 'text/plain' });
		expect(readMultipart(server.received[0].body, server.received[0].headers['content-type']!)[0].headers).toEqual([
			`Content-Disposition: form-data; name="file"; filename="${sent}"`,
			'Content-Type: text/plain',
		]);
	});

	it('is sent once more when the connection broke', async () => {
		let failures = 1;
		server.respond((response) => {
			if (failures-- > 0) breakOff(response);
			else sendData(response, { url: 'https://files.atelier.test/small', media_type: 'image' });
		});
		const { items } = await upload({ content: randomBytes(5000) });
		expect(items[0]).toMatchObject({ url: 'https://files.atelier.test/small', bytes: 5000 });
		const bodies = server.received.map(({ body, headers }) => readMultipart(body, headers['content-type']!));
		expect(bodies).toHaveLength(2);
		expect(bodies[1]).toEqual(bodies[0]);
	});

	it('names the file when the connection breaks every time, and what may be the reason', async () => {
		server.respond(breakOff);
		const { error } = await upload({ content: 'x', fileName: 'a.png', mimeType: 'image/png' });
		expect(server.received).toHaveLength(2);
		expect(error).toMatchObject({
			httpCode: 'ECONNRESET',
			message: `Atelier could not be reached at ${server.origin}: the connection was closed half-way [item 0]`,
			description: expect.stringMatching(
				/^"a\.png" in binary field "data" is image\/png and has 1 bytes\. A server that does not want a file may close .* does no harm\.$/,
			),
		});
	});

	it('goes whole again after a 429', async () => {
		let refusals = 1;
		server.respond((response) => {
			if (refusals-- > 0) sendJson(response, { success: false, error: 'Too many requests.' }, 429, { 'retry-after': '1' });
			else sendData(response, { url: 'https://files.atelier.test/small', media_type: 'image' });
		});
		await upload({ content: randomBytes(5000) });
		const [first, second] = server.received.map(({ body, headers }) => readMultipart(body, headers['content-type']!));
		expect(second).toEqual(first);
	});

	it('names the file when its type is not taken', async () => {
		server.respond((response) => sendJson(response, { success: false, error: 'Invalid file type: image/tiff' }, 400));
		const { error } = await upload({ content: 'x', fileName: 'scan.tiff', mimeType: 'image/tiff' });
		expect(error?.message).toBe('Atelier answered 400: Invalid file type: image/tiff [item 0]');
		expect(error?.description).toMatch(
			/^"scan\.tiff" in binary field "data" is image\/tiff and has 1 bytes\. Atelier stores jpg, .* files of up to 50 MB\. Convert the file first/,
		);
	});

	it('names the file when it is too big for the host in front of the API', async () => {
		server.respond((response) => void response.writeHead(413, { 'content-type': 'text/html' }).end('<h1>Too Large</h1>'));
		const { error } = await upload({ content: 'x', fileName: 'a.png' });
		expect(error).toMatchObject({ httpCode: '413', description: expect.stringContaining('"a.png" in binary field "data"') });
	});

	it('is not taken for stored when the answer does not say where', async () => {
		server.respond((response) => sendJson(response, { ok: true }));
		const { error } = await upload({ content: 'x', fileName: 'a.png' });
		expect(error?.message).toBe('The server took "a.png" but did not say where it is now [item 0]');
	});
});

describe('a large file', () => {
	it.each(BINARY_MODES)('goes to the storage with a token, never with the key (n8n keeps files in %s)', async (binaryMode) => {
		takesFiles();
		const content = randomBytes(4_000_001);
		const { items } = await upload({ content, fileName: 'film.mp4', mimeType: 'video/mp4' }, {}, binaryMode);
		expect(calls()).toEqual(['POST /api/upload/token', 'PUT /blob/?pathname=uploads%2Fa%20b.mp4']);
		const [token, put] = server.received;
		expect(token.headers.authorization).toBe(`Bearer ${TEST_KEY}`);
		expect(JSON.parse(token.body.toString())).toEqual({ content_type: 'video/mp4', filename: 'film.mp4' });
		expect(put.headers).toMatchObject({
			authorization: 'Bearer token-of-an-hour',
			'content-type': 'video/mp4',
			'content-length': '4000001',
			'x-content-type': 'video/mp4',
			'x-api-version': '12',
		});
		expect(put.body.equals(content)).toBe(true);
		expect(items).toEqual([
			{
				url: 'https://files.atelier.test/large',
				media_type: 'video',
				file_name: 'film.mp4',
				mime_type: 'video/mp4',
				bytes: 4_000_001,
			},
		]);
		expect(JSON.stringify(items)).not.toContain('token-of-an-hour');
	});

	it('is one above 4 MB, unless the option says otherwise', async () => {
		takesFiles();
		await upload({ content: Buffer.alloc(4_000_000) });
		await upload({ content: 'x' }, { uploadMethod: 'token' });
		await upload({ content: Buffer.alloc(4_000_001) }, { uploadMethod: 'form' });
		expect(calls().map((call) => call.split('?')[0])).toEqual([
			'POST /api/upload',
			'POST /api/upload/token',
			'PUT /blob/',
			'POST /api/upload',
		]);
	});

	it.each(BINARY_MODES)('goes whole again when the storage asks to wait (n8n keeps files in %s)', async (binaryMode) => {
		let refusals = 1;
		takesFiles((response) => {
			if (refusals-- > 0) sendJson(response, { error: { message: 'Slow down' } }, 429, { 'retry-after': '1' });
			else sendJson(response, { url: 'https://files.atelier.test/large' });
		});
		const content = randomBytes(5_000_000);
		const { error } = await upload({ content }, {}, binaryMode);
		expect(error).toBeUndefined();
		const puts = server.received.filter(({ call }) => call.startsWith('PUT'));
		expect(puts.map(({ body }) => body.equals(content))).toEqual([true, true]);
	});

	it('gets a new token when the connection to the storage broke', async () => {
		let failures = 1;
		takesFiles((response) => {
			if (failures-- > 0) breakOff(response);
			else sendJson(response, { url: 'https://files.atelier.test/large' });
		});
		expect((await upload({ content: randomBytes(5_000_000) })).error).toBeUndefined();
		expect(calls().map((call) => call.split('?')[0])).toEqual([
			'POST /api/upload/token',
			'PUT /blob/',
			'POST /api/upload/token',
			'PUT /blob/',
		]);
	});

	it('may have 50 MB', async () => {
		takesFiles();
		const path = sparseFile(50 * MEGABYTE);
		const { items } = await upload({ path, fileName: 'film.mp4', mimeType: 'video/mp4' });
		expect(items[0]).toMatchObject({ bytes: 50 * MEGABYTE });
		expect(server.received[1].body).toHaveLength(50 * MEGABYTE);
	});

	it('may not have a byte more, and then nothing is sent', async () => {
		const path = sparseFile(50 * MEGABYTE + 1);
		const { error } = await upload({ path, fileName: 'film.mp4', mimeType: 'video/mp4' });
		expect(error?.message).toBe(
			'The file in binary field "data" has 52428801 bytes, and Atelier stores at most 50 MB (52428800 bytes) in one file [item 0]',
		);
		expect(error?.description).toContain('Make it smaller');
		expect(calls()).toEqual([]);
	});

	it('is refused with the words of the storage, without the token', async () => {
		takesFiles((response, { headers }) => sendJson(response, { error: { message: `Bad token ${headers.authorization}` } }, 403));
		const { error } = await upload({ content: 'x' }, { uploadMethod: 'token' });
		expect(error?.message).toBe('Atelier answered 403: Bad token Bearer [hidden] [item 0]');
	});

	it('is not taken for stored when the storage does not say where', async () => {
		takesFiles((response) => sendJson(response, { pathname: 'x' }));
		const { error } = await upload({ content: 'x', fileName: 'a.png' }, { uploadMethod: 'token' });
		expect(error?.message).toBe('The server took "a.png" but did not say where it is now [item 0]');
	});

	it('is not sent without a token', async () => {
		server.respond((response) => sendData(response, {}));
		const { error } = await upload({ content: 'x', fileName: 'a.png' }, { uploadMethod: 'token' });
		expect(error?.message).toBe('Atelier answered with something other than an upload token [item 0]');
		expect(calls()).toEqual(['POST /api/upload/token']);
	});

	it('is not sent over http to another machine', async () => {
		takesFiles();
		const { error } = await runNode({
			parameters: { resource: 'file', operation: 'upload', options: { uploadMethod: 'token' } },
			items: [{ files: { data: { content: 'x' } } }],
			credential: { baseUrl: server.apiUrl, largeUploadUrl: 'http://storage.example.com/' },
		});
		expect(error?.message).toContain('The Large File Upload URL of the Atelier credential, "http://storage.example.com/", must start with https://');
	});
});
