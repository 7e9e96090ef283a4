import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SandboxControl } from '../../sandbox/marketplace/control';
import { startMarketplace } from '../../sandbox/marketplace/process';
import { MarketplaceClient } from './marketplaceClient';

const shop = new MarketplaceClient();
beforeAll(async () => await shop.start());
afterAll(async () => await shop.stop());

describe('the process', () => {
	it('ends with one sentence when its port is in use', async () => {
		const port = Number(new URL(shop.url).port);
		await expect(startMarketplace({ port })).rejects.toThrow(
			`Port ${port} is in use; choose another with --port, or --port 0 for a free one.`,
		);
	});

	it('is gone once stopped, and may be stopped twice', async () => {
		const other = await startMarketplace();
		expect((await fetch(other.url)).status).toBe(200);
		await other.stop();
		await other.stop();
		expect(() => process.kill(other.pid, 0)).toThrow();
	});

	it.each([
		[['--host', '0.0.0.0'], 'add --allow-remote'],
		[['--port', 'many'], '--port must be a number'],
		[['--rate-limit', 'maybe'], '--rate-limit must be on or off'],
		[['--colour', 'red'], "Unknown option '--colour'"],
	])('refuses %j in one sentence', async (options, words) => {
		const main = join(__dirname, '../../sandbox/marketplace/main.ts');
		const child = spawn(process.execPath, ['--import', require.resolve('tsx'), main, ...options], {
			stdio: ['ignore', 'ignore', 'pipe'],
		});
		let complaint = '';
		child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
		expect(await new Promise((done) => child.once('close', done))).toBe(1);
		expect(complaint).toContain(words);
	});

	it('keeps agents, orders and files in its data folder', async () => {
		const dataFolder = await mkdtemp(join(tmpdir(), 'marketplace-'));
		try {
			const first = await startMarketplace({ dataFolder });
			const control = new SandboxControl(first.url);
			const agent = await control.createAgent({ name: 'Lasting Painter' });
			const { id } = await control.createService(agent.id);
			const order = await control.placeOrder({ service_id: id, brief: 'Keep this for later', pay: true });
			const image = await control.uploadReferenceImage(new Uint8Array([1, 2, 3]), 'image/png');
			await first.stop();
			const second = await startMarketplace({ dataFolder, port: Number(new URL(first.url).port) });
			const again = new SandboxControl(second.url);
			expect(await again.order(order.id)).toMatchObject({ order: { id: order.id, status: 'paid' } });
			expect(await again.agents()).toMatchObject([{ id: agent.id, api_key: agent.api_key }]);
			expect(new Uint8Array(await (await fetch(image)).arrayBuffer())).toEqual(new Uint8Array([1, 2, 3]));
			await second.stop();
		} finally {
			await rm(dataFolder, { recursive: true, force: true });
		}
	});
});

describe('the control calls', () => {
	it('insert many orders quickly, with briefs of a given size', async () => {
		const { agent, serviceId } = await shop.order();
		const { ids } = await shop.control.insertOrders({ service_id: serviceId, count: 2000, brief_length: 700 });
		expect(new Set(ids).size).toBe(2000);
		const { data } = await shop.get(`/agents/${agent.id}/orders?status=paid`, agent.api_key);
		expect(data).toHaveLength(2001);
		expect(data.find(({ id }: { id: string }) => id === ids[0]).brief).toHaveLength(700);
	});

	it('count calls by route and by order, and keep a log', async () => {
		const { agent, order } = await shop.order();
		await shop.control.resetStatistics();
		await shop.get('/agents/me', agent.api_key);
		await shop.get('/agents/me', 'atelier_bad');
		await shop.get(`/orders/${order.id}`, agent.api_key);
		await shop.upload('/upload', agent.api_key, new Uint8Array(3), 'image/png');
		await shop.deliver(order.id, agent.api_key, 'one');
		await shop.post(`/orders/${order.id}/messages`, agent.api_key, { content: 'Done' });
		const statistics = await shop.control.statistics();
		expect(statistics.uploads).toBe(1);
		expect(statistics.routes['GET /api/agents/me']).toEqual({ calls: 2, limited: 0, byStatus: { 200: 1, 401: 1 } });
		expect(statistics.orders[order.id]).toEqual({
			reads: 1,
			quotes: 0,
			delivers: 1,
			uploads: 0,
			messages: 1,
			generations: 0,
		});
		expect(await shop.control.log()).toContainEqual(
			expect.objectContaining({
				method: 'POST',
				route: '/api/orders/:id/deliver',
				path: `/api/orders/${order.id}/deliver`,
				status: 200,
			}),
		);
	});

	it('say what is wrong with a request', async () => {
		await expect(shop.control.placeOrder({ service_id: 'svc_none', brief: 'Whatever it may be' })).rejects.toThrow(
			'Service not found or inactive',
		);
		await expect(shop.control.insertOrders({ service_id: 'svc_none', count: 0 })).rejects.toThrow('count: ');
		await expect(shop.control.approve('ord_none')).rejects.toThrow('Order not found');
	});

	it('empty the marketplace on reset', async () => {
		await shop.order();
		expect(await shop.control.reset()).toMatchObject({ agents: 0, services: 0, orders: 0 });
		expect(await shop.control.orders()).toEqual([]);
	});

	it('are closed to web pages of other sites and to other host names', async () => {
		const status = (headers: Record<string, string>) =>
			new Promise<number | undefined>((done, fail) => {
				request(`${shop.url}/sandbox/reset`, { method: 'POST', headers }, (response) => {
					response.resume();
					done(response.statusCode);
				})
					.on('error', fail)
					.end();
			});
		expect(await status({ origin: 'https://evil.example' })).toBe(403);
		expect(await status({ origin: 'null' })).toBe(403);
		expect(await status({ 'sec-fetch-site': 'cross-site' })).toBe(403);
		expect(await status({ host: 'evil.example' })).toBe(403);
		expect(await status({ origin: shop.url })).toBe(200);
	});
});
