import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

import { TEST_KEY } from '../../engine/support/engine';
import { ORIGIN } from './corpus';
import type { Exchange } from './corpus';
import { faithful, mutated, TRAP } from './mutations';
import type { Mutation, WireAnswer } from './mutations';

/** A server of one case's own, below a path of a server that all cases share. */
export interface Replayed {
	/** What stands in place of the recorded server's origin. */
	origin: string;
	apiUrl: string;
	/** The requests that came, e.g. `GET /api/agents/me`. */
	calls: string[];
}

/** A recorded answer with the case's own origin. Nothing outside is asked for: pages that samples name are on the server, too. */
function localized(exchange: Exchange, origin: string): Exchange {
	const text = JSON.stringify(exchange.body ?? null).replaceAll(ORIGIN, origin).replaceAll('https://example.com', origin);
	return { ...exchange, body: JSON.parse(text) as unknown };
}

/** A real HTTP server that answers as the sandbox did, but for what a case changes. */
export class ReplayServer {
	/** Requests that should never have been made. */
	readonly trespasses: string[] = [];
	private readonly cases = new Map<string, { answers: Map<string, WireAnswer[]>; calls: string[] }>();
	private readonly server = createServer((request, response) => {
		request.resume().on('end', () => this.answer(request, response));
	});
	private origin = '';
	private count = 0;

	constructor() {
		beforeAll(async () => {
			await new Promise<void>((done) => this.server.listen(0, '127.0.0.1', done));
			const { port } = this.server.address() as AddressInfo;
			this.origin = `http://127.0.0.1:${port}`;
			const connect = Socket.prototype.connect;
			jest.spyOn(Socket.prototype, 'connect').mockImplementation(function (this: Socket, ...args: unknown[]) {
				const text = JSON.stringify(args, (key, value: unknown) => (['host', 'port', 'path', 'hostname'].includes(key) || Array.isArray(value) || key === '' || /^\d+$/.test(key) ? value : undefined));
				if (!text.includes(`"port":${port}`) && !text.includes(`"port":"${port}"`)) result.trespasses.push(`connection to ${text}`);
				return (connect as (...all: unknown[]) => Socket).apply(this, args);
			} as typeof connect);
		});
		const result = this;
		afterAll(async () => {
			jest.restoreAllMocks();
			this.server.closeAllConnections();
			await new Promise((done) => this.server.close(done));
		});
	}

	/**
	 * Answers the exchanges of a sample from now on.
	 *
	 * @param target the number of the exchange whose answer is changed
	 * @param key what the server knows the caller by
	 */
	replay(exchanges: Exchange[], mutation?: Mutation, target = 0, key = TEST_KEY): Replayed {
		const name = `case${this.count++}`;
		const origin = `${this.origin}/${name}`;
		const answers = new Map<string, WireAnswer[]>();
		exchanges.forEach((recorded, index) => {
			const exchange = localized(recorded, origin);
			const answer = mutation && index === target ? mutated(exchange, mutation) : faithful(exchange);
			if (!exchange.type?.startsWith('image/')) {
				const text = answer.body.toString('latin1').replaceAll('KEY', key);
				answer.body = Buffer.from(text, 'latin1');
				if (answer.headers['content-length']) answer.headers['content-length'] = String(answer.body.length + 10);
			}
			if (answer.headers.location === TRAP) answer.headers.location = `${this.origin}${TRAP}`;
			const call = exchange.call.split('?')[0];
			answers.set(call, [...(answers.get(call) ?? []), answer]);
		});
		const calls: string[] = [];
		this.cases.set(name, { answers, calls });
		return { origin, apiUrl: `${origin}/api`, calls };
	}

	/** A text of a sample as the case's own. */
	static localize<T>(value: T, { origin }: Replayed): T {
		if (typeof value === 'string') return value.replaceAll(ORIGIN, origin) as T;
		if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return value;
		if (Array.isArray(value)) return value.map((entry) => this.localize(entry as unknown, { origin } as Replayed)) as T;
		return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, this.localize(field as unknown, { origin } as Replayed)])) as T;
	}

	private answer(request: IncomingMessage, response: ServerResponse): void {
		const [, name, ...rest] = (request.url ?? '').split('?')[0].split('/');
		const found = this.cases.get(name);
		const call = `${request.method} /${rest.join('/')}`;
		found?.calls.push(call);
		const { authorization } = request.headers;
		if (!found || (authorization?.includes(TEST_KEY) && !rest.join('/').startsWith('api/'))) {
			this.trespasses.push(`${request.method} ${request.url} ${authorization ? 'with' : 'without'} authorization`);
		}
		const answers = found?.answers.get(call);
		const answer = answers && answers.length > 1 ? answers.shift() : answers?.[0];
		if (!answer) {
			response.writeHead(404, { 'content-type': 'application/json' }).end('{"success":false,"error":"Not found"}');
			return;
		}
		try {
			response.writeHead(answer.status, answer.headers);
		} catch {
			// Node.js does not send what is no header.
			response.writeHead(answer.status);
		}
		if (answer.breaksOff) response.write(answer.body, () => response.socket?.destroy());
		else response.end(answer.body);
	}
}
