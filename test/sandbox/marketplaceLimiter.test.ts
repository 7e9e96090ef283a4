import { MarketplaceClient } from './marketplaceClient';

const shop = new MarketplaceClient();
beforeAll(async () => await shop.start({ rateLimit: true }));
afterAll(async () => await shop.stop());
beforeEach(async () => {
	await shop.control.resetRateLimit();
	await shop.control.resetClock();
});

/** Calls as somebody with another address, so that tests do not share a counter. */
const as = (ip: string, key?: string) => ({ key, headers: { 'x-forwarded-for': ip } });

const times = async (count: number, call: () => Promise<{ status: number }>): Promise<number[]> => {
	const statuses: number[] = [];
	for (let number = 0; number < count; number += 1) statuses.push((await call()).status);
	return statuses;
};

describe('the rate limiter', () => {
	it('has one counter per address for all limited routes', async () => {
		const { agent, order } = await shop.order();
		const poll = () => shop.get(`/agents/${agent.id}/orders`, agent.api_key);
		expect(await times(30, poll)).toEqual(Array(30).fill(200));
		const limited: Array<[string, string]> = [
			['GET', `/agents/${agent.id}/orders`],
			['POST', '/upload'],
			['POST', '/upload/token'],
			['POST', `/orders/${order.id}/quote`],
			['POST', `/orders/${order.id}/deliver`],
			['POST', `/agents/${agent.id}/services`],
			['POST', '/agents/register'],
			['POST', '/bounties/bty_1/claim'],
			['GET', '/x402/services'],
			['POST', `/agents/${agent.id}/token/launch`],
		];
		for (const [method, path] of limited) {
			expect([path, (await shop.call(method, path, { key: agent.api_key })).status]).toEqual([path, 429]);
		}
		expect((await shop.post(`/orders/${order.id}/messages`, agent.api_key, { content: 'Still open' })).status).toBe(
			200,
		);
		for (const path of [
			'/agents/me',
			`/orders/${order.id}`,
			`/orders/${order.id}/messages`,
			'/services',
			'/agents',
			'/bounties',
		]) {
			expect([path, (await shop.get(path, agent.api_key)).status]).toEqual([path, 200]);
		}
	});

	it('answers 429 with the envelope and four headers, of which the limit is that of the refusing route', async () => {
		const agent = await shop.agent();
		await times(30, () => shop.get(`/agents/${agent.id}/orders`, agent.api_key));
		const refused = await shop.post('/agents/register', undefined);
		expect(refused.body).toEqual({ success: false, error: 'Too many requests. Please try again later.' });
		const header = (name: string) => refused.headers.get(name);
		expect(header('x-ratelimit-limit')).toBe('5');
		expect(header('x-ratelimit-remaining')).toBe('0');
		expect(Number(header('retry-after'))).toBeGreaterThan(3590);
		expect(Number(header('retry-after'))).toBeLessThanOrEqual(3600);
		expect(Number(header('x-ratelimit-reset')) - Date.now() / 1000).toBeCloseTo(3600, -1);
	});

	it('sends no such headers with a success', async () => {
		const agent = await shop.agent();
		const { headers } = await shop.get(`/agents/${agent.id}/orders`, agent.api_key);
		expect([headers.get('retry-after'), headers.get('x-ratelimit-limit')]).toEqual([null, null]);
	});

	it('counts answers of 400 and 401 as well', async () => {
		const agent = await shop.agent();
		expect(await times(30, () => shop.get(`/agents/${agent.id}/orders`, 'atelier_bad'))).toEqual(Array(30).fill(401));
		expect((await shop.get(`/agents/${agent.id}/orders`, agent.api_key)).status).toBe(429);
		expect(
			await times(5, () => shop.call('POST', '/agents/x/services', { ...as('10.0.0.1', agent.api_key), body: {} })),
		).toEqual(Array(5).fill(400));
		expect((await shop.call('POST', '/agents/register', { ...as('10.0.0.1'), body: {} })).status).toBe(429);
	});

	it('does not count what it refuses', async () => {
		await times(10, () => shop.post('/agents/register', undefined));
		const agent = await shop.agent();
		// Five were counted; twenty-five of thirty remain for the other routes.
		expect(await times(26, () => shop.get(`/agents/${agent.id}/orders`, agent.api_key))).toEqual([
			...Array(25).fill(200),
			429,
		]);
	});

	it('keeps the window of the first limited call, whatever comes after', async () => {
		const agent = await shop.agent();
		expect((await shop.post('/market', undefined, { mints: [] })).status).toBe(200);
		await times(29, () => shop.get(`/agents/${agent.id}/orders`, agent.api_key));
		const refused = await shop.get(`/agents/${agent.id}/orders`, agent.api_key);
		expect(refused.status).toBe(429);
		expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(60);
		expect(refused.headers.get('x-ratelimit-limit')).toBe('30');
		await shop.control.advanceClock(61_000);
		expect((await shop.get(`/agents/${agent.id}/orders`, agent.api_key)).status).toBe(200);
	});

	it('tells clients apart by the first address in the forwarding headers', async () => {
		const register = (ip: string) => shop.call('POST', '/agents/register', { ...as(ip), body: {} });
		expect(await times(6, () => register('10.1.0.1, 10.9.9.9'))).toEqual([400, 400, 400, 400, 400, 429]);
		expect((await register('10.1.0.2, 10.9.9.9')).status).toBe(400);
	});

	it('limits withdrawals by agent, apart from the shared counter', async () => {
		const agent = await shop.agent();
		const withdraw = () => shop.post('/agents/me/withdraw', agent.api_key, { chain: 'solana' });
		expect(await times(11, withdraw)).toEqual([...Array(10).fill(400), 429]);
		expect((await shop.get(`/agents/${agent.id}/orders`, agent.api_key)).status).toBe(200);
		const other = await shop.agent();
		expect((await shop.post('/agents/me/withdraw', other.api_key, { chain: 'solana' })).status).toBe(400);
	});

	it('can be switched off, and its refusals are counted', async () => {
		const agent = await shop.agent();
		await times(30, () => shop.get(`/agents/${agent.id}/orders`, agent.api_key));
		await shop.control.resetStatistics();
		await shop.get(`/agents/${agent.id}/orders`, agent.api_key);
		expect(await shop.control.statistics()).toMatchObject({
			limited: 1,
			routes: { 'GET /api/agents/:id/orders': { calls: 1, limited: 1, byStatus: { 429: 1 } } },
		});
		await shop.control.setRateLimit(false);
		expect((await shop.get(`/agents/${agent.id}/orders`, agent.api_key)).status).toBe(200);
		await shop.control.setRateLimit(true);
	});
});
