import { EVERY_THREE_SECONDS, RETRY_AFTER_MINUTES, RETRY_AFTER_MS } from './support/pollTimes';
import { START_LIMIT_MS, TestSandbox } from './support/testSandbox';
import { waitFor } from './support/waitFor';

const TEMPLATE = '02-image-orders-with-openai';
const TRIGGER = 'When an order is paid';
const POLLS_WITHIN_MS = 150_000;

let sandbox: TestSandbox;
let workflowId: string;
beforeAll(async () => {
	sandbox = await TestSandbox.start();
	workflowId = await sandbox.importTemplate(TEMPLATE, {
		[TRIGGER]: (parameters) => ({
			...parameters,
			pollTimes: EVERY_THREE_SECONDS,
			options: { minimumSeconds: 1, retryAfterMinutes: RETRY_AFTER_MINUTES },
		}),
	});
}, START_LIMIT_MS);
afterAll(async () => {
	await sandbox?.stop();
});

/** How often the trigger has looked for orders. */
const countLooks = async () => (await sandbox.control.statistics()).routes['GET /api/agents/:id/orders']?.calls ?? 0;

describe('n8n killed in the middle of an order', () => {
	let orderId: string;

	it('delivers the order after its restart, once', async () => {
		orderId = await sandbox.placeOrder('A stone bridge over a small river in autumn');
		// The model takes its time, so that the power cut comes while the picture is being drawn.
		await sandbox.addFault({ provider: 'openai', delayMs: 120_000 });
		await sandbox.api.publish(workflowId);
		await waitFor('the request to the model', async () => (await sandbox.countPendingFaults()) === 0);
		expect((await sandbox.api.listExecutions(workflowId)).map(({ status }) => status)).toEqual(['running']);
		await sandbox.n8n.kill();

		expect((await sandbox.readOrder(orderId)).order.status).toBe('paid');
		await sandbox.control.advanceClock(RETRY_AFTER_MS);
		await sandbox.restartN8n();
		const executions = await sandbox.waitForExecutions(workflowId, 2, POLLS_WITHIN_MS);
		expect(executions.map(({ status }) => status)).toEqual(['success', 'crashed']);
		const { data } = await sandbox.api.readExecution(executions[0]!.id);
		expect(data.resultData.runData[TRIGGER]?.[0]?.data?.main?.[0]?.map(({ json }) => json)).toMatchObject([
			{ event: 'order.paid', attempt: 2, order: { id: orderId } },
		]);

		const { order, deliverables } = await sandbox.readOrder(orderId);
		expect(order.status).toBe('delivered');
		expect(deliverables).toHaveLength(1);
		expect((await sandbox.control.statistics()).orders[orderId]).toMatchObject({ delivers: 1, messages: 1 });
	}, 400_000);

	it('starts no execution after a restart with nothing new', async () => {
		const before = (await sandbox.api.listExecutions(workflowId)).map(({ id }) => id);
		const looks = await countLooks();
		await sandbox.n8n.stop();
		await sandbox.restartN8n();
		await waitFor('a look for orders', async () => (await countLooks()) > looks, POLLS_WITHIN_MS);

		// What a look brings is started before the next one, so that a later order shows what came before it.
		const later = await sandbox.placeOrder('A paper boat on a puddle');
		const executions = await sandbox.waitForExecutions(workflowId, before.length + 1, POLLS_WITHIN_MS);
		expect(executions.map(({ id }) => id).slice(1)).toEqual(before);
		expect((await sandbox.readOrder(later)).order.status).toBe('delivered');
		expect((await sandbox.control.statistics()).orders[orderId]).toMatchObject({ delivers: 1, messages: 1 });
	}, 400_000);
});
