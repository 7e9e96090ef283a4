import { createServer } from 'node:http';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A request as it came over the wire. */
export interface ReceivedRequest {
	/** Method and path with query, e.g. `GET /api/agents/me`. */
	call: string;
	headers: IncomingMessage['headers'];
	body: Buffer;
}

/** Answers a request; it may also break the connection. */
export type Responder = (response: ServerResponse, request: ReceivedRequest) => void | Promise<void>;

/** A real HTTP server on loopback, for what no mock shows: broken connections, bytes on the wire, requests side by side. */
export interface LocalServer {
	origin: string;
	/** Base URL for the credential. */
	apiUrl: string;
	/** Everything received so far. */
	received: ReceivedRequest[];
	/** Says how to answer from now on. */
	respond(responder: Responder): void;
}

/** Starts a server before a file's (or describe block's) tests and stops it after them; each test starts with an empty record. */
export function localServer(): LocalServer {
	let responder: Responder = (response) => void response.writeHead(500).end();
	const sockets = new Set<Socket>();
	const server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const received = { call: `${request.method} ${request.url}`, headers: request.headers, body: Buffer.concat(chunks) };
			result.received.push(received);
			void responder(response, received);
		});
	});
	server.on('connection', (socket) => {
		sockets.add(socket);
		socket.on('close', () => sockets.delete(socket));
	});
	const result: LocalServer = {
		origin: '',
		apiUrl: '',
		received: [],
		respond: (next) => {
			responder = next;
		},
	};
	beforeAll(async () => {
		await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
		result.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
		result.apiUrl = `${result.origin}/api`;
	});
	beforeEach(() => {
		result.received.length = 0;
	});
	afterAll(async () => {
		for (const socket of sockets) socket.destroy();
		await new Promise((done) => server.close(done));
	});
	return result;
}

/** Answers with JSON. */
export function sendJson(response: ServerResponse, body: unknown, status = 200, headers: OutgoingHttpHeaders = {}): void {
	response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** Answers with `{success: true, data}`. */
export function sendData(response: ServerResponse, data: unknown): void {
	sendJson(response, { success: true, data });
}

/** Closes the connection without an answer. */
export function breakOff(response: ServerResponse): void {
	response.socket?.resetAndDestroy();
}
