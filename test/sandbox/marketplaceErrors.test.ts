import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

import { MarketplaceClient } from './marketplaceClient';

const shop = new MarketplaceClient();
beforeAll(async () => await shop.start());
afterAll(async () => await shop.stop());

describe('wrong keys', () => {
	const calls = (agentId: string): Array<[string, string, unknown?]> => [
		['GET', '/agents/me'],
		['PATCH', '/agents/me', {}],
		['GET', `/agents/${agentId}/services`],
		['GET', `/agents/${agentId}/orders`],
		['GET', '/dashboard'],
		['POST', '/upload'],
	];

	it('are told what is wrong on the routes that ask for a key alone', async () => {
		const agent = await shop.agent();
		for (const [method, path, body] of calls(agent.id)) {
			const unknown = await shop.call(method, path, { key: 'atelier_0000', body });
			expect([path, unknown.status, unknown.body]).toEqual([
				path,
				401,
				{ success: false, error: 'Invalid or inactive API key' },
			]);
		}
		const missing = await shop.get('/agents/me');
		expect(missing.status).toBe(401);
		expect(missing.body.error).toBe('Missing or invalid Authorization header. Expected: Bearer <api_key>');
		const unprefixed = await shop.get('/agents/me', 'secret');
		expect(unprefixed.status).toBe(401);
		expect(unprefixed.body.error).toBe('Invalid API key format');
	});

	it('get one and the same 403 from GET /orders/{id}, whether bad, missing or foreign', async () => {
		const { order } = await shop.order();
		const stranger = await shop.agent();
		for (const key of [undefined, 'secret', 'atelier_0000', stranger.api_key]) {
			const answer = await shop.get(`/orders/${order.id}`, key);
			expect([key, answer.status, answer.body.error]).toEqual([key, 403, 'Not authorized to view this order']);
		}
	});

	it.each(['deliver', 'quote'])('get 401 from %s when bad, 403 when missing, unprefixed or foreign', async (what) => {
		const { order } = await shop.order();
		const stranger = await shop.agent();
		const bad = await shop.post(`/orders/${order.id}/${what}`, 'atelier_0000');
		expect([bad.status, bad.body.error]).toEqual([401, 'Invalid or inactive API key']);
		for (const key of [undefined, 'secret', stranger.api_key]) {
			const answer = await shop.post(`/orders/${order.id}/${what}`, key);
			expect([key, answer.status, answer.body.error]).toEqual([key, 403, 'You are not the provider for this order']);
		}
	});

	it('all get 401 from messages, a foreign key included', async () => {
		const { order } = await shop.order();
		const stranger = await shop.agent();
		for (const key of [undefined, 'secret', 'atelier_0000', stranger.api_key]) {
			const read = await shop.get(`/orders/${order.id}/messages`, key);
			expect([key, read.status, read.body.error]).toEqual([key, 401, 'Authentication required']);
			const write = await shop.post(`/orders/${order.id}/messages`, key, { content: 'Hello' });
			expect([key, write.status, write.body.error]).toEqual([key, 401, 'Authentication required']);
		}
	});

	it('get 400 from a claim without a key, are ignored by GET /agents/{id}, and get 401 from PATCH /orders/{id}', async () => {
		const { order, agent } = await shop.order();
		const claim = await shop.post('/bounties/bty_1/claim', undefined);
		expect([claim.status, claim.body.error]).toEqual([400, 'agent_id required for wallet auth claims']);
		expect((await shop.get(`/agents/${agent.id}`, 'atelier_0000')).status).toBe(200);
		const patch = await shop.patch(`/orders/${order.id}`, 'atelier_0000', { action: 'approve' });
		expect([patch.status, patch.body.error]).toEqual([401, 'Invalid or inactive API key']);
	});

	it("get 403 from PATCH /orders/{id} when the agent is not the order's buyer", async () => {
		const { order, agent } = await shop.order();
		const answer = await shop.patch(`/orders/${order.id}`, agent.api_key, { action: 'cancel' });
		expect([answer.status, answer.body.error]).toEqual([403, 'Agent is not the client on this order']);
	});

	it('depend on the exact header: case of the scheme, blanks before, none behind', async () => {
		const { api_key: key } = await shop.agent();
		const answer = (authorization: string) => shop.call('GET', '/agents/me', { headers: { authorization } });
		expect((await answer(`bearer ${key}`)).status).toBe(401);
		const twoBlanks = await answer(`Bearer  ${key}`);
		expect([twoBlanks.status, twoBlanks.body.error]).toEqual([401, 'Invalid API key format']);
		expect((await answer(`Bearer ${key} `)).status).toBe(200);
	});

	it('of a deactivated agent are refused everywhere but on its switch, and its public page is gone', async () => {
		const agent = await shop.agent();
		const off = await shop.patch(`/agents/${agent.id}/active`, agent.api_key, { active: false });
		expect([off.status, off.data]).toEqual([200, { id: agent.id, active: 0 }]);
		expect((await shop.get('/agents/me', agent.api_key)).body.error).toBe('Invalid or inactive API key');
		expect((await shop.get(`/agents/${agent.id}`)).status).toBe(404);
		const on = await shop.patch(`/agents/${agent.id}/active`, agent.api_key, { active: true });
		expect(on.data).toEqual({ id: agent.id, active: 1 });
		expect((await shop.get('/agents/me', agent.api_key)).status).toBe(200);
	});
});

describe('bodies that cannot be read', () => {
	it.each(['', '{', 'null'])('end in a 500 with the envelope, never a 400: %j', async (raw) => {
		const { order, agent } = await shop.order();
		const targets: Array<[string, string]> = [
			['POST', '/agents/register'],
			['PATCH', '/agents/me'],
			['POST', `/orders/${order.id}/deliver`],
			['POST', '/bounties/bty_1/claim'],
		];
		for (const [method, path] of targets) {
			const answer = await shop.call(method, path, { key: agent.api_key, raw });
			expect([path, answer.status, answer.body]).toEqual([path, 500, { success: false, error: expect.any(String) }]);
		}
	});

	it('are a 500 too when a message is no text', async () => {
		const { order, agent } = await shop.order();
		expect((await shop.post(`/orders/${order.id}/messages`, agent.api_key, { content: 7 })).status).toBe(500);
	});

	it('may have any Content-Type', async () => {
		const agent = await shop.agent();
		const answer = await shop.call('PATCH', '/agents/me', {
			key: agent.api_key,
			headers: { 'content-type': 'text/plain' },
			raw: JSON.stringify({ description: 'A description that came as plain text.' }),
		});
		expect(answer.data.description).toBe('A description that came as plain text.');
	});
});

describe('the order of checks', () => {
	it.each(['deliver', 'quote'])('on %s: order, body, key, state, fields', async (what) => {
		const unknown = await shop.call('POST', `/orders/ord_none/${what}`, { key: 'atelier_0', raw: '{' });
		expect([unknown.status, unknown.body.error]).toEqual([404, 'Order not found']);
		const { order, agent } = await shop.order({ pay: false });
		expect((await shop.call('POST', `/orders/${order.id}/${what}`, { key: 'atelier_0', raw: '{' })).status).toBe(500);
		const state = await shop.post(`/orders/${order.id}/${what}`, agent.api_key, {});
		expect([state.status, state.body.error]).toEqual([400, expect.stringContaining('order with status "quoted"')]);
	});

	it('on messages and claim: body before order and key', async () => {
		expect((await shop.call('POST', '/orders/ord_none/messages', { raw: '{' })).status).toBe(500);
		expect((await shop.call('POST', '/bounties/bty_none/claim', { key: 'atelier_0', raw: '{' })).status).toBe(500);
		expect((await shop.post('/orders/ord_none/messages', 'atelier_0', {})).status).toBe(404);
	});

	it('on PATCH /agents/me: key before body', async () => {
		expect((await shop.call('PATCH', '/agents/me', { key: 'atelier_0', raw: '{' })).status).toBe(401);
	});
});

describe('paths and methods', () => {
	it.each(['/no/such/thing', '/agents/me/verify-twitter'])(
		'that are unknown get a 404 page of HTML: %s',
		async (path) => {
			const { status, headers, text } = await shop.get(path);
			expect([status, headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
			expect(text).toContain('<html');
		},
	);

	it('that do not fit get a 405 without a body', async () => {
		for (const [method, path] of [
			['DELETE', '/agents/me'],
			['GET', '/upload'],
			['POST', '/services'],
		]) {
			const answer = await shop.call(method, path);
			expect([path, answer.status, answer.text]).toEqual([path, 405, '']);
		}
	});

	it('with a trailing or a doubled slash are redirected to a relative address with 308', async () => {
		const trailing = await shop.get('/agents/me/?balances=1');
		expect([trailing.status, trailing.headers.get('location')]).toEqual([308, '/api/agents/me?balances=1']);
		const doubled = await shop.call('POST', '//orders//ord_1/deliver', { body: {} });
		expect([doubled.status, doubled.headers.get('location')]).toEqual([308, '/api/orders/ord_1/deliver']);
	});

	it('answer OPTIONS with 204 and HEAD like GET without a body', async () => {
		const { api_key: key } = await shop.agent();
		expect((await shop.call('OPTIONS', '/agents/me')).status).toBe(204);
		const head = await shop.call('HEAD', '/agents/me', { key });
		expect([head.status, head.text]).toEqual([200, '']);
	});

	it('answer JSON as application/json without a charset, an ETag or a version', async () => {
		const { headers } = await shop.get('/models');
		expect(headers.get('content-type')).toBe('application/json');
		expect(headers.get('etag')).toBeNull();
	});
});

describe('a refusal', () => {
	it('comes only when the whole request is here, so that it never cuts an upload off', async () => {
		const { order } = await shop.order();
		const stranger = await shop.agent();
		const body = 'a form that nobody reads';
		const { hostname, port } = new URL(shop.url);
		const socket = connect(Number(port), hostname);
		await once(socket, 'connect');
		socket.write(
			`POST /api/orders/${order.id}/upload HTTP/1.1\r\nHost: ${hostname}:${port}\r\nConnection: close\r\n` +
				`Authorization: Bearer ${stranger.api_key}\r\nContent-Length: ${body.length}\r\n\r\n`,
		);
		// While it waits for the rest, the server answers others.
		await shop.get(`/orders/${order.id}`);
		await shop.get(`/orders/${order.id}`);
		expect(socket.bytesRead).toBe(0);
		socket.write(body);
		expect(await text(socket)).toMatch(/^HTTP\/1\.1 403 /);
	});
});
