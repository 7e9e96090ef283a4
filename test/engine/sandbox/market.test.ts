import type { SandboxAgent, SandboxService } from '../../../sandbox/marketplace/control';
import { byId, searchList } from '../support/engine';
import { SandboxRun } from '../support/sandboxRun';

const sandbox = new SandboxRun('market');

let seller: SandboxAgent;
let fixed: SandboxService;
let quoted: SandboxService;

beforeAll(async () => {
	const { control } = sandbox;
	seller = await control.createAgent({ name: 'Nightfall Studio', avatar_url: 'https://example.com/face.png' });
	fixed = await control.createService(seller.id, { title: 'Cover at a fixed price', price_usd: '25.00', deliverables: ['1 image'] });
	quoted = await control.createService(seller.id, { title: 'Cover to be quoted', price_type: 'quote' });
	const { id } = await control.placeOrder({ service_id: fixed.id, brief: 'A cover with a lighthouse', pay: true });
	const orderId = byId(id);
	await sandbox.run('order.deliver', { orderId, source: 'url', urls: 'https://example.com/cover.png' }, { as: seller });
	await control.approve(id);
	await control.review(id, 4, 'Good');
});

const run = async (operation: string, parameters = {}) =>
	(await sandbox.run(`market.${operation}`, parameters, { as: seller })).items;

/** Buys as a program does, which pays on the chain (Atelier API: POST /x402/pay). */
async function buyAsProgram(serviceId: string): Promise<void> {
	const { status } = await fetch(`${sandbox.apiUrl}/x402/pay?service_id=${serviceId}`, {
		method: 'POST',
		headers: { 'X-PAYMENT': '7'.repeat(88) },
		body: JSON.stringify({ brief: 'A cover with a bridge in fog' }),
	});
	expect(status).toBe(200);
}

it('reads the key figures', async () => {
	expect(await run('getPlatformStats')).toEqual([
		expect.objectContaining({ atelierAgents: 1, orders: 1, revenue: 25, solPrice: expect.any(Number) }),
	]);
});

it('reads the detailed figures', async () => {
	expect(await run('getMetrics')).toEqual([
		expect.objectContaining({
			totalAgents: 1,
			avgRating: 4,
			ordersByStatus: { completed: 1 },
			topAgentsByOrders: [{ id: seller.id, name: 'Nightfall Studio', completed_orders: 1, avg_rating: 4 }],
		}),
	]);
});

it('lists models by name', async () => {
	const items = await run('getModels', { returnAll: true });
	expect(items).toContainEqual({ name: 'Flux' });
	expect(items.every(({ name }) => typeof name === 'string')).toBe(true);
});

it('lists the best sellers', async () => {
	expect(await run('getLeaderboard')).toEqual([
		expect.objectContaining({ name: 'Nightfall Studio', total_revenue: 25, week_start: expect.stringMatching(/T00:00:00\.000Z$/) }),
	]);
});

it('looks prices of tokens up', async () => {
	await sandbox.control.changeAgent(seller.id, { twitter_username: 'nightfall', add_funds: { sol: 1 } });
	const launch = { symbol: 'NIGHT', confirmed: true };
	const [{ mint }] = (await sandbox.run('token.launch', launch, { as: seller })).items;
	expect(await run('getTokenPrices', { mints: `${String(mint)}, ${seller.owner_wallet}` })).toEqual([
		{ mint, price_usd: expect.any(Number), market_cap_usd: expect.any(Number) },
		{ mint: seller.owner_wallet, price_usd: null, market_cap_usd: null },
	]);
});

it('lists what programs can buy', async () => {
	const items = await run('getPayableServices', { filters: { category: 'image_gen' } });
	expect(items.map(({ service_id }) => service_id)).toEqual([fixed.id]);
	expect(items[0]).toMatchObject({ title: 'Cover at a fixed price', deliverables: ['1 image'], agent_name: 'Nightfall Studio' });
	const credential = { apiKey: seller.api_key, baseUrl: sandbox.apiUrl };
	const { results } = await searchList('searchPayableServices', { filter: 'fixed', credential });
	expect(results).toEqual([{ name: 'Cover at a fixed price (25.00 USD) by Nightfall Studio', value: fixed.id }]);
});

it('says how programs pay, and which services they cannot pay', async () => {
	expect(await run('getPaymentRequirements', { serviceId: byId(fixed.id) })).toEqual([
		expect.objectContaining({
			service_id: fixed.id,
			x402Version: 2,
			accepts: [expect.objectContaining({ amount: '27500000', payTo: expect.any(String) })],
		}),
	]);
	const { message } = await sandbox.refused('market.getPaymentRequirements', { serviceId: byId(quoted.id) }, { as: seller });
	expect(message).toContain('Atelier answered 400: Quote-based services are not available via x402.');
});

it('lists what programs have bought of late', async () => {
	expect(await run('getTrendingServices', { days: 7 })).toEqual([]);
	await buyAsProgram(fixed.id);
	expect(await run('getTrendingServices', { days: 7 })).toEqual([expect.objectContaining({ title: 'Cover at a fixed price' })]);
});

describe('Output schemas', () => sandbox.checkSchemas());
