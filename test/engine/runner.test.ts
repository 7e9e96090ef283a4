import type { ServerResponse } from 'node:http';
import type { INodeParameters } from 'n8n-workflow';

import { byId, runNode, TEST_KEY } from './support/engine';
import type { TestItem } from './support/nodeTypes';
import { breakOff, localServer, sendData, sendJson } from './support/localServer';
import { profileRow } from './support/wire';

// What the node does with many items, whatever the operation.

const server = localServer();

const orders = (...ids: string[]): TestItem[] => ids.map((order) => ({ json: { order } }));
const send = { resource: 'message', operation: 'send', orderId: byId('={{ $json.order }}'), content: 'Hello' };
const run = async (settings: Partial<Parameters<typeof runNode>[0]>) =>
	await runNode({ parameters: send, credential: { baseUrl: server.apiUrl }, ...settings });

/** The order that a request is about. */
const orderOf = (call: string) => /orders\/([^/]+)/.exec(call)![1];

/** Answers each message with its order's ID; for the orders given, with a refusal. */
const refusing = (...refused: string[]) =>
	server.respond((response, { call }) => {
		const id = orderOf(call);
		if (refused.includes(id)) sendJson(response, { success: false, error: `No ${id}` }, 404);
		else sendData(response, { id });
	});

describe('the order of the output', () => {
	it('is that of the input, whichever answer comes first', async () => {
		const held: Array<() => void> = [];
		server.respond((response, { call }) => {
			held.push(() => sendData(response, { id: orderOf(call) }));
			if (held.length === 4) for (const answer of held.splice(0).reverse()) answer();
		});
		const { items, full } = await run({ items: orders('a', 'b', 'c', 'd') });
		expect(items.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd']);
		expect(full.map(({ pairedItem }) => pairedItem)).toEqual([0, 1, 2, 3].map((item) => ({ item })));
	});

	it('keeps all entries of a list with the item that asked for it', async () => {
		server.respond((response, { call }) => sendData(response, ['x', 'y'].map((id) => ({ id: orderOf(call) + id }))));
		const { items, full } = await run({
			parameters: { resource: 'message', operation: 'getAll', orderId: byId('={{ $json.order }}') },
			items: orders('a', 'b'),
		});
		expect(items.map(({ id }) => id)).toEqual(['ax', 'ay', 'bx', 'by']);
		expect(full.map(({ pairedItem }) => pairedItem)).toEqual([0, 0, 1, 1].map((item) => ({ item })));
	});
});

describe('items side by side', () => {
	/** Long enough for every request that may be under way to arrive, on a busy machine too. */
	const ANSWER_AFTER_MS = 400;

	/** Runs some items and says how many requests were under way at most, in all and for one order. */
	async function overlap(ids: string[], options: INodeParameters) {
		const underWay: string[] = [];
		let most = 0;
		let mostOfOneOrder = 0;
		server.respond((response, { call }) => {
			const id = orderOf(call);
			underWay.push(id);
			most = Math.max(most, underWay.length);
			mostOfOneOrder = Math.max(mostOfOneOrder, underWay.filter((other) => other === id).length);
			setTimeout(() => {
				underWay.splice(underWay.indexOf(id), 1);
				sendData(response, { id });
			}, ANSWER_AFTER_MS);
		});
		const { items } = await run({ parameters: { ...send, options }, items: orders(...ids) });
		expect(items.map(({ id }) => id)).toEqual(ids);
		return { most, mostOfOneOrder };
	}

	it('are sixteen unless the option says otherwise', async () => {
		expect(await overlap([...'abcdefghijklmnopqrs'], {})).toEqual({ most: 16, mostOfOneOrder: 1 });
	});

	it('are as many as the option says', async () => {
		expect(await overlap(['a', 'b', 'c', 'd'], { concurrency: 2 })).toEqual({ most: 2, mostOfOneOrder: 1 });
		expect(await overlap(['a', 'b', 'c'], { concurrency: 1 })).toEqual({ most: 1, mostOfOneOrder: 1 });
	});

	it('never write to one order at the same time, and do so in the order of the input', async () => {
		expect(await overlap(['a', 'a', 'b', 'a', 'b'], {})).toEqual({ most: 2, mostOfOneOrder: 1 });
	});
});

describe('a failure', () => {
	it('ends the run: nothing further is started', async () => {
		refusing('b');
		const { error, items } = await run({ items: orders('a', 'b', 'c', 'd'), parameters: { ...send, options: { concurrency: 1 } } });
		expect(error).toMatchObject({ message: 'Atelier answered 404: No b [item 1]', context: { itemIndex: 1 } });
		expect(items).toEqual([]);
		expect(server.received.map(({ call }) => orderOf(call))).toEqual(['a', 'b']);
	});

	it('lets what is under way come to its end', async () => {
		const waiting: ServerResponse[] = [];
		server.respond((response, { call }) => {
			if (orderOf(call) === 'a') waiting.push(response);
			else sendJson(response, { success: false, error: 'No' }, 404);
			if (server.received.length === 2) setTimeout(() => waiting.forEach((held) => sendData(held, {})), 50);
		});
		const { error } = await run({ items: orders('a', 'b') });
		expect(error?.message).toContain('[item 1]');
		expect(waiting[0].writableFinished).toBe(true);
	});

	it('leaves the other items alone when the node continues, and keeps the pairing', async () => {
		refusing('b');
		const { items, full, error } = await run({ items: orders('a', 'b', 'c'), onError: 'continueRegularOutput' });
		expect(error).toBeUndefined();
		expect(items).toEqual([
			{ id: 'a' },
			{
				error: 'Atelier answered 404: No b [item 1]',
				advice: expect.stringContaining('Check the ID'),
				httpCode: '404',
			},
			{ id: 'c' },
		]);
		expect(full.map(({ pairedItem }) => pairedItem)).toEqual([0, 1, 2].map((item) => ({ item })));
	});

	it('goes to the error output with the input that it is about', async () => {
		refusing('b', 'c');
		const { items, errorItems, fullErrors } = await run({ items: orders('a', 'b', 'c'), onError: 'continueErrorOutput' });
		expect(items).toEqual([{ id: 'a' }]);
		expect(errorItems).toEqual(
			['b', 'c'].map((order, index) => ({
				order,
				error: `Atelier answered 404: No ${order} [item ${index + 1}]`,
				advice: expect.stringContaining('Check the ID'),
				httpCode: '404',
			})),
		);
		expect(fullErrors.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 1 }, { item: 2 }]);
	});

	it('says on the error output in how many seconds to go on, so that a Wait node can wait for it', async () => {
		server.respond((response) => sendJson(response, { success: false, error: 'Too many requests.' }, 429, { 'retry-after': '1800' }));
		const { errorItems } = await run({ items: orders('a'), onError: 'continueErrorOutput' });
		expect(errorItems).toEqual([expect.objectContaining({ order: 'a', httpCode: '429', retryAfterSeconds: 1800 })]);
	});

	it('that several items share is told to each of them by itself', async () => {
		server.respond((response) => sendJson(response, { success: false, error: 'Invalid or inactive API key' }, 401));
		const { items } = await run({
			parameters: { resource: 'service', operation: 'getAll' },
			items: [{}, {}, {}],
			onError: 'continueRegularOutput',
		});
		expect(items.map(({ error }) => error)).toEqual(
			[0, 1, 2].map((index) => `Atelier answered 401: Invalid or inactive API key [item ${index}]`),
		);
		expect(server.received).toHaveLength(1);
	});

	it('of an expression names its item, too', async () => {
		refusing();
		const { items } = await run({
			parameters: { ...send, content: '={{ $json.order.missing.deep }}' },
			items: [{ json: { order: 'a' } }],
			onError: 'continueRegularOutput',
		});
		expect(items).toEqual([expect.objectContaining({ error: expect.stringMatching(/\[item 0\]$/) })]);
		expect(server.received).toEqual([]);
	});
});

describe('Retry On Fail', () => {
	const retry = { node: { retryOnFail: true, maxTries: 3, waitBetweenTries: 0 } };

	it('sends no message twice when a later item fails', async () => {
		let failures = 2;
		server.respond((response, { call }) => {
			if (orderOf(call) === 'b' && failures-- > 0) sendJson(response, { success: false, error: 'Busy' }, 409);
			else sendData(response, { id: orderOf(call) });
		});
		const { items } = await run({ items: orders('a', 'b', 'c'), parameters: { ...send, options: { concurrency: 1 } }, ...retry });
		expect(items.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
		expect(server.received.map(({ call }) => orderOf(call))).toEqual(['a', 'b', 'b', 'b', 'c']);
	});

	it('does not send a message again whose answer was lost, and says where to look', async () => {
		server.respond(breakOff);
		const { error } = await run({ items: orders('a'), ...retry });
		expect(server.received.filter(({ call }) => call.startsWith('POST'))).toHaveLength(1);
		expect(error?.message).toMatch(/^The same was sent before in this execution and got no answer\./);
		expect(error?.description).toContain('Message > Get Many shows whether it arrived.');
	});

	it('sends again what never left', async () => {
		const port = Number(new URL(server.origin).port);
		const { error } = await run({ items: orders('a'), credential: { baseUrl: `http://127.0.0.2:${port}/api` }, ...retry });
		expect(error?.message).toBe(`Atelier could not be reached at http://127.0.0.2:${port}: nothing answers there [item 0]`);
		expect(error?.description).toContain('Retry On Fail');
	});
});

describe('Retry On Fail in a node that goes on after errors', () => {
	const retry = { node: { retryOnFail: true, maxTries: 3, waitBetweenTries: 10 }, onError: 'continueErrorOutput' as const };

	/** Fails for one order with these answers, one after the other, and then no longer. */
	const failing = (order: string, ...answers: Array<(response: ServerResponse) => void>) =>
		server.respond((response, { call }) => {
			const fail = orderOf(call) === order && call.startsWith('POST') && answers.shift();
			if (fail) fail(response);
			else sendData(response, call.startsWith('POST') ? { id: orderOf(call) } : []);
		});
	const elsewhere = (response: ServerResponse) => response.writeHead(302, { location: 'https://elsewhere.test/' }).end();
	const tooLarge = (response: ServerResponse) => response.writeHead(413).end('Request Entity Too Large');
	const refusal = (status: number) => (response: ServerResponse) => sendJson(response, { success: false, error: 'No' }, status);
	const sent = () => server.received.filter(({ call }) => call.startsWith('POST')).map(({ call }) => orderOf(call));

	it('tries the failed item again, wherever it stands, and leaves the others alone', async () => {
		failing('b', elsewhere, tooLarge);
		const { items, errorItems } = await run({ items: orders('a', 'b', 'c'), ...retry });
		expect(items.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
		expect(errorItems).toEqual([]);
		expect(sent().sort()).toEqual(['a', 'b', 'b', 'b', 'c']);
	});

	it('gives up after as many tries as the settings say', async () => {
		failing('b', tooLarge, tooLarge, tooLarge, tooLarge);
		const { items, errorItems } = await run({ items: orders('a', 'b', 'c'), ...retry });
		expect(items.map(({ id }) => id)).toEqual(['a', 'c']);
		expect(errorItems).toEqual([expect.objectContaining({ order: 'b', httpCode: '413' })]);
		expect(sent().sort()).toEqual(['a', 'b', 'b', 'b', 'c']);
	});

	it.each([404, 429])('takes the answer %i for final: the API has judged', async (status) => {
		failing('b', refusal(status), refusal(status));
		const parameters = { ...send, options: { waitWhenRateLimited: 0 } };
		const { errorItems } = await run({ items: orders('a', 'b'), parameters, ...retry });
		expect(errorItems).toEqual([expect.objectContaining({ order: 'b', httpCode: String(status) })]);
		expect(sent().sort()).toEqual(['a', 'b']);
	});

	it('tries once without it', async () => {
		failing('b', tooLarge, tooLarge);
		const { errorItems } = await run({ items: orders('a', 'b'), onError: 'continueErrorOutput' });
		expect(errorItems).toHaveLength(1);
		expect(sent().sort()).toEqual(['a', 'b']);
	});

	it('asks for the agent again when that was what failed', async () => {
		let failures = 3;
		server.respond((response) => {
			if (failures-- > 0) response.writeHead(502).end();
			else sendData(response, failures === -1 ? profileRow() : []);
		});
		const { items, errorItems } = await run({ parameters: { resource: 'service', operation: 'getAll' }, items: [{}], ...retry });
		expect([items, errorItems]).toEqual([[], []]);
		expect(server.received).toHaveLength(5);
	});
});

describe('the agent behind the key', () => {
	it('is read once for all items of an execution', async () => {
		server.respond((response, { call }) => sendData(response, call.endsWith('/me') ? profileRow() : []));
		await run({ parameters: { resource: 'service', operation: 'getAll' }, items: [{}, {}, {}, {}, {}, {}, {}] });
		const calls = server.received.map(({ call }) => call);
		expect(calls.filter((call) => call === 'GET /api/agents/me')).toHaveLength(1);
		expect(calls).toHaveLength(8);
	});

	it('must be one: another API at the base URL is recognized', async () => {
		server.respond((response) => sendJson(response, { status: 'ok', version: '1.2' }));
		const { error } = await run({ parameters: { resource: 'service', operation: 'getAll' } });
		expect(error?.message).toBe(
			'The Base URL of the Atelier credential does not answer like an Atelier API: the profile has no ID [item 0]',
		);
	});
});

describe('a request', () => {
	it('carries the key, what it sends and what it wants back, and no more', async () => {
		refusing();
		await run({ items: orders('a') });
		const { host, connection, 'content-length': length, ...headers } = server.received[0].headers;
		expect({ host, length }).toEqual({ host: new URL(server.origin).host, length: '19' });
		expect(headers).toEqual({
			accept: 'application/json',
			'accept-encoding': expect.any(String),
			authorization: `Bearer ${TEST_KEY}`,
			'content-type': 'application/json',
			'user-agent': expect.any(String),
		});
		expect(server.received[0].body.toString()).toBe('{"content":"Hello"}');
	});

	it('that reads has no body', async () => {
		server.respond((response) => sendData(response, []));
		await run({ parameters: { ...send, operation: 'getAll' }, items: orders('a') });
		expect(server.received[0].body).toHaveLength(0);
		expect(server.received[0].headers).not.toHaveProperty('content-type');
	});

	it('goes below the base URL, whatever path that has', async () => {
		refusing();
		await run({ items: orders('a'), credential: { baseUrl: `${server.origin}/deep/er/api/` } });
		expect(server.received[0].call).toBe('POST /deep/er/api/orders/a/messages');
	});
});

describe('an ID', () => {
	it.each([
		['..', '/api/orders/%252E%252E/messages'],
		['.', '/api/orders/%252E/messages'],
		['a/../../agents/me', '/api/orders/a%2F..%2F..%2Fagents%2Fme/messages'],
		['ord_1?x=1#y', '/api/orders/ord_1%3Fx%3D1%23y/messages'],
		['\ud800', '/api/orders/%EF%BF%BD/messages'],
	])('cannot leave its place in the path: %s', async (order, path) => {
		server.respond((response) => sendData(response, {}));
		await run({ items: orders(order) });
		expect(server.received.map(({ call }) => call)).toEqual([`POST ${path}`]);
	});
});

describe('a guarded operation as a tool of an AI Agent', () => {
	const launch = { resource: 'token', operation: 'launch', symbol: 'NIGHT', confirmed: true };

	it('is refused, though it is confirmed, unless it is allowed', async () => {
		const { error } = await run({ type: 'atelierTool', parameters: launch });
		expect(error?.message).toMatch(/^"Launch" is not allowed for an AI agent: .*never be undone\. Switch on "Allow AI Agent to Do This"/);
		expect(server.received).toEqual([]);
	});

	it('needs both the confirmation and the permission', async () => {
		const { error } = await run({ type: 'atelierTool', parameters: { ...launch, confirmed: false, allowAsTool: true } });
		expect(error?.message).toContain('"Launch" was not confirmed');
		expect(server.received).toEqual([]);
	});

	it('runs when it is allowed', async () => {
		server.respond((response, { call }) => sendData(response, call.endsWith('/me') ? profileRow() : { mint: 'So11' }));
		const { items } = await run({ type: 'atelierTool', parameters: { ...launch, allowAsTool: true } });
		expect(items).toEqual([{ mint: 'So11' }]);
	});

	it('is not confirmed by what was confirmed for another operation', async () => {
		const parameters = { ...launch, operation: 'claimFees', confirmed: false, confirmTokenLaunch: true, allowAsTool: true };
		const { error } = await run({ type: 'atelierTool', parameters });
		expect(error?.message).toContain('"Claim Fees" was not confirmed');
		expect(server.received).toEqual([]);
	});

	it('is no matter for an operation without a guard', async () => {
		refusing();
		expect((await run({ type: 'atelierTool', items: orders('a') })).items).toEqual([{ id: 'a' }]);
	});
});

describe('the credential', () => {
	it('is asked for when there is none', async () => {
		const { error } = await run({ credential: null, items: orders('a') });
		expect(error?.message).toBe('Node does not have any credentials set [item 0]');
	});

	it('sends the key nowhere over http, except to this machine', async () => {
		const { error } = await run({ credential: { baseUrl: 'http://atelier.example.com/api' }, items: orders('a') });
		expect(error?.message).toBe(
			'The Base URL of the Atelier credential, "http://atelier.example.com/api", must start with https://, ' +
				'so that nobody on the way can read your API key [item 0]',
		);
	});
});
