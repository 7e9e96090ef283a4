import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { IDataObject } from 'n8n-workflow';

import { byId, runNode, TEST_KEY } from './support/engine';
import { breakOff, localServer, sendData, sendJson } from './support/localServer';
import type { Responder } from './support/localServer';

// How every operation fails, seen through one read (Order > Get) and one write (Order > Quote).

const server = localServer();

const read = { resource: 'order', operation: 'get', orderId: byId('ord_1') };
const write = { resource: 'order', operation: 'quote', orderId: byId('ord_1'), price: '45.00' };

/** A write that leaves all explanations to the general ones. */
const plainWrite = { resource: 'service', operation: 'update', serviceId: byId('svc_1'), updateFields: { title: 'Album cover' } };

const run = async (parameters: IDataObject, responder: Responder, options: IDataObject = {}) => {
	server.respond(responder);
	const { error } = await runNode({
		parameters: { ...parameters, options } as never,
		credential: { baseUrl: server.apiUrl },
	});
	return { message: error?.message, description: error?.description, httpCode: error?.httpCode };
};

const html = (status: number, text: string): Responder => (response) => {
	response.writeHead(status, { 'content-type': 'text/html' }).end(text);
};

describe("the server's own words", () => {
	it.each([
		[400, 'price_usd is required', 'Nothing was changed on Atelier'],
		[401, 'Invalid or inactive API key', 'Check the API Key in the Atelier credential'],
		[402, 'Payment required', 'Put the needed amount into the wallet'],
		[403, 'You are not the provider for this order', 'belongs to somebody else'],
		[404, 'Order not found', 'Check the ID'],
		[409, 'Already claimed', 'read the current state and decide again'],
		[413, 'Too large', 'The file is too big'],
		[422, 'No payout wallet', 'Set a payout wallet'],
		[418, 'Unheard of', 'Change what the sentence above names'],
		[500, 'Failed to quote order', 'Try again later'],
		[503, 'Switched off', 'Try again later'],
	])('are kept, with advice, for a %i', async (status, words, advice) => {
		const failed = await run(plainWrite, (response) => sendJson(response, { success: false, error: words }, status));
		expect(failed.message).toBe(`Atelier answered ${status}: ${words} [item 0]`);
		expect(failed.httpCode).toBe(String(status));
		expect(failed.description).toContain(advice);
	});

	it('are kept when the failure comes as a success', async () => {
		const failed = await run(write, (response) => sendJson(response, { success: false, error: 'Not now' }, 200));
		expect(failed.message).toBe('Atelier answered 200: Not now [item 0]');
	});

	it('are kept whatever they contain: n8n swaps some words for texts of its own', async () => {
		const words = 'Not approvEPERMission: ECONNREFUSED, ENOTFOUND';
		expect((await run(write, (response) => sendJson(response, { success: false, error: words }, 400))).message).toBe(
			`Atelier answered 400: ${words} [item 0]`,
		);
	});

	it('are found inside an object, too', async () => {
		const body = { success: false, error: { code: 'X', message: 'Bad price' } };
		expect((await run(write, (response) => sendJson(response, body, 400))).message).toBe(
			'Atelier answered 400: Bad price [item 0]',
		);
	});
});

describe('an answer that is not what the API sends', () => {
	const wrongAddress = 'Check the Base URL in the Atelier credential';

	it.each<[string, number, string, string, string]>([
		['HTML with 200', 200, '<html><style>b{}</style><body><h1>Welcome</h1> to nginx</body></html>', '"Welcome to nginx"', wrongAddress],
		['HTML with 404', 404, '<h1>404</h1> This page could not be found.', '"404 This page could not be found."', wrongAddress],
		['an empty 405', 405, '', 'an empty answer', wrongAddress],
		['an empty 200', 200, '', 'an empty answer', wrongAddress],
		['cut-off JSON', 200, '{"success":true,"data":{"id":"or', '"{"success":true,"data":{"id":"or"', wrongAddress],
		['HTML with 502', 502, '<h1>Bad Gateway</h1>', '"Bad Gateway"', 'Try again later'],
		['a list', 200, '[1]', '"[1]"', wrongAddress],
	])('is quoted: %s', async (_what, status, body, quoted, advice) => {
		const failed = await run(write, html(status, body));
		expect(failed.message).toBe(`Atelier answered ${status} without JSON to POST /orders/ord_1/quote: ${quoted} [item 0]`);
		expect(failed.description).toContain(advice);
	});

	it('is quoted in part when it is long', async () => {
		const { message } = await run(write, html(400, 'x'.repeat(10_000)));
		expect(message).toMatch(/: "x{120}…" \[item 0\]$/);
	});

	it('is not called "without JSON" when it is JSON without words', async () => {
		const failed = await run(write, (response) => sendJson(response, { success: false }, 404));
		expect(failed.message).toBe('Atelier answered 404 without a reason to POST /orders/ord_1/quote [item 0]');
		expect(failed.description).toContain('Check the ID');
	});

	it.each([
		['agent', 'getProfile', null],
		['service', 'getAll', null],
		['service', 'getAll', { id: 'svc_1' }],
		['order', 'getAll', 'nothing'],
	])('ends in a sentence when the data are of another kind: %s %s %p', async (resource, operation, data) => {
		const failed = await run({ resource, operation }, (response, { call }) =>
			sendData(response, call.endsWith('/me') && operation !== 'getProfile' ? { id: 'ext_1' } : data),
		);
		expect(failed.message).toMatch(/^Atelier answered (200 to GET \S+ with something other than data|with something other than (a list|an object)) \[item 0\]$/);
		expect(failed.description).toContain('Base URL');
	});

	it.each([
		['order', 'get', { order: { id: 'ord_1' } }, 'Atelier answered without the order ord_1 [item 0]'],
		['market', 'getModels', { length: 3 }, 'Atelier answered with something other than a list [item 0]'],
		['market', 'getPayableServices', { services: {} }, 'Atelier answered with something other than a list [item 0]'],
		['market', 'getLeaderboard', [[1]], 'Atelier answered with something other than an object [item 0]'],
	])('ends in a sentence when a part of the data is of another kind: %s %s %j', async (resource, operation, data, message) => {
		const parameters = { resource, operation, returnAll: true, ...(resource === 'order' && { orderId: byId('ord_1') }) };
		expect((await run(parameters, (response) => sendData(response, data))).message).toBe(message);
	});

	it('ends in a sentence when a list has the same page again and again', async () => {
		const page = Array.from({ length: 200 }, (_, index) => ({ service_id: `svc_${index}` }));
		const failed = await run({ resource: 'market', operation: 'getPayableServices', returnAll: true }, (response) =>
			sendData(response, { services: page }),
		);
		expect(failed.message).toBe('Atelier answered with something other than the next page of the list [item 0]');
		expect(server.received).toHaveLength(2);
	});

	it('is cut where it is nested too deep for anything to bear it', async () => {
		const deep = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
		const answers = JSON.stringify({ success: true, data: { id: 'svc_1', note: 'DEEP', requirement_answers: deep } }).replace('"DEEP"', deep);
		server.respond((response) => void response.writeHead(200, { 'content-type': 'application/json' }).end(answers));
		const parameters = { resource: 'service', operation: 'get', serviceId: byId('svc_1'), simplify: false };
		const { items, error } = await runNode({ parameters, credential: { baseUrl: server.apiUrl } });
		expect(error).toBeUndefined();
		expect(items[0].id).toBe('svc_1');
		expect(JSON.stringify(items[0])).toContain('[nested too deep]');
		expect(JSON.stringify(items[0]).length).toBeLessThan(2000);
	});

	it('is given up when it is bigger than any real one, however small it is packed', async () => {
		const packed = gzipSync(Buffer.alloc(80 * 1024 ** 2, ' '));
		expect(packed.length).toBeLessThan(100_000);
		const failed = await run(read, (response) => {
			response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(packed);
		});
		expect(failed.message).toBe(`Atelier could not be reached at ${server.origin}: the answer is too big to be one of Atelier's [item 0]`);
		expect(server.received).toHaveLength(1);
	});

	it('is given up when it trickles in', async () => {
		const failed = await run(
			write,
			(response) => {
				response.writeHead(200, { 'content-type': 'application/json' });
				const trickle = () => {
					if (!response.destroyed) response.write(' ', () => setTimeout(trickle, 50));
				};
				trickle();
			},
			{ timeout: 1 },
		);
		expect(failed).toMatchObject({ httpCode: 'ETIMEDOUT', message: expect.stringContaining('it did not answer in time') });
	});

	it('keeps secrets to itself, also when it is a failure', async () => {
		const secret = `whsec_${'0f'.repeat(32)}`;
		const body = { success: false, error: `Broken for ${secret}`, data: { webhook_secret: secret, note: [secret] } };
		// runNode itself fails when a secret stands in the execution.
		const failed = await run(plainWrite, (response) => sendJson(response, body, 500));
		expect(failed.message).toBe('Atelier answered 500: Broken for [hidden] [item 0]');
		await run(plainWrite, html(500, `<p>${secret}</p>`));
	});

	it('is repeated only as far as people read', async () => {
		const words = `No.\u0000\r\n\u001b[31m${'x'.repeat(100_000)}`;
		const failed = await run(write, (response) => sendJson(response, { success: false, error: words }, 400));
		expect(failed.message).toMatch(/^Atelier answered 400: No\. \[31mx{400,}… \[item 0\]$/);
		expect(failed.message!.length).toBeLessThan(600);
	});
});

describe('a redirect', () => {
	it('is not followed, so the key stays where it belongs', async () => {
		const failed = await run(write, (response) => {
			response.writeHead(301, { location: `${server.origin}/elsewhere?with=secrets` }).end();
		});
		expect(failed.message).toBe(
			`The Base URL leads elsewhere: the server answered 301 and points to ${server.origin}/elsewhere [item 0]`,
		);
		expect(failed.description).toContain('The API key was not sent there');
		expect(server.received.map(({ call }) => call)).toEqual(['POST /api/orders/ord_1/quote']);
	});
});

describe('a rate limit', () => {
	const limited = (headers: Record<string, string>): Responder => (response) =>
		sendJson(response, { success: false, error: 'Too many requests. Please try again later.' }, 429, headers);

	it('says how long it lasts when that is longer than the node may wait', async () => {
		const started = Date.now();
		const failed = await run(write, limited({ 'Retry-After': '3600' }), { waitWhenRateLimited: 60 });
		expect(Date.now() - started).toBeLessThan(5_000);
		expect(failed).toMatchObject({
			httpCode: '429',
			message:
				"Atelier's rate limit is reached: Too many requests. Please try again later. It goes on in 3600 seconds [item 0]",
			description: expect.stringContaining('Wait When Rate Limited'),
		});
		expect(server.received).toHaveLength(1);
	});

	it('is taken for a minute when the server does not say', async () => {
		const failed = await run(write, limited({}), { waitWhenRateLimited: 59 });
		expect(failed.message).toContain('It goes on in 60 seconds');
	});

	it('reads as one sentence after another when the server says nothing', async () => {
		const failed = await run(write, html(429, ''), { waitWhenRateLimited: 0 });
		expect(failed.message).toBe("Atelier's rate limit is reached: too many requests. It goes on in 60 seconds [item 0]");
	});

	it('is waited for within the limit, then the request is made again', async () => {
		let refusals = 2;
		const started = Date.now();
		const failed = await run(
			write,
			(response, request) => {
				if (refusals-- > 0) void limited({ 'Retry-After': '1' })(response, request);
				else sendData(response, { id: 'ord_1', status: 'quoted' });
			},
			{ waitWhenRateLimited: 2 },
		);
		expect(failed.message).toBeUndefined();
		expect(Date.now() - started).toBeGreaterThanOrEqual(1_900);
		expect(server.received.map(({ body }) => body.toString())).toEqual(Array(3).fill('{"price_usd":"45.00"}'));
	});

	it('is waited for no longer than the limit in all', async () => {
		const failed = await run(write, limited({ 'Retry-After': '1' }), { waitWhenRateLimited: 1 });
		expect(failed.httpCode).toBe('429');
		expect(server.received).toHaveLength(2);
	});
});

describe('no answer', () => {
	it('is tried again for a read, and then given up with the reason', async () => {
		const failed = await run(read, breakOff);
		expect(failed).toMatchObject({
			httpCode: 'ECONNRESET',
			message: `Atelier could not be reached at ${server.origin}: the connection was closed half-way [item 0]`,
			description: expect.stringMatching(/internet connection.*Retry On Fail/),
		});
		expect(server.received).toHaveLength(3);
	});

	it('does not matter for a read when a later attempt works', async () => {
		let failures = 1;
		const failed = await run(read, (response) => {
			if (failures-- > 0) response.writeHead(503).end();
			else sendData(response, { order: { id: 'ord_1', status: 'paid' } });
		});
		expect(failed.message).toBeUndefined();
		expect(server.received).toHaveLength(2);
	});

	it.each([
		['cut-off JSON', '{"success":true,"data":{"order":{"id":"or'],
		['a page', '<h1>Please try again later</h1>'],
	])('does not matter for a read when a later attempt works, although it came as a 200: %s', async (_what, body) => {
		let failures = 1;
		const failed = await run(read, (response) => {
			if (failures-- > 0) response.writeHead(200).end(body);
			else sendData(response, { order: { id: 'ord_1', status: 'paid' } });
		});
		expect(failed.message).toBeUndefined();
		expect(server.received).toHaveLength(2);
	});

	it.each<[string, Responder]>([
		['a reset', breakOff],
		['a 500', html(500, '')],
	])('is not answered with a second quote: %s', async (_what, responder) => {
		const failed = await run(write, responder);
		expect(failed.description).toContain('look whether it was done all the same');
		expect(failed.description).not.toContain('Retry On Fail');
		expect(server.received.filter(({ call }) => call.startsWith('POST'))).toHaveLength(1);
	});

	it('is given up after the time-out in the options', async () => {
		const failed = await run(write, () => {}, { timeout: 0.2 });
		expect(failed.message).toBe(`Atelier could not be reached at ${server.origin}: it did not answer in time [item 0]`);
	});

	it('is explained when the answer breaks off', async () => {
		const failed = await run(write, (response) => {
			response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
			response.write('{"success":true,"data":{', () => breakOff(response));
		});
		expect(failed.message).toMatch(/Atelier could not be reached at \S+: (the answer broke off|the connection was closed half-way) \[item 0\]/);
	});

	it('is explained when nothing listens', async () => {
		const port = await freePort();
		const { error } = await runNode({ parameters: write, credential: { baseUrl: `http://127.0.0.1:${port}/api` } });
		expect(error).toMatchObject({
			httpCode: 'ECONNREFUSED',
			message: `Atelier could not be reached at http://127.0.0.1:${port}: nothing answers there [item 0]`,
		});
	});
});

describe('a server that repeats what it was sent', () => {
	it.each<[string, Responder]>([
		['as words', (response, { headers }) => sendJson(response, { success: false, error: `Bad header ${headers.authorization}` }, 400)],
		['as a page', (response, { headers }) => void response.writeHead(500).end(`<pre>${headers.authorization}</pre>`)],
		['as data', (response, { headers }) => sendJson(response, { success: false, error: 'Bad', debug: headers }, 400)],
	])('does not make the node show the key: %s', async (_how, responder) => {
		server.respond(responder);
		// The harness itself searches everything that n8n would save.
		const { error } = await runNode({ parameters: write, credential: { baseUrl: server.apiUrl } });
		expect(error?.message).toMatch(/^Atelier answered/);
		expect(server.received[0].headers.authorization).toBe(`Bearer ${TEST_KEY}`);
	});
});

/** A port on which nothing listens: one that was free a moment ago. */
async function freePort(): Promise<number> {
	const probe = createServer();
	await new Promise<void>((done) => probe.listen(0, '127.0.0.1', done));
	const { port } = probe.address() as AddressInfo;
	await new Promise((done) => probe.close(done));
	await new Promise<void>((done) => connect(port, '127.0.0.1').on('error', () => done()));
	return port;
}
