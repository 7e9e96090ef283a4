import { createHmac } from 'node:crypto';
import type { SandboxAgent } from '../../sandbox/marketplace/control';
import { MarketplaceClient, transaction } from './marketplaceClient';
import { WebhookReceiver } from './webhookReceiver';

const shop = new MarketplaceClient();
const receiver = new WebhookReceiver();
beforeAll(
	async () => await Promise.all([shop.start({ rateLimit: false, allowLoopbackWebhooks: true }), receiver.start()]),
);
afterAll(async () => await Promise.all([shop.stop(), receiver.stop()]));
beforeEach(() => receiver.reset());

/** An agent with the receiver as its endpoint, and its service. */
async function listener(service: Record<string, unknown> = {}): Promise<{ agent: SandboxAgent; serviceId: string }> {
	const agent = await shop.agent({ endpoint_url: receiver.url });
	return { agent, serviceId: (await shop.control.createService(agent.id, service)).id };
}

const place = (serviceId: string, pay = true) =>
	shop.control.placeOrder({ service_id: serviceId, brief: 'A quiet harbour at dawn', pay });

const names = () => receiver.events().map(({ event }) => event);

/** Seconds that have to be waited, with what a busy machine may add. */
function expectAround(seconds: number[], waits: number[]): void {
	expect(seconds).toHaveLength(waits.length);
	for (const [index, wait] of waits.entries()) {
		expect(seconds[index]).toBeGreaterThanOrEqual(wait - 0.1);
		expect(seconds[index]).toBeLessThan(wait + 2.5);
	}
}

describe('a delivery', () => {
	it('is a POST of event, order and data with exact headers, signed over time and body', async () => {
		const { agent, serviceId } = await listener();
		const order = await place(serviceId, false);
		const [{ method, headers, body }] = await receiver.received(1);
		expect(method).toBe('POST');
		expect(JSON.parse(body)).toEqual({
			event: 'order.created',
			order_id: order.id,
			data: {
				service_id: serviceId,
				brief: 'A quiet harbour at dawn',
				status: 'quoted',
				service_title: 'Product picture',
			},
		});
		expect(headers).toMatchObject({
			'content-type': 'application/json',
			'user-agent': 'node',
			'content-length': String(Buffer.byteLength(body)),
			'x-atelier-event': 'order.created',
			'x-atelier-agent-id': agent.id,
			'x-atelier-delivery-id': expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
		});
		const [, time, signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['x-atelier-signature']))!;
		expect(Math.abs(Number(time) - Date.now() / 1000)).toBeLessThan(10);
		expect(signature).toBe(createHmac('sha256', agent.webhook_secret!).update(`${time}.${body}`).digest('hex'));
	});

	it("carries the machine's time even when the marketplace's clock was moved", async () => {
		const { serviceId } = await listener();
		await shop.control.advanceClock(40 * 24 * 3_600_000);
		await place(serviceId, false);
		await shop.control.resetClock();
		const [{ headers }] = await receiver.received(1);
		const time = Number(/^t=(\d+)/.exec(String(headers['x-atelier-signature']))![1]);
		expect(Math.abs(time - Date.now() / 1000)).toBeLessThan(10);
	});

	it('that fails is tried at 0, +1 and +5 seconds, each time with a new id and signature, then dropped', async () => {
		receiver.reply = () => 500;
		const { serviceId } = await listener();
		await place(serviceId, false);
		const attempts = [...(await receiver.received(3))];
		const after = attempts.map(({ at }) => (at - attempts[0].at) / 1000);
		expectAround(after, [0, 1, 5]);
		expect(new Set(attempts.map(({ body }) => body)).size).toBe(1);
		expect(new Set(attempts.map(({ headers }) => headers['x-atelier-delivery-id'])).size).toBe(3);
		expect(new Set(attempts.map(({ headers }) => headers['x-atelier-signature'])).size).toBe(3);
	});

	it('that hangs is cut after 5 seconds, so that the attempts come at 0, +6 and +15', async () => {
		receiver.reply = () => 'hang';
		const { serviceId } = await listener();
		await place(serviceId, false);
		const attempts = await receiver.received(3);
		expectAround(
			attempts.map(({ at }) => (at - attempts[0].at) / 1000),
			[0, 6, 15],
		);
	});

	it('follows a 302 as a GET without a body, which loses the event, and posts again after a 307', async () => {
		const { serviceId } = await listener();
		for (const [status, method, hasBody] of [
			[302, 'GET', false],
			[307, 'POST', true],
		] as const) {
			receiver.reset();
			receiver.reply = (count) => (count === 1 ? { status, location: '/elsewhere' } : 200);
			await place(serviceId, false);
			const second = (await receiver.received(2))[1];
			expect([second.path, second.method, second.body !== '']).toEqual(['/elsewhere', method, hasBody]);
			expect(second.headers['x-atelier-signature']).toBeDefined();
		}
	});

	it('comes unsigned when the agent has no secret', async () => {
		const agent = await shop.agent();
		const service = await shop.control.createService(agent.id);
		await shop.patch(`/agents/${agent.id}`, agent.api_key, { endpoint_url: receiver.url });
		await place(service.id, false);
		expect((await receiver.received(1))[0].headers).not.toHaveProperty('x-atelier-signature');
	});
});

describe('the events', () => {
	it('of an escrow order: created, paid, message, revision, dispute, completed', async () => {
		const { agent, serviceId } = await listener();
		const { id } = await place(serviceId);
		await shop.control.sendMessage(id, 'Thank you');
		for (let round = 1; round <= 4; round += 1) {
			await shop.deliver(id, agent.api_key, `round-${round}`);
			await shop.control.requestRevision(id, `Round ${round}`);
		}
		await shop.deliver(id, agent.api_key, 'last');
		await shop.control.dispute(id, 'No');
		await shop.deliver(id, agent.api_key, 'very last');
		await shop.control.approve(id);
		await receiver.received(9);
		const event = (name: string) =>
			receiver
				.events()
				.filter((entry) => entry.event === name)
				.map(({ data }) => data);
		expect(event('order.paid')).toEqual([{ status: 'paid', service_title: 'Product picture' }]);
		expect(event('order.message')).toEqual([
			{ sender_type: 'client', sender_name: 'Demo buyer', content: 'Thank you' },
		]);
		expect(event('order.revision_requested')).toHaveLength(4);
		expect(event('order.revision_requested')).toContainEqual({
			feedback: 'Round 4',
			revision_count: 4,
			max_revisions: 3,
			is_extra: true,
		});
		expect(event('order.disputed')).toEqual([{ reason: 'No' }]);
		expect(event('order.completed')).toEqual([{ payout_failed: false }]);
		expect(new Set(receiver.events().map(({ order_id }) => order_id))).toEqual(new Set([id]));
	});

	it('of a cancelled order name the status before', async () => {
		const { serviceId } = await listener();
		const { id } = await place(serviceId);
		await shop.control.cancel(id);
		await receiver.received(3);
		expect(receiver.events()).toContainEqual({
			event: 'order.cancelled',
			order_id: id,
			data: { previous_status: 'paid' },
		});
	});

	it('of a workspace order say in_progress when it is paid', async () => {
		const { serviceId } = await listener({ price_type: 'weekly' });
		await place(serviceId);
		await receiver.received(2);
		expect(receiver.events()).toContainEqual(
			expect.objectContaining({
				event: 'order.paid',
				data: { status: 'in_progress', service_title: 'Product picture' },
			}),
		);
	});

	it('of an x402 order: created as paid, then payout sent, never order.paid', async () => {
		const { serviceId } = await listener();
		await shop.call('POST', `/x402/pay?service_id=${serviceId}&brief=A+quiet+harbour`, {
			headers: { 'X-PAYMENT': transaction() },
		});
		await receiver.received(2);
		expect(names().sort()).toEqual(['order.created', 'order.payout_sent']);
		expect(receiver.events()).toContainEqual(
			expect.objectContaining({ data: expect.objectContaining({ status: 'paid', payment_method: 'x402' }) }),
		);
		expect(receiver.events()).toContainEqual(
			expect.objectContaining({
				data: { amount_usd: 12, chain: 'solana', tx_hash: expect.any(String), destination: expect.any(String) },
			}),
		);
	});

	it('of a bounty: accepted for the winner, claim_rejected for the others', async () => {
		const [winner, loser] = [(await listener()).agent, (await listener()).agent];
		const bounty = await shop.control.postBounty({
			title: 'Ten icons',
			brief: 'Ten icons for a bakery',
			category: 'image_gen',
			budget_usd: '40',
		});
		const { data: claim } = await shop.post(`/bounties/${bounty.id}/claim`, winner.api_key, {});
		await shop.post(`/bounties/${bounty.id}/claim`, loser.api_key, {});
		const { order_id } = await shop.control.acceptClaim(bounty.id, claim.id);
		const deliveries = await receiver.received(2);
		const toAgent = (agent: SandboxAgent) =>
			deliveries
				.filter(({ headers }) => headers['x-atelier-agent-id'] === agent.id)
				.map(({ body }) => JSON.parse(body) as unknown);
		expect(toAgent(winner)).toEqual([
			{
				event: 'bounty.accepted',
				order_id,
				data: { bounty_id: bounty.id, brief: 'Ten icons for a bakery', budget_usd: '40.00', deadline_hours: 24 },
			},
		]);
		expect(toAgent(loser)).toEqual([{ event: 'bounty.claim_rejected', order_id, data: { bounty_id: bounty.id } }]);
	});
});

describe('loopback receivers', () => {
	it('are refused and not called unless allowed', async () => {
		const { agent, serviceId } = await listener();
		await shop.control.allowLoopbackWebhooks(false);
		const refused = await shop.patch('/agents/me', agent.api_key, { endpoint_url: receiver.url });
		await place(serviceId, false);
		const attempts = (await shop.control.webhooks()).filter(({ url }) => url === receiver.url);
		await shop.control.allowLoopbackWebhooks(true);
		expect([refused.status, refused.body.error]).toEqual([
			400,
			'Invalid endpoint_url: URL points to a private/internal network',
		]);
		expect(attempts.at(-1)).toMatchObject({ event: 'order.created', attempt: 0, delivered: false });
		expect(receiver.deliveries).toEqual([]);
		expect((await shop.patch('/agents/me', agent.api_key, { endpoint_url: receiver.url })).status).toBe(200);
	});
});
