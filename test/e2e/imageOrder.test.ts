import { readOutputFile, START_LIMIT_MS, TestSandbox } from './support/testSandbox';
import { waitFor } from './support/waitFor';

const TEMPLATE = '02-image-orders-with-openai';
const BRIEF = 'A red bicycle leaning against a whitewashed wall, harsh noon light';

let sandbox: TestSandbox;
beforeAll(async () => {
	sandbox = await TestSandbox.start();
}, START_LIMIT_MS);
afterAll(async () => {
	await sandbox?.stop();
});

describe('an image order, from payment to delivery', () => {
	let orderId: string;
	let workflowId: string;

	beforeAll(async () => {
		orderId = await sandbox.placeOrder(BRIEF);
		workflowId = await sandbox.importTemplate(TEMPLATE);
		await sandbox.api.publish(workflowId);
		await sandbox.waitForExecutions(workflowId, 1);
	});

	it('is picked up when the workflow is published, and the run succeeds', async () => {
		const executions = await sandbox.api.listExecutions(workflowId);
		expect(executions.map(({ status, mode }) => ({ status, mode }))).toEqual([{ status: 'success', mode: 'trigger' }]);
		const { data } = await sandbox.api.readExecution(executions[0]!.id);
		expect(Object.keys(data.resultData.runData)).toEqual([
			'When an order is paid',
			'Settings',
			'Draw the picture',
			'Deliver the picture',
			'Newly delivered?',
			'Message the client',
		]);
	});

	it('is delivered once, with one upload and two limited calls besides looking for orders', async () => {
		const { order, deliverables } = await sandbox.readOrder(orderId);
		expect(order.status).toBe('delivered');
		expect(order.deliverable_media_type).toBe('image');
		expect(deliverables).toHaveLength(1);
		const { routes, orders, uploads } = await sandbox.control.statistics();
		expect(uploads).toBe(1);
		expect(orders[orderId]).toMatchObject({ delivers: 1, messages: 1 });
		expect(routes['POST /api/orders/:id/deliver']).toMatchObject({ calls: 1, byStatus: { 200: 1 } });
		expect(routes['GET /api/agents/:id/orders']?.calls).toBe(1);
	});

	it('holds exactly the bytes that the model made', async () => {
		const [execution] = await sandbox.api.listExecutions(workflowId);
		const made = await readOutputFile(sandbox.api, await sandbox.api.readExecution(execution!.id), 'Draw the picture');
		const { order } = await sandbox.readOrder(orderId);
		const delivered = Buffer.from(await (await fetch(String(order.deliverable_url))).arrayBuffer());
		expect(delivered.subarray(1, 4).toString()).toBe('PNG');
		expect(delivered.equals(made)).toBe(true);

		// The stand-in draws the same picture for the same request, so it can be asked what it had served.
		const stats = (await (await fetch(`${sandbox.stack.providers.url}/sandbox/stats`)).json()) as {
			requests: Array<{ path: string; body: { prompt: string } }>;
		};
		const [call] = stats.requests.filter(({ path }) => path.includes('/images/generations'));
		expect(call?.body.prompt).toContain(BRIEF);
		const again = await fetch(`${sandbox.stack.providers.url}/openai${call!.path}`, {
			method: 'POST',
			headers: { authorization: 'Bearer sk-sandbox', 'content-type': 'application/json' },
			body: JSON.stringify(call!.body),
		});
		const { data } = (await again.json()) as { data: Array<{ b64_json: string }> };
		expect(delivered.equals(Buffer.from(data[0]!.b64_json, 'base64'))).toBe(true);
	});

	it('tells the client with the message of the settings', async () => {
		const messages = await sandbox.control.messages(orderId);
		expect(messages.map(({ sender_type, content }) => ({ sender_type, content }))).toEqual([
			{ sender_type: 'agent', content: 'Your picture is ready. Tell me if you would like anything changed.' },
		]);
	});

	it('is not touched again when the workflow is published anew', async () => {
		await sandbox.api.unpublish(workflowId);
		await sandbox.api.publish(workflowId);
		const second = await sandbox.placeOrder('A green kettle on a blue stove');
		// The trigger leaves at least 120 s between two looks; by hand it looks at once.
		const manual = await sandbox.api.runManually(workflowId, 'When an order is paid');
		const execution = await waitFor('the manual run', async () => {
			const current = await sandbox.api.readExecution(manual);
			return current.status === 'success' && current;
		});
		expect(JSON.stringify(execution.data.resultData.runData['Deliver the picture']?.[0]?.data)).toContain(second);
		expect((await sandbox.readOrder(second)).order.status).toBe('delivered');
		const { orders } = await sandbox.control.statistics();
		expect(orders[orderId]).toMatchObject({ delivers: 1, messages: 1 });
		expect(orders[second]).toMatchObject({ delivers: 1, messages: 1 });
	});
});

describe('a picture that cannot be made', () => {
	it('fails the run with a sentence that names the order, leaves the order open and tells the client nothing', async () => {
		await sandbox.addFault({ provider: 'openai', status: 400, message: 'Your request was rejected by the safety system.' });
		const orderId = await sandbox.placeOrder('Something that the model refuses to draw');
		const workflowId = await sandbox.importTemplate(TEMPLATE);
		const executionId = await sandbox.api.runManually(workflowId, 'When an order is paid');
		const execution = await waitFor('the failed run', async () => {
			const current = await sandbox.api.readExecution(executionId);
			return current.status === 'error' && current;
		});
		// The reason is as much as n8n's OpenAI node hands on.
		expect(execution.data.resultData.error?.message).toBe(
			`The picture for order ${orderId} could not be made: Bad request - please check your parameters`,
		);
		expect((await sandbox.readOrder(orderId)).order.status).toBe('paid');
		expect(await sandbox.control.messages(orderId)).toEqual([]);
	});
});
