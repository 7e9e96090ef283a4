import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FAULT_PROFILES, REQUEST_FAULTS, WEBHOOK_FAULTS, type FaultMix, type RequestFault } from '../../sandbox/marketplace/faults';
import { MarketplaceClient, type Answer } from './marketplaceClient';
import { WebhookReceiver } from './webhookReceiver';

const shop = new MarketplaceClient();
beforeAll(async () => await shop.start());
afterAll(async () => await shop.stop());
afterEach(async () => {
	await shop.control.setFaults({});
	await shop.control.resetClock();
	await shop.control.resetStatistics();
});

const DELIVER = 'POST /api/orders/:id/deliver';

/** Lets every delivery fail like this. */
const always = async (fault: RequestFault, settings: object = {}) =>
	await shop.control.setFaults({ mix: { [fault]: 1 }, routes: [DELIVER], ...settings });

/** A delivery: its answer, or the code of the error that came instead; and whether the order has it. */
async function deliver(): Promise<{ answer?: Answer; code?: string; delivered: boolean }> {
	const { agent, order } = await shop.order();
	const outcome = await shop.deliver(order.id, agent.api_key, 'work.txt').then(
		(answer) => ({ answer }),
		(error: Error & { cause?: { code?: string } }) => ({ code: error.cause?.code ?? error.name }),
	);
	const { status } = (await shop.control.order(order.id)).order;
	return { ...outcome, delivered: status === 'delivered' };
}

describe('a fault of a request', () => {
	it.each<[RequestFault, number, boolean, string]>([
		['error_before', 500, false, 'application/json'],
		['error_after', 500, true, 'application/json'],
		['html_error', 502, false, 'text/html; charset=utf-8'],
		['cut_json', 200, true, 'application/json'],
		['not_json', 200, true, 'text/html; charset=utf-8'],
		['rate_limit', 429, false, 'application/json'],
		['rate_limit_silent', 429, false, 'application/json'],
		['too_large', 413, false, 'text/plain'],
		['clock_skew', 200, true, 'application/json'],
	])('%s answers %i, done: %s', async (fault, status, done, contentType) => {
		await always(fault);
		const { answer, delivered } = await deliver();
		expect(answer?.status).toBe(status);
		expect(answer?.headers.get('content-type')).toBe(contentType);
		expect(delivered).toBe(done);
	});

	it.each<[RequestFault, boolean]>([
		['reset_before', false],
		['reset_after', true],
		['hang_before', false],
		['hang_during', false],
		['hang_after', true],
		['truncated', true],
	])('%s ends the connection without a whole answer, done: %s', async (fault, done) => {
		await always(fault, { hang_ms: 300 });
		const { answer, code, delivered } = await deliver();
		expect(answer).toBeUndefined();
		expect(['ECONNRESET', 'UND_ERR_SOCKET']).toContain(code);
		expect(delivered).toBe(done);
	});

	it('cut_json is JSON up to its middle, and not_json a page', async () => {
		await always('cut_json');
		expect((await deliver()).answer?.text).toMatch(/^\{"success":true,"data":\{.*[^}]$/s);
		await always('not_json');
		expect((await deliver()).answer?.text).toMatch(/^<!DOCTYPE html>/);
	});

	it('slow answers as always, later', async () => {
		await always('slow', { slow_ms: 400 });
		const started = performance.now();
		const { answer, delivered } = await deliver();
		expect(performance.now() - started).toBeGreaterThan(390);
		expect([answer?.data.status, delivered]).toEqual(['delivered', true]);
	});

	it('hangs for as long as it is told', async () => {
		await always('hang_before', { hang_ms: 500 });
		const started = performance.now();
		await deliver();
		expect(performance.now() - started).toBeGreaterThan(490);
	});

	it('says with a 429 how long to wait, or not', async () => {
		await always('rate_limit', { retry_after_seconds: 7 });
		expect((await deliver()).answer?.headers.get('retry-after')).toBe('7');
		await always('rate_limit_silent');
		expect((await deliver()).answer?.headers.get('retry-after')).toBeNull();
	});

	it('refuses as many requests in a storm as it is told', async () => {
		await shop.control.setFaults({ mix: { rate_limit: 0.2 }, routes: ['GET /api/services'], storm_requests: 3, seed: 5 });
		const statuses: number[] = [];
		for (let count = 0; count < 60; count += 1) statuses.push((await shop.get('/services')).status);
		const storms = statuses.join(' ').match(/429( 429)*/g)!;
		expect(storms.length).toBeGreaterThan(2);
		// Storms may follow each other at once; the last may be cut off by the end.
		for (const storm of storms.slice(0, -1)) expect(storm.split(' ').length % 3).toBe(0);
	});

	it('redirects to another host with the path kept, in all four ways', async () => {
		const host: Server = createServer((_request, response) => response.end());
		await new Promise<void>((done) => host.listen(0, '127.0.0.1', done));
		try {
			const redirect_to = `http://127.0.0.1:${(host.address() as AddressInfo).port}`;
			await shop.control.setFaults({ mix: { redirect: 1 }, redirect_to });
			const statuses = new Set<number>();
			for (let count = 0; count < 40; count += 1) {
				const { status, headers } = await shop.get('/services?limit=2');
				expect(headers.get('location')).toBe(`${redirect_to}/api/services?limit=2`);
				statuses.add(status);
			}
			expect([...statuses].sort()).toEqual([301, 302, 307, 308]);
		} finally {
			host.close();
		}
	});

	it('tells a wrong time within the given distance', async () => {
		await shop.control.setFaults({ mix: { clock_skew: 1 }, skew_ms: 3_600_000 });
		const off: number[] = [];
		for (let count = 0; count < 20; count += 1) {
			off.push(Date.parse((await shop.get('/services')).headers.get('date')!) - Date.now());
		}
		expect(Math.max(...off)).toBeGreaterThan(600_000);
		expect(Math.min(...off)).toBeLessThan(-600_000);
		expect(Math.max(...off.map(Math.abs))).toBeLessThan(3_605_000);
	});
});

it('tells the time of its own clock when that was moved', async () => {
	await shop.control.advanceClock(7_200_000);
	expect(Date.parse((await shop.get('/services')).headers.get('date')!) - Date.now()).toBeGreaterThan(7_100_000);
});

describe('what goes wrong', () => {
	/** The faults that so many reads of a route met. */
	async function meet(count: number, path = '/services'): Promise<Array<string | undefined>> {
		await shop.control.resetStatistics();
		for (let read = 0; read < count; read += 1) await shop.get(path).catch(() => undefined);
		return (await shop.control.log()).filter((call) => call.path === `/api${path}`).map(({ fault }) => fault);
	}

	it('is the same with the same seed, whatever else is called, and another with another seed', async () => {
		const everything = { profile: 'everything', hang_ms: 50, slow_ms: 10 } as const;
		await shop.control.setFaults({ ...everything, seed: 3 });
		const first = await meet(80);
		expect(new Set(first).size).toBeGreaterThan(4);
		await shop.control.setFaults({ ...everything, seed: 3, mix: { rate_limit: 0, rate_limit_silent: 0 } });
		const withoutStorms = await meet(80);
		await shop.control.setFaults({ ...everything, seed: 3, mix: { rate_limit: 0, rate_limit_silent: 0 } });
		await meet(15, '/agents');
		expect(await meet(80)).toEqual(withoutStorms);
		await shop.control.setFaults({ ...everything, seed: 4 });
		expect(await meet(80)).not.toEqual(first);
	});

	it('comes as often as its probability says, and is counted', async () => {
		await shop.control.setFaults({ mix: { error_before: 0.3, too_large: 0.1 } });
		const met = await meet(200);
		const { faults } = await shop.control.statistics();
		expect(faults).toEqual({
			error_before: met.filter((fault) => fault === 'error_before').length,
			too_large: met.filter((fault) => fault === 'too_large').length,
		});
		expect(faults.error_before).toBeGreaterThan(40);
		expect(faults.error_before).toBeLessThan(80);
		expect(faults.too_large).toBeGreaterThan(8);
		expect(faults.too_large).toBeLessThan(36);
	});

	it('keeps to the given routes, and never concerns the calls of the sandbox itself', async () => {
		await always('error_before');
		expect((await shop.get('/services')).status).toBe(200);
		await shop.control.setFaults({ mix: { reset_before: 1 } });
		await expect(shop.get('/services')).rejects.toThrow();
		expect((await shop.control.status()).url).toBe(shop.url);
		expect((await shop.control.statistics()).routes['GET /api/services'].byStatus).toEqual({ 200: 1, 0: 1 });
	});

	it('is nothing in the end, and in the profile none', async () => {
		for (const faults of [{}, { profile: 'none' } as const]) {
			await shop.control.setFaults(faults);
			expect(new Set(await meet(20))).toEqual(new Set([undefined]));
		}
	});

	it.each([
		[{ mix: { flood: 0.1 } as FaultMix }, "mix: Unrecognized key(s) in object: 'flood'"],
		[{ mix: { slow: 2 } }, 'mix.slow: Number must be less than or equal to 1'],
		[{ mix: { slow: 0.6, redirect: 0.6 } }, 'mix: the probabilities of error_before to clock_skew add up to more than 1'],
	])('refuses %j', async (faults, words) => {
		await expect(shop.control.setFaults(faults)).rejects.toThrow(words);
	});

	it('has every fault in the profile everything', () => {
		expect(Object.keys(FAULT_PROFILES.everything).sort()).toEqual([...REQUEST_FAULTS, ...WEBHOOK_FAULTS].sort());
	});
});

describe('a planned fault', () => {
	it('meets the next request that fits, once, and says how far that is', async () => {
		await shop.control.setFaults({ hang_ms: 400 });
		const { agent, order } = await shop.order();
		const other = await shop.order();
		await shop.control.planFault({ route: DELIVER, path: order.id, fault: 'hang_after' });
		expect((await shop.deliver(other.order.id, other.agent.api_key, 'work.txt')).status).toBe(200);
		expect((await shop.control.plannedFaults())[0].reached).toBe(false);

		const outcome = shop.deliver(order.id, agent.api_key, 'work.txt').then(
			() => 'answered',
			() => 'broken off',
		);
		while (!(await shop.control.plannedFaults())[0].reached);
		expect((await shop.control.order(order.id)).order.status).toBe('delivered');
		expect(await outcome).toBe('broken off');
		expect((await shop.deliver(order.id, agent.api_key, 'work.txt')).status).toBe(200);
		expect((await shop.control.statistics()).faults).toEqual({ hang_after: 1 });
	});

	it('has read a part of the body when it hangs during a request, and does nothing', async () => {
		await shop.control.setFaults({ hang_ms: 300 });
		const { agent } = await shop.order();
		await shop.control.planFault({ route: 'POST /api/upload', fault: 'hang_during' });
		const form = new FormData();
		form.append('file', new Blob([Buffer.alloc(8_000_000, 'x')], { type: 'text/plain' }), 'long.txt');
		const upload = fetch(`${shop.url}/api/upload`, { method: 'POST', body: form, headers: { Authorization: `Bearer ${agent.api_key}` } });
		await expect(upload).rejects.toThrow();
		expect((await shop.control.plannedFaults())[0].reached).toBe(true);
		expect((await shop.control.statistics()).uploads).toBe(0);
	});

	it('refuses a fault that there is not', async () => {
		const flood = { route: DELIVER, fault: 'flood' as RequestFault };
		await expect(shop.control.planFault(flood)).rejects.toThrow('fault: Invalid enum value.');
	});
});

describe('a fault of a webhook', () => {
	const receiver = new WebhookReceiver();
	beforeAll(async () => {
		await receiver.start();
		await shop.control.allowLoopbackWebhooks(true);
	});
	afterAll(async () => await receiver.stop());
	beforeEach(() => receiver.reset());

	/** An order whose events, order.created and order.paid, go to the receiver. */
	async function order(): Promise<void> {
		const agent = await shop.agent({ endpoint_url: receiver.url });
		const { id } = await shop.control.createService(agent.id);
		await shop.control.placeOrder({ service_id: id, brief: 'A red bicycle in the rain', pay: true });
	}

	it('sends an event twice, each time with a delivery id of its own', async () => {
		await shop.control.setFaults({ mix: { webhook_twice: 1 } });
		await order();
		await receiver.received(4);
		expect(receiver.events().map(({ event }) => event).sort()).toEqual([
			'order.created',
			'order.created',
			'order.paid',
			'order.paid',
		]);
		expect(new Set(receiver.deliveries.map(({ headers }) => headers['x-atelier-delivery-id'])).size).toBe(4);
		expect((await shop.control.statistics()).faults).toEqual({ webhook_twice: 2 });
	});

	it('lets later events overtake it', async () => {
		// With half of all events late there is a seed for which only the first of these two is.
		for (let seed = 1; seed <= 20; seed += 1) {
			receiver.reset();
			await shop.control.setFaults({ mix: { webhook_late: 0.5 }, seed, webhook_late_ms: 700 });
			await order();
			await receiver.received(2);
			const events = receiver.events().map(({ event }) => event);
			expect([...events].sort()).toEqual(['order.created', 'order.paid']);
			if (events[0] === 'order.paid') return;
		}
		throw new Error('No event overtook another');
	});
});
