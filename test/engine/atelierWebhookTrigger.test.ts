import './support/engine';

import type { IDataObject, NodeApiError } from 'n8n-workflow';
import nock from 'nock';

import { mockAtelier } from './support/mockAtelier';
import { useManualTime } from './support/poll';
import { WebhookWorkflow } from './support/webhook';

// A read that the server fails is tried again after half a second and after two.
jest.setTimeout(30_000);

const atelier = mockAtelier();
const time = useManualTime();

const FOREIGN = 'https://elsewhere.example.com/hook?token=secret';

const PAID = { event: 'order.paid', order_id: 'ord_1', data: { status: 'paid', service_title: 'Logo' } };

function order(status: string, more: IDataObject = {}): IDataObject {
	return {
		id: 'ord_1',
		status,
		brief: 'A logo',
		reference_urls: '["https://example.com/a.png"]',
		created_at: '2026-07-01 11:00:00',
		revision_count: 0,
		workspace_expires_at: null,
		...more,
	};
}

function agentHas({ baseUrl, secret }: WebhookWorkflow, endpoint_url: string | null, times = 1): void {
	for (let call = 0; call < times; call++) atelier.answers(`GET ${baseUrl}/agents/me`, { id: 'ext_1', endpoint_url, webhook_secret: secret });
}

function acceptsAddress({ baseUrl }: WebhookWorkflow): void {
	atelier.answers(`PATCH ${baseUrl}/agents/me`, {});
}

function orderIs({ baseUrl }: WebhookWorkflow, value: IDataObject): void {
	atelier.answers(`GET ${baseUrl}/orders/ord_1`, { order: value, review: null, deliverables: [], viewer_role: 'seller' });
}

/** The addresses that were set. */
function addresses(): unknown[] {
	return atelier.requests().flatMap(({ call, body }) => (call.startsWith('PATCH') ? [body] : []));
}

describe('address', () => {
	test('publishing sets it; unpublishing puts back the one before', async () => {
		const workflow = new WebhookWorkflow({ parameters: { options: { replaceDestination: true } } });
		agentHas(workflow, FOREIGN, 2);
		acceptsAddress(workflow);
		await workflow.publish();
		agentHas(workflow, workflow.url);
		acceptsAddress(workflow);
		await workflow.unpublish();
		expect(addresses()).toEqual([{ endpoint_url: workflow.url }, { endpoint_url: FOREIGN }]);
	});

	test('the one before survives a new process', async () => {
		const workflow = new WebhookWorkflow({ saved: {} });
		const kept = { destination: { url: workflow.url, previous: FOREIGN } };
		workflow.saved = { 'node:Atelier Webhook Trigger': kept };
		agentHas(workflow, workflow.url);
		acceptsAddress(workflow);
		await workflow.unpublish();
		expect(addresses()).toEqual([{ endpoint_url: FOREIGN }]);
	});

	test('the one before survives that another trigger writes over the workflow\'s data', async () => {
		const workflow = new WebhookWorkflow({ parameters: { options: { replaceDestination: true } } });
		agentHas(workflow, FOREIGN, 2);
		acceptsAddress(workflow);
		await workflow.publish();
		workflow.saved = {};
		agentHas(workflow, workflow.url);
		acceptsAddress(workflow);
		await workflow.unpublish();
		expect(addresses()).toEqual([{ endpoint_url: workflow.url }, { endpoint_url: FOREIGN }]);
	});

	test('somebody else\'s is not taken over unless told to; the message says what to do and gives nothing away', async () => {
		const workflow = new WebhookWorkflow();
		agentHas(workflow, FOREIGN, 2);
		await expect(workflow.publish()).rejects.toMatchObject({
			message: "Atelier sends this agent's events to https://elsewhere.example.com/hook already, and there is only one address for an agent",
			description: expect.stringMatching(/Replace Other Destination.*Atelier Trigger/),
		});
		expect(addresses()).toEqual([]);
	});

	test('an address that was set by somebody since is left alone', async () => {
		const workflow = new WebhookWorkflow({ parameters: { options: { replaceDestination: true } } });
		agentHas(workflow, FOREIGN, 2);
		acceptsAddress(workflow);
		await workflow.publish();
		agentHas(workflow, 'https://newer.example.com');
		await workflow.unpublish();
		expect(addresses()).toEqual([{ endpoint_url: workflow.url }]);
	});

	test('where there was none before, n8n\'s stays: the API cannot clear it', async () => {
		const workflow = new WebhookWorkflow();
		agentHas(workflow, null, 2);
		acceptsAddress(workflow);
		await workflow.publish();
		await workflow.unpublish();
		expect(addresses()).toEqual([{ endpoint_url: workflow.url }]);
	});

	test('starting n8n up again changes nothing', async () => {
		const workflow = new WebhookWorkflow();
		agentHas(workflow, workflow.url);
		await workflow.publish('init');
		expect(addresses()).toEqual([]);
	});

	test('a test in the editor borrows it and gives it back, also to the published workflow', async () => {
		const workflow = new WebhookWorkflow();
		agentHas(workflow, workflow.url, 2);
		acceptsAddress(workflow);
		const { stop } = await workflow.listen();
		agentHas(workflow, workflow.testUrl);
		acceptsAddress(workflow);
		await stop();
		expect(addresses()).toEqual([{ endpoint_url: workflow.testUrl }, { endpoint_url: workflow.url }]);
	});

	test('an address that Atelier cannot reach: its words, and what to do', async () => {
		const workflow = new WebhookWorkflow();
		agentHas(workflow, null, 2);
		atelier.refuses(`PATCH ${workflow.baseUrl}/agents/me`, 400, 'Invalid endpoint_url: URL points to a private/internal network');
		await expect(workflow.publish()).rejects.toMatchObject({
			message: expect.stringContaining('URL points to a private/internal network'),
			description: expect.stringMatching(/WEBHOOK_URL/),
			httpCode: '400',
		});
		expect(workflow.saved).toEqual({ 'node:Atelier Webhook Trigger': {} });
	});
});

describe('signature', () => {
	test('a good one starts the workflow', async () => {
		const workflow = new WebhookWorkflow();
		agentHas(workflow, workflow.url);
		orderIs(workflow, order('paid'));
		const { status, items } = await workflow.send(PAID);
		expect([status, items?.length]).toEqual([200, 1]);
	});

	test('the secret is read once, and kept nowhere but in memory', async () => {
		const workflow = new WebhookWorkflow();
		agentHas(workflow, workflow.url);
		orderIs(workflow, order('paid'));
		orderIs(workflow, order('revision_requested'));
		await workflow.send(PAID);
		await workflow.send({ event: 'order.revision_requested', order_id: 'ord_1', data: { feedback: 'Bluer', revision_count: 1 } });
		expect(atelier.requests().filter(({ call }) => call.endsWith('/agents/me'))).toHaveLength(1);
		expect(JSON.stringify(workflow.saved)).not.toContain('whsec_');
	});

	test.each<[string, (workflow: WebhookWorkflow, body: Buffer) => string | null]>([
		['missing', () => null],
		['wrong', (workflow) => workflow.sign(Buffer.from('{}'))],
		['too old', (workflow, body) => workflow.sign(body, Date.now() / 1000 - 301)],
		['from the future', (workflow, body) => workflow.sign(body, Date.now() / 1000 + 301)],
		['unreadable', () => 't=1'],
	])('one that is %s gets 401 and starts nothing', async (flaw, sign) => {
		const workflow = new WebhookWorkflow();
		if (flaw !== 'missing') agentHas(workflow, workflow.url);
		const signature = sign(workflow, Buffer.from(JSON.stringify(PAID)));
		expect(await workflow.send(PAID, { signature })).toEqual({
			status: 401,
			answer: { success: false, error: `The signature is ${flaw}` },
		});
	});

	test('counts for the bytes, not for what they mean', async () => {
		const workflow = new WebhookWorkflow();
		agentHas(workflow, workflow.url);
		const { status, items } = await workflow.send(PAID, { rawBody: Buffer.from(JSON.stringify(PAID, null, 1)) });
		expect([status, items]).toEqual([401, undefined]);
	});

	test('with another secret than before, the secret is read again, but not for every wrong signature', async () => {
		const workflow = new WebhookWorkflow();
		atelier.answers(`GET ${workflow.baseUrl}/agents/me`, { id: 'ext_1', webhook_secret: 'whsec_old' });
		for (let attempt = 0; attempt < 3; attempt++) expect((await workflow.send(PAID)).status).toBe(401);
		time.pass(2);
		agentHas(workflow, workflow.url);
		orderIs(workflow, order('paid'));
		expect((await workflow.send(PAID)).items).toHaveLength(1);
	});

	test('a signed body that is no event gets 400', async () => {
		const workflow = new WebhookWorkflow();
		agentHas(workflow, workflow.url);
		expect(await workflow.send({ hello: 'world' })).toMatchObject({ status: 400 });
	});
});

describe('events', () => {
	test('the item has the whole order in the clean shape, and what the webhook tells', async () => {
		const workflow = new WebhookWorkflow();
		agentHas(workflow, workflow.url);
		orderIs(workflow, order('revision_requested', { revision_count: 1, delivered_at: '2026-07-01 11:30:00' }));
		const data = { feedback: 'Bluer', revision_count: 1, max_revisions: 3, is_extra: false };
		const { items } = await workflow.send({ event: 'order.revision_requested', order_id: 'ord_1', data }, { deliveryId: 'd-1' });
		expect(items).toEqual([
			{
				event: 'order.revision_requested',
				attempt: 1,
				previous_status: 'delivered',
				dedupe_key: 'ord_1:order.revision_requested:1:1',
				feedback: 'Bluer',
				order: {
					...order('revision_requested', { revision_count: 1 }),
					reference_urls: ['https://example.com/a.png'],
					created_at: '2026-07-01T11:00:00.000Z',
					delivered_at: '2026-07-01T11:30:00.000Z',
				},
				webhook: { event: 'order.revision_requested', delivery_id: 'd-1', data },
			},
		]);
	});

	test('without the whole order, nothing but the secret is read', async () => {
		const workflow = new WebhookWorkflow({ parameters: { options: { fetchOrder: false } } });
		agentHas(workflow, workflow.url);
		const { items } = await workflow.send(PAID);
		expect(items).toEqual([expect.objectContaining({ event: 'order.paid', order: { id: 'ord_1', status: 'paid', service_title: 'Logo' } })]);
		expect(atelier.requests()).toHaveLength(1);
	});

	test('one that is not selected gets 200 and starts nothing', async () => {
		const workflow = new WebhookWorkflow();
		agentHas(workflow, workflow.url);
		const outcome = await workflow.send({ event: 'order.message', order_id: 'ord_1', data: { content: 'Hi' } });
		expect(outcome).toEqual({ status: 200, answer: { success: true, message: 'This event is not selected' } });
	});

	test('a lost bounty is told without the order, which is the winner\'s', async () => {
		const workflow = new WebhookWorkflow({ parameters: { events: ['bounty.claim_rejected'] } });
		agentHas(workflow, workflow.url);
		const { items } = await workflow.send({ event: 'bounty.claim_rejected', order_id: 'ord_9', data: { bounty_id: 'bty_1' } });
		expect(items).toEqual([expect.objectContaining({ order: { id: 'ord_9', bounty_id: 'bty_1' } })]);
	});

	test.each([
		['is delivered already', order('delivered')],
		['is worked on by the platform', order('in_progress', { workspace_expires_at: '2026-07-08T12:00:00.000Z' })],
	])('an order that %s is no new work', async (_, value) => {
		const workflow = new WebhookWorkflow();
		agentHas(workflow, workflow.url);
		orderIs(workflow, value);
		expect(await workflow.send(PAID)).toEqual({ status: 200, answer: { success: true, message: 'The order has moved on' } });
	});
});

describe('repeats', () => {
	test('the same event three times, each with its own delivery and signature, starts one execution', async () => {
		const workflow = new WebhookWorkflow();
		agentHas(workflow, workflow.url);
		orderIs(workflow, order('paid'));
		const outcomes = [];
		for (let attempt = 0; attempt < 3; attempt++) {
			outcomes.push(await workflow.send(PAID));
			time.pass(0.1);
		}
		expect(outcomes.map(({ status, items }) => [status, items?.length])).toEqual([[200, 1], [200, undefined], [200, undefined]]);
	});

	test('all at once, too', async () => {
		const workflow = new WebhookWorkflow();
		agentHas(workflow, workflow.url, 3);
		orderIs(workflow, order('paid'));
		const outcomes = await Promise.all([workflow.send(PAID), workflow.send(PAID), workflow.send(PAID)]);
		expect(outcomes.flatMap(({ items }) => items ?? [])).toHaveLength(1);
		expect(outcomes.map(({ status }) => status)).toEqual([200, 200, 200]);
	});

	test('another process knows them from the workflow\'s data', async () => {
		const workflow = new WebhookWorkflow();
		agentHas(workflow, workflow.url);
		orderIs(workflow, order('paid'));
		await workflow.send(PAID);
		// Another workflow has nothing in memory; of this one it has the data, and the agent's key.
		const other = new WebhookWorkflow({ baseUrl: workflow.baseUrl, saved: workflow.saved });
		Object.assign(other, { secret: workflow.secret });
		expect((await other.send(PAID)).items).toBeUndefined();
	});

	test('other content of the same event is no repeat', async () => {
		const workflow = new WebhookWorkflow({ parameters: { events: ['order.message'] } });
		agentHas(workflow, workflow.url);
		const message = (content: string) => ({ event: 'order.message', order_id: 'ord_1', data: { sender_type: 'client', content } });
		for (const content of ['Hello', 'Hello?', 'Hello']) {
			orderIs(workflow, order('paid'));
			expect((await workflow.send(message(content))).items).toEqual([expect.objectContaining({ message: expect.objectContaining({ content }) })]);
			time.pass(1);
		}
	});

	test('an event whose order could not be read is taken when it comes again', async () => {
		const workflow = new WebhookWorkflow();
		agentHas(workflow, workflow.url);
		for (let attempt = 0; attempt < 3; attempt++) atelier.refuses(`GET ${workflow.baseUrl}/orders/ord_1`, 500, 'Database is locked');
		await expect(workflow.send(PAID)).rejects.toThrow(/Database is locked/);
		orderIs(workflow, order('paid'));
		expect((await workflow.send(PAID)).items).toHaveLength(1);
	});

	test('reading the order is given up before Atelier gives up waiting', async () => {
		const workflow = new WebhookWorkflow();
		agentHas(workflow, workflow.url);
		const url = new URL(`${workflow.baseUrl}/orders/ord_1`);
		nock(url.origin).get(url.pathname).delay(4500).reply(200, { success: true, data: { order: order('paid') } });
		const started = process.hrtime.bigint();
		const error: NodeApiError = await workflow.send(PAID).then(() => { throw new Error('It started'); }, (reason: NodeApiError) => reason);
		expect(error.message).toBe('Atelier did not answer within 3.5 seconds');
		expect(Number(process.hrtime.bigint() - started) / 1e9).toBeLessThan(4.5);
		await new Promise((resolve) => setTimeout(resolve, 1500));
	});
});
