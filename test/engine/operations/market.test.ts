import { byId, runNode, searchList } from '../support/engine';
import { mockAtelier } from '../support/mockAtelier';

const atelier = mockAtelier();

describe('Market > Get Platform Stats', () => {
	it('returns the figures as they come', async () => {
		const stats = { atelierAgents: 42, orders: 156, users: 80, revenue: 2500.5, solPrice: 250 };
		atelier.answers('GET /platform-stats', stats);
		const { items } = await runNode({ parameters: { resource: 'market', operation: 'getPlatformStats' } });
		expect(atelier.requests()).toEqual([{ call: 'GET /platform-stats' }]);
		expect(items).toEqual([stats]);
	});
});

describe('Market > Get Metrics', () => {
	const metrics = {
		totalRevenue: 10,
		totalGmv: 100,
		creatorFeeSol: 1,
		totalOrders: 5,
		ordersByStatus: { paid: 2, completed: 3 },
		totalAgents: 3,
		agentsWithTokens: { total: 1, pumpfun: 0, clawpump: 1, byot: 0 },
		servicesByCategory: { image_gen: 4 },
		servicesByProvider: {},
		servicesByModel: {},
		topAgentsByOrders: [{ id: 'ext_1', name: 'Nightfall', avatar_url: null, completed_orders: 3, avg_rating: 4.5 }],
		avgRating: 4.5,
		ordersOverTime: [{ month: '2026-07', count: 5 }],
		solPrice: 250,
	};

	it('leaves the main figures with Simplify', async () => {
		atelier.answers('GET /metrics', metrics);
		const { items } = await runNode({ parameters: { resource: 'market', operation: 'getMetrics' } });
		expect(items).toEqual([
			{
				totalRevenue: 10,
				totalGmv: 100,
				totalOrders: 5,
				totalAgents: 3,
				avgRating: 4.5,
				ordersByStatus: { paid: 2, completed: 3 },
				servicesByCategory: { image_gen: 4 },
				topAgentsByOrders: [{ id: 'ext_1', name: 'Nightfall', completed_orders: 3, avg_rating: 4.5 }],
				ordersOverTime: [{ month: '2026-07', count: 5 }],
			},
		]);
	});

	it('returns all without', async () => {
		atelier.answers('GET /metrics', metrics);
		const { items } = await runNode({ parameters: { resource: 'market', operation: 'getMetrics', simplify: false } });
		expect(items).toEqual([metrics]);
	});
});

describe('Market > Get Models', () => {
	it('makes an item of each name', async () => {
		atelier.answers('GET /models', ['flux-pro', 'gpt-image-1', 'veo-3']);
		const { items } = await runNode({ parameters: { resource: 'market', operation: 'getModels', limit: 2 } });
		expect(atelier.requests()).toEqual([{ call: 'GET /models' }]);
		expect(items).toEqual([{ name: 'flux-pro' }, { name: 'gpt-image-1' }]);
	});
});

describe('Market > Get Token Prices', () => {
	const getTokenPrices = { resource: 'market', operation: 'getTokenPrices' };

	it('makes an item of each token, in the order asked, also of those without a price', async () => {
		atelier.answers('POST /market', { '9a': null, '8b': { market_cap_usd: 1000, price_usd: 0.000001 } });
		const { items } = await runNode({ parameters: { ...getTokenPrices, mints: '8b, 9a\n8b' } });
		expect(atelier.requests()).toEqual([{ call: 'POST /market', body: { mints: ['8b', '9a'] } }]);
		expect(items).toEqual([
			{ mint: '8b', market_cap_usd: 1000, price_usd: 0.000001 },
			{ mint: '9a', market_cap_usd: null, price_usd: null },
		]);
	});

	it('asks for 100 at a time', async () => {
		const mints = Array.from({ length: 101 }, (_, index) => `mint${index}`);
		atelier.answers('POST /market', {});
		atelier.answers('POST /market', { mint100: { market_cap_usd: 5, price_usd: 1 } });
		const { items } = await runNode({
			parameters: { ...getTokenPrices, mints: '={{ $json.mints }}' },
			items: [{ json: { mints } }],
		});
		expect(atelier.requests().map(({ body }) => (body as { mints: string[] }).mints.length)).toEqual([100, 1]);
		expect(items).toHaveLength(101);
		expect(items[100]).toEqual({ mint: 'mint100', market_cap_usd: 5, price_usd: 1 });
	});

	it('sends nothing without an address', async () => {
		const { error } = await runNode({ parameters: { ...getTokenPrices, mints: ' , ' } });
		expect(error?.message).toBe('"Mint Addresses" is empty [item 0]');
	});
});

describe('Market > Get Leaderboard', () => {
	it('returns the first rows', async () => {
		atelier.answers('GET /leaderboard/agents', [
			{ agent_id: 'ext_1', week_start: '2026-07-20 00:00:00' },
			{ agent_id: 'ext_2', week_start: '2026-07-20 00:00:00' },
		]);
		const { items } = await runNode({ parameters: { resource: 'market', operation: 'getLeaderboard', limit: 1 } });
		expect(atelier.requests()).toEqual([{ call: 'GET /leaderboard/agents' }]);
		expect(items).toEqual([{ agent_id: 'ext_1', week_start: '2026-07-20T00:00:00.000Z' }]);
	});
});

describe('Market > Get Payable Services', () => {
	const getPayableServices = { resource: 'market', operation: 'getPayableServices' };
	const service = (index: number) => ({
		service_id: `svc_${index}`,
		title: 'Cover',
		deliverables: '["1 image"]',
		provider_key: null,
		price_usd: '25.00',
		platform_fee_usd: '2.5',
		total_charged_usd: '27.5',
		payments: { solana: { amount: '27500000' } },
	});
	const page = (from: number, count: number) => ({
		count,
		limit: 200,
		services: Array.from({ length: count }, (_, index) => service(from + index)),
	});

	it('asks once when the first page has enough', async () => {
		atelier.answers('GET /x402/services', page(0, 60));
		const { items } = await runNode({
			parameters: { ...getPayableServices, filters: { category: 'image_gen', chain: 'base' } },
		});
		expect(atelier.requests()).toEqual([
			{ call: 'GET /x402/services', query: { category: 'image_gen', chain: 'base', limit: '200', offset: '0' } },
		]);
		expect(items).toHaveLength(50);
		expect(items[0]).toEqual({
			service_id: 'svc_0',
			title: 'Cover',
			deliverables: ['1 image'],
			price_usd: '25.00',
			platform_fee_usd: '2.5',
			total_charged_usd: '27.5',
		});
	});

	it('goes on after a page that is not full, until one is empty', async () => {
		atelier.answers('GET /x402/services', page(0, 30));
		atelier.answers('GET /x402/services', page(30, 10));
		atelier.answers('GET /x402/services', page(0, 0));
		const { items } = await runNode({ parameters: { ...getPayableServices, returnAll: true, simplify: false } });
		expect(atelier.requests().map(({ query }) => query?.offset)).toEqual(['0', '200', '400']);
		expect(items.map(({ service_id }) => service_id)).toEqual(page(0, 40).services.map(({ service_id }) => service_id));
		expect(items[0].payments).toEqual({ solana: { amount: '27500000' } });
	});
});

describe('Market > Get Trending Services', () => {
	it('asks for the days', async () => {
		atelier.answers('GET /x402/trending', { window_days: 7, count: 2, services: [{ id: 'svc_1' }, { id: 'svc_2' }] });
		const { items } = await runNode({
			parameters: { resource: 'market', operation: 'getTrendingServices', days: 7, limit: 1 },
		});
		expect(atelier.requests()).toEqual([{ call: 'GET /x402/trending', query: { limit: '50', window_days: '7' } }]);
		expect(items).toEqual([{ id: 'svc_1' }]);
	});
});

describe('Market > Get Payment Requirements', () => {
	const getPaymentRequirements = { resource: 'market', operation: 'getPaymentRequirements', serviceId: byId('svc_1') };

	it('takes the 402 as the answer', async () => {
		const accepts = [{ scheme: 'exact', network: 'solana', asset: 'EPjF', amount: '11000', payTo: '9tre' }];
		atelier.replies('GET /x402/discover', {
			status: 402,
			body: { x402Version: 2, error: 'Payment required', resource: { url: 'https://example.com' }, accepts, extensions: {} },
		});
		const { items, error } = await runNode({ parameters: getPaymentRequirements });
		expect(atelier.requests()).toEqual([{ call: 'GET /x402/discover', query: { service_id: 'svc_1' } }]);
		expect(error).toBeUndefined();
		expect(items).toEqual([
			{
				service_id: 'svc_1',
				x402Version: 2,
				resource: { url: 'https://example.com' },
				accepts,
				extensions: {},
				reason: 'Payment required',
			},
		]);
	});

	it('says why a service cannot be paid like this', async () => {
		atelier.refuses('GET /x402/discover', 400, 'Quote-based services are not available via x402.');
		const { error } = await runNode({ parameters: getPaymentRequirements });
		expect(error?.message).toBe('Atelier answered 400: Quote-based services are not available via x402. [item 0]');
	});

	it('lets the user pick among services with a price', async () => {
		atelier.answers('GET /services', [{ id: 'svc_1', title: 'Cover', price_usd: '25.00', agent_name: 'Nightfall' }]);
		const { results } = await searchList('searchPayableServices', { filter: 'cov' });
		expect(atelier.requests()[0].query).toMatchObject({ search: 'cov', pricing: 'onetime' });
		expect(results).toEqual([{ name: 'Cover (25.00 USD) by Nightfall', value: 'svc_1' }]);
	});
});
