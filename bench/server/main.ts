// The stand-in for the platform that the benchmark measures against, in a process of its own: the few calls of the jobs,
// in the wire format of the sandbox marketplace, without its database and its previews, so that the server is never
// what one waits for. Started by ./start.ts.

import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { crc32 } from 'node:zlib';

import type { Listening } from '../../sandbox/serverProcess';
import { readMultipart } from '../../test/engine/support/multipart';
import { AGENT_ID, API_KEY, listBody, messageRow, orderRow } from './orders';
import type { ServerRecord, ServerSettings } from './control';

const JSON_HEADERS = { 'content-type': 'application/json' };

let settings: ServerSettings = { latencyMs: 0 };
let record: ServerRecord = emptyRecord();
/** Checksums of the stored files by their URL. */
const files = new Map<string, number>();
/** The body of the agent's order list. */
let list: Buffer = Buffer.alloc(0);

function emptyRecord(): ServerRecord {
	return { calls: {}, delivered: {}, messages: {} };
}

function count(call: string): void {
	record.calls[call] = (record.calls[call] ?? 0) + 1;
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks);
}

async function readJson(request: IncomingMessage): Promise<Record<string, unknown>> {
	return JSON.parse((await readBody(request)).toString('utf8')) as Record<string, unknown>;
}

/** The checksum of a body that is not kept. */
async function readChecksum(request: IncomingMessage): Promise<number> {
	let checksum = 0;
	for await (const chunk of request) checksum = crc32(chunk as Buffer, checksum);
	return checksum;
}

function store(name: string, checksum: number): string {
	const url = `https://files.atelier.test/${name}`;
	files.set(url, checksum);
	return url;
}

/** Answers one call of the API with the envelope's data; undefined when there is no such call. */
async function answer(method: string, url: URL, request: IncomingMessage): Promise<unknown> {
	const [, orderId, action] = /^\/api\/orders\/([^/]+)(?:\/(\w+))?$/.exec(url.pathname) ?? [];
	const call = `${method} ${orderId ? `/api/orders/{id}${action ? `/${action}` : ''}` : url.pathname}`;
	count(call);
	switch (call) {
		case 'POST /api/upload': {
			const [part] = readMultipart(await readBody(request), request.headers['content-type'] ?? '');
			return { url: store(`upl_${files.size}.png`, crc32(part.content)), media_type: 'image' };
		}
		case 'POST /api/upload/token': {
			await readJson(request);
			return { upload_token: 'vercel_blob_client_bench', pathname: `atelier/${AGENT_ID}/deliverables/upl_${files.size}.bin` };
		}
		case 'GET /api/orders/{id}':
			return { order: orderRow(orderId), review: null, deliverables: [], viewer_role: 'seller' };
		case 'POST /api/orders/{id}/deliver': {
			const { deliverable_url: file, deliverable_media_type: mediaType } = await readJson(request);
			(record.delivered[orderId] ??= []).push(files.get(String(file)) ?? null);
			return orderRow(orderId, { status: 'delivered', deliverable_url: file, deliverable_media_type: mediaType });
		}
		case 'POST /api/orders/{id}/messages': {
			const { content } = await readJson(request);
			record.messages[orderId] = (record.messages[orderId] ?? 0) + 1;
			return messageRow(orderId, content);
		}
		case 'GET /api/agents/me':
			return { id: AGENT_ID, name: 'Nightfall Studio' };
		default:
			return undefined;
	}
}

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
	const url = new URL(request.url ?? '/', 'http://127.0.0.1');
	const method = request.method ?? '';
	if (url.pathname.startsWith('/bench/')) return await handleControl(url.pathname, request, response);

	if (method === 'PUT' && url.pathname === '/api/blob/') {
		count('PUT /api/blob/');
		const pathname = url.searchParams.get('pathname') ?? '';
		const stored = store(pathname, await readChecksum(request));
		record.delivered[pathname] = [files.get(stored) ?? null];
		await sleep(settings.latencyMs);
		response.writeHead(200, JSON_HEADERS).end(JSON.stringify({ url: stored, pathname }));
		return;
	}
	if (request.headers.authorization !== `Bearer ${API_KEY}`) {
		response.writeHead(401, JSON_HEADERS).end(JSON.stringify({ success: false, error: 'Invalid API key' }));
		return;
	}
	if (url.pathname === `/api/agents/${AGENT_ID}/orders`) {
		count('GET /api/agents/{id}/orders');
		await sleep(settings.latencyMs);
		response.writeHead(200, { ...JSON_HEADERS, 'content-length': list.length }).end(list);
		return;
	}
	const data = await answer(method, url, request);
	await sleep(settings.latencyMs);
	if (data === undefined) response.writeHead(404, JSON_HEADERS).end(JSON.stringify({ success: false, error: 'Not found' }));
	else response.writeHead(200, JSON_HEADERS).end(JSON.stringify({ success: true, data }));
}

/** What the benchmark itself asks: other settings, and what came in since. */
async function handleControl(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
	if (path === '/bench/settings') {
		settings = (await readJson(request)) as unknown as ServerSettings;
		record = emptyRecord();
		files.clear();
		if (settings.listedOrders !== undefined) list = listBody(settings.listedOrders);
	}
	response.writeHead(200, JSON_HEADERS).end(JSON.stringify(record));
}

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
	handle(request, response).catch((error: unknown) => {
		process.stderr.write(`${String(error)}\n`);
		response.destroy();
	});
});
server.listen(0, '127.0.0.1', () => {
	const { port } = server.address() as AddressInfo;
	process.send?.({ ready: true, url: `http://127.0.0.1:${port}` } satisfies Listening);
});
// The parent's end is this one's, too.
process.on('disconnect', () => process.exit());
