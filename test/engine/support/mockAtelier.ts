import nock from 'nock';

import { TEST_BASE_URL, TEST_KEY } from './credentials';

/** A request that a node made. Query and body are absent when there was none. */
export interface RecordedRequest {
	/** Method and path below the base URL, e.g. `GET /agents/me`; the whole URL for any other place. */
	call: string;
	query?: Record<string, string>;
	/** The value of a JSON body; the bytes of any other. */
	body?: unknown;
	/** False when the request did not carry the credential's key. */
	key?: false;
}

export interface Reply {
	status?: number;
	/** An object goes out as JSON, a text as it is. */
	body?: unknown;
	headers?: Record<string, string>;
}

/** An Atelier that answers what the test tells it to, each answer once and for the call that it is for. */
export interface MockAtelier {
	/** Answers a call with `{success: true, data}`; `beside` adds to the envelope. */
	answers(call: string, data: unknown, beside?: object): void;
	/** Answers a call with `{success: false, error}`; `headers` as in a 429. */
	refuses(call: string, status: number, error: string, headers?: Record<string, string>): void;
	/** Answers a call with anything. */
	replies(call: string, reply: Reply): void;
	/** Requests so far, in the order in which they came. */
	requests(): RecordedRequest[];
	/** Headers of the request with this number, names in lower case. */
	headers(index: number): Record<string, string>;
}

/**
 * Puts nock in the way of all of a file's (or describe block's) requests. After each test it checks that every answer
 * was fetched and that nothing else was asked for.
 */
export function mockAtelier(baseUrl: string = TEST_BASE_URL): MockAtelier {
	let recorded: Array<{ request: RecordedRequest; headers: Record<string, string> }> = [];
	let unexpected: string[] = [];
	const onNoMatch = (request: { method?: string; path?: string }) => unexpected.push(`${request.method} ${request.path}`);

	beforeAll(() => {
		if (!nock.isActive()) nock.activate();
		nock.disableNetConnect();
		nock.emitter.on('no match', onNoMatch);
	});
	afterEach(() => {
		const pending = nock.pendingMocks();
		const asked = unexpected;
		nock.cleanAll();
		recorded = [];
		unexpected = [];
		expect({ unexpected: asked, notFetched: pending }).toEqual({ unexpected: [], notFetched: [] });
	});
	afterAll(() => {
		nock.emitter.off('no match', onNoMatch);
		nock.restore();
	});

	const replies = (call: string, { status = 200, body, headers }: Reply): void => {
		const [method, path] = call.split(' ');
		const url = new URL(/^https?:/.test(path) ? path : `${baseUrl}${path}`);
		nock(url.origin)
			.intercept(url.pathname, method)
			.query(true)
			.reply(function (_uri, requestBody) {
				const requestHeaders = Object.fromEntries(
					Object.entries(this.req.headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
				);
				const requested = new URL(this.req.path, url.origin);
				const query = Object.fromEntries(requested.searchParams);
				const content = readBody(requestBody, requestHeaders['content-type'] ?? '');
				recorded.push({
					request: {
						call,
						...(Object.keys(query).length > 0 && { query }),
						...(content !== undefined && { body: content }),
						...(requestHeaders.authorization !== `Bearer ${TEST_KEY}` && { key: false as const }),
					},
					headers: requestHeaders,
				});
				const isText = typeof body === 'string' || Buffer.isBuffer(body);
				return [
					status,
					(isText ? body : JSON.stringify(body)) as string,
					{ 'content-type': isText ? 'text/html' : 'application/json', ...headers },
				];
			});
	};
	return {
		replies,
		answers: (call, data, beside) => replies(call, { body: { success: true, data, ...beside } }),
		refuses: (call, status, error, headers) => replies(call, { status, body: { success: false, error }, headers }),
		requests: () => recorded.map(({ request }) => request),
		headers: (index) => recorded[index].headers,
	};
}

/** The value of a JSON body, the bytes of any other: nock hands those over as text, or in hexadecimal when they are not UTF-8. */
function readBody(body: unknown, contentType: string): unknown {
	if (body === '' || body === undefined) return undefined;
	if (contentType.includes('json') || typeof body !== 'string') return body;
	return /^([0-9a-f]{2})+$/.test(body) ? Buffer.from(body, 'hex') : Buffer.from(body, 'utf8');
}
