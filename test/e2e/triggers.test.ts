import { createHmac, randomUUID } from 'node:crypto';

import type { WorkflowNode } from '../../sandbox/n8n/api';
import { readHandouts } from './support/handouts';
import { EVERY_THREE_SECONDS, RETRY_AFTER_MINUTES, RETRY_AFTER_MS } from './support/pollTimes';
import { START_LIMIT_MS, TestSandbox } from './support/testSandbox';
import { waitFor } from './support/waitFor';

const TEMPLATE = '02-image-orders-with-openai';
const TRIGGER = 'When an order is paid';
const POLLS_WITHIN_MS = 120_000;

/** n8n's scheduler that keeps poll jobs and their cursors in the database; off unless switched on. */
const DURABLE_SCHEDULER = {
	N8N_SCHEDULER_ENABLED: 'true',
	N8N_SCHEDULER_POLL_TRIGGERS_ENABLED: 'true',
	N8N_POLLER_DURABLE_CURSORS_ENABLED: 'true',
};

/** The shortest times. */
const quick = (parameters: WorkflowNode['parameters']) => ({
	...parameters,
	pollTimes: EVERY_THREE_SECONDS,
	options: { minimumSeconds: 1, retryAfterMinutes: RETRY_AFTER_MINUTES },
});

let sandbox: TestSandbox;

async function start(environment: Record<string, string> = {}): Promise<string> {
	sandbox = await TestSandbox.start(environment);
	await sandbox.control.setRateLimit(false);
	return await sandbox.importTemplate(TEMPLATE, { [TRIGGER]: quick });
}

/** How often the trigger has looked for orders. */
const countLooks = async () => (await sandbox.control.statistics()).routes['GET /api/agents/:id/orders']?.calls ?? 0;

/** Waits until the trigger has looked once more, and for what that starts. */
async function waitForLook(): Promise<void> {
	const looks = await countLooks();
	await waitFor('a look for orders', async () => (await countLooks()) > looks, POLLS_WITHIN_MS);
}

async function expectDeliveredOnce(orderId: string): Promise<void> {
	const { order, deliverables } = await sandbox.readOrder(orderId);
	expect([order.status, deliverables.length]).toEqual(['delivered', 1]);
	expect((await sandbox.control.statistics()).orders[orderId]).toMatchObject({ delivers: 1, messages: 1 });
}

describe("with n8n's usual scheduler", () => {
	let workflowId: string;
	beforeAll(async () => {
		workflowId = await start();
	}, START_LIMIT_MS);
	afterAll(async () => {
		await sandbox?.stop();
	});

	const handouts = async (orderId: string) =>
		(await readHandouts(sandbox, workflowId, TRIGGER)).filter((handout) => handout.startsWith(orderId)).map((handout) => handout.slice(orderId.length + 1));

	describe('polling', () => {
		let failing: string;

		it('starts with what is waiting when it is published', async () => {
			failing = await sandbox.placeOrder('A lighthouse in a storm');
			await sandbox.addFault({ provider: 'openai', status: 400, message: 'The model has no picture for this' });
			await sandbox.api.publish(workflowId);
			await sandbox.waitForExecutions(workflowId, 1);
			expect(await handouts(failing)).toEqual(['order.paid #1 error']);
		});

		it('starts nothing twice when the workflow is changed and published again in the middle of an order', async () => {
			const orderId = await sandbox.placeOrder('A bicycle in a meadow');
			await sandbox.addFault({ provider: 'openai', delayMs: 20_000 });
			await waitFor('the request to the model', async () => (await sandbox.countPendingFaults()) === 0, POLLS_WITHIN_MS);
			const { nodes } = await sandbox.api.readWorkflow(workflowId);
			const changed = nodes.map((node) =>
				node.name === TRIGGER ? { ...node, parameters: { ...node.parameters, options: { minimumSeconds: 1, retryAfterMinutes: RETRY_AFTER_MINUTES, batchSize: 5 } } } : node,
			);
			await sandbox.api.updateWorkflow(workflowId, { nodes: changed });
			await sandbox.api.publish(workflowId);

			await waitFor('the delivery', async () => (await sandbox.readOrder(orderId)).order.status === 'delivered', POLLS_WITHIN_MS);
			await waitForLook();
			await waitFor('the end of the execution', async () => (await handouts(orderId)).every((handout) => handout.endsWith('success')));
			expect(await handouts(orderId)).toEqual(['order.paid #1 success']);
			await expectDeliveredOnce(orderId);
		}, 500_000);

		it('brings an order whose execution failed a second time, and it is delivered once', async () => {
			await sandbox.control.advanceClock(RETRY_AFTER_MS);
			await waitFor('the delivery', async () => (await sandbox.readOrder(failing)).order.status === 'delivered', POLLS_WITHIN_MS);
			await waitFor('the end of the execution', async () => (await handouts(failing)).at(-1)?.endsWith('success'));
			expect(await handouts(failing)).toEqual(['order.paid #1 error', 'order.paid #2 success']);
			await expectDeliveredOnce(failing);
		}, 300_000);

		it('starts nothing for finished orders when the workflow is imported anew, without any memory', async () => {
			await sandbox.api.unpublish(workflowId);
			const { name, nodes, connections, settings } = await sandbox.api.readWorkflow(workflowId);
			const copy = await sandbox.api.createWorkflow({ name: `${name} (imported)`, nodes, connections, settings });
			await sandbox.api.publish(copy.id);
			await waitForLook();
			await waitForLook();
			expect(await sandbox.api.listExecutions(copy.id)).toEqual([]);
			await sandbox.api.unpublish(copy.id);
		}, 300_000);
	});

	describe('webhooks', () => {
		const PREVIOUS = 'https://example.com/orders';
		const WEBHOOK_TRIGGER = 'Atelier Webhook Trigger';

		/** A workflow with a webhook trigger, and a step that shows what comes out of it. */
		async function createWebhookWorkflow(options: Record<string, unknown> = {}): Promise<string> {
			const nodes: WorkflowNode[] = [
				{
					id: randomUUID(),
					webhookId: randomUUID(),
					name: WEBHOOK_TRIGGER,
					type: 'n8n-nodes-atelier.atelierWebhookTrigger',
					typeVersion: 1,
					position: [0, 0],
					parameters: { events: ['order.paid', 'order.disputed'], options },
					credentials: { atelierApi: sandbox.credentials.atelierApi! },
				},
				{ id: randomUUID(), name: 'Work', type: 'n8n-nodes-base.noOp', typeVersion: 1, position: [240, 0], parameters: {} },
			];
			const connections = { [WEBHOOK_TRIGGER]: { main: [[{ node: 'Work', type: 'main', index: 0 }]] } };
			return (await sandbox.api.createWorkflow({ name: `Events ${randomUUID()}`, nodes, connections, settings: { executionOrder: 'v1' } })).id;
		}

		const readAgent = async () => await sandbox.control.agent(sandbox.agent.id);

		const setAddress = async (address: string) => {
			const response = await fetch(`${sandbox.stack.marketplace.apiUrl}/agents/me`, {
				method: 'PATCH',
				headers: { authorization: `Bearer ${sandbox.agent.api_key}` },
				body: JSON.stringify({ endpoint_url: address }),
			});
			expect(response.status).toBe(200);
		};

		/** Sends an event as Atelier does; resolves to the status of n8n's answer. */
		async function send(url: string, event: object, { secret, age = 0 }: { secret: string; age?: number }): Promise<number> {
			const body = JSON.stringify(event);
			const time = Math.floor(Date.now() / 1000) - age;
			const signature = createHmac('sha256', secret).update(`${time}.${body}`).digest('hex');
			const response = await fetch(url, {
				method: 'POST',
				headers: {
					'content-type': 'application/json',
					'x-atelier-delivery-id': randomUUID(),
					'x-atelier-signature': `t=${time},v1=${signature}`,
				},
				body,
			});
			await response.text();
			return response.status;
		}

		it('is not published over somebody else\'s address unless told to', async () => {
			await setAddress(PREVIOUS);
			const id = await createWebhookWorkflow();
			await expect(sandbox.api.publish(id)).rejects.toThrow(/sends this agent's events to https:\/\/example\.com\/orders already/);
			expect((await readAgent()).endpoint_url).toBe(PREVIOUS);
		}, 120_000);

		it('starts the moment an order is paid; unpublishing puts the previous address back', async () => {
			const id = await createWebhookWorkflow({ replaceDestination: true });
			await sandbox.api.publish(id);
			const { endpoint_url: address, webhook_secret: secret } = await readAgent();
			expect(address).toMatch(new RegExp(`^${sandbox.n8n.url}/webhook/[0-9a-f-]+/webhook$`));

			const orderId = await sandbox.placeOrder('A red kite over a beach');
			const paid = await sandbox.waitForExecutions(id, 1);
			expect(paid).toHaveLength(1);
			const { data } = await sandbox.api.readExecution(paid[0]!.id);
			expect(data.resultData.runData.Work?.[0]?.data?.main?.[0]?.map(({ json }) => json)).toMatchObject([
				{
					event: 'order.paid',
					attempt: 1,
					dedupe_key: `${orderId}:order.paid:1`,
					order: { id: orderId, status: 'paid', brief: 'A red kite over a beach', reference_urls: [] },
				},
			]);
			const attempts = (await sandbox.control.webhooks()).filter((attempt) => attempt.orderId === orderId && attempt.url === address);
			expect(attempts.map(({ event, status, attempt }) => [event, status, attempt])).toEqual([
				['order.created', 200, 1],
				['order.paid', 200, 1],
			]);

			// A wrong signature, one that is too old: refused, and nothing is started.
			const disputed = { event: 'order.disputed', order_id: orderId, data: { reason: 'Too red' } };
			expect(await send(address!, disputed, { secret: 'whsec_wrong' })).toBe(401);
			expect(await send(address!, disputed, { secret: secret!, age: 301 })).toBe(401);
			// The same event three times, each time with another delivery ID and signature: one execution.
			const statuses = [];
			for (let delivery = 0; delivery < 3; delivery++) statuses.push(await send(address!, disputed, { secret: secret!, age: delivery }));
			expect(statuses).toEqual([200, 200, 200]);
			expect(await readHandouts(sandbox, id, WEBHOOK_TRIGGER)).toEqual([
				`${orderId} order.paid #1 success`,
				`${orderId} order.disputed #1 success`,
			]);

			await sandbox.api.unpublish(id);
			await waitFor('the previous address', async () => (await readAgent()).endpoint_url === PREVIOUS);
			expect(await send(address!, disputed, { secret: secret! })).toBe(404);
		}, 120_000);

		it('joined with polling, does not do an order twice', async () => {
			const POLL_TRIGGER = 'Atelier Trigger';
			const id = await createWebhookWorkflow({ replaceDestination: true });
			const { nodes } = await sandbox.api.readWorkflow(id);
			const webhookTrigger = nodes.find(({ name }) => name === WEBHOOK_TRIGGER)!;
			const pollTrigger: WorkflowNode = {
				...webhookTrigger,
				id: randomUUID(),
				name: POLL_TRIGGER,
				type: 'n8n-nodes-atelier.atelierTrigger',
				parameters: { ...quick({}), options: { minimumSeconds: 1, firstActivation: 'startFromNow' } },
			};
			delete pollTrigger.webhookId;
			const once: WorkflowNode = {
				id: randomUUID(),
				name: 'Once',
				type: 'n8n-nodes-base.removeDuplicates',
				typeVersion: 2,
				position: [120, 0],
				parameters: { operation: 'removeItemsSeenInPreviousExecutions', dedupeValue: '={{ $json.dedupe_key }}', options: {} },
			};
			const to = (node: string) => ({ main: [[{ node, type: 'main', index: 0 }]] });
			await sandbox.api.updateWorkflow(id, {
				nodes: [...nodes, pollTrigger, once],
				connections: { [WEBHOOK_TRIGGER]: to('Once'), [POLL_TRIGGER]: to('Once'), Once: to('Work') },
			});
			await sandbox.api.publish(id);

			const orderId = await sandbox.placeOrder('Two herons at dawn');
			await waitFor('the poll that finds the order, too', async () => (await readHandouts(sandbox, id, POLL_TRIGGER)).length > 0, POLLS_WITHIN_MS);
			expect(await readHandouts(sandbox, id, POLL_TRIGGER)).toEqual([`${orderId} order.paid #1 success`]);
			expect(await readHandouts(sandbox, id, WEBHOOK_TRIGGER)).toEqual([`${orderId} order.paid #1 success`]);
			expect(await readHandouts(sandbox, id, 'Work')).toEqual([`${orderId} order.paid #1 success`]);
			await sandbox.api.unpublish(id);
			await waitFor('the previous address', async () => (await readAgent()).endpoint_url === PREVIOUS);
		}, 300_000);

		it('takes an event in the editor while it listens, and gives the address back', async () => {
			const id = await createWebhookWorkflow({ replaceDestination: true });
			await expect(sandbox.api.runManually(id, WEBHOOK_TRIGGER)).rejects.toThrow(/waits for its event/);
			await waitFor('the test address', async () => (await readAgent()).endpoint_url?.includes('/webhook-test/'));
			const orderId = await sandbox.placeOrder('A snail on a leaf');
			const [execution] = await sandbox.waitForExecutions(id, 1);
			expect(execution).toMatchObject({ mode: 'manual', status: 'success' });
			expect(await readHandouts(sandbox, id, WEBHOOK_TRIGGER)).toEqual([`${orderId} order.paid #1 success`]);
			await waitFor('the previous address', async () => (await readAgent()).endpoint_url === PREVIOUS);
		}, 120_000);
	});
});

describe("with n8n's scheduler in the database", () => {
	let workflowId: string;
	beforeAll(async () => {
		workflowId = await start(DURABLE_SCHEDULER);
	}, START_LIMIT_MS);
	afterAll(async () => {
		await sandbox?.stop();
	});

	it('delivers an order once after n8n was killed between handing it out and its delivery, and one whose execution failed', async () => {
		const failing = await sandbox.placeOrder('A lighthouse in a storm');
		await sandbox.addFault({ provider: 'openai', status: 400, message: 'The model has no picture for this' });
		await sandbox.api.publish(workflowId);
		await sandbox.waitForExecutions(workflowId, 1);
		const killed = await sandbox.placeOrder('A stone bridge over a small river');
		await sandbox.addFault({ provider: 'openai', delayMs: 300_000 });
		await waitFor('the request to the model', async () => (await sandbox.countPendingFaults()) === 0, POLLS_WITHIN_MS);
		await sandbox.n8n.kill();

		await sandbox.control.advanceClock(RETRY_AFTER_MS);
		await sandbox.restartN8n();
		for (const orderId of [failing, killed]) {
			await waitFor(`the delivery of ${orderId}`, async () => (await sandbox.readOrder(orderId)).order.status === 'delivered', POLLS_WITHIN_MS);
		}
		await waitFor('the end of the executions', async () =>
			(await sandbox.api.listExecutions(workflowId)).every(({ status }) => status !== 'running'),
		);
		const handouts = await readHandouts(sandbox, workflowId, TRIGGER);
		expect(handouts.filter((handout) => handout.startsWith(failing))).toEqual([
			`${failing} order.paid #1 error`,
			`${failing} order.paid #2 success`,
		]);
		expect(handouts.filter((handout) => handout.startsWith(killed))).toEqual([`${killed} order.paid #2 success`]);
		await expectDeliveredOnce(failing);
		await expectDeliveredOnce(killed);
	}, 600_000);

	it('starts nothing after a restart with nothing new', async () => {
		const before = (await sandbox.api.listExecutions(workflowId)).map(({ id }) => id);
		await sandbox.n8n.stop();
		await sandbox.restartN8n();
		await waitForLook();
		await waitForLook();
		expect((await sandbox.api.listExecutions(workflowId)).map(({ id }) => id)).toEqual(before);
	}, 400_000);
});
