import { WebhookReceiver } from '../../../sandbox/webhookReceiver';
import { waitFor } from '../../support/waitFor';
import { reasonOf, runsOf, type ImportedTemplate, type Seller } from '../bench';
import type { TemplateCase } from './case';

const FAILING = '02-image-orders-with-openai';
const MESSAGE = 'Your order takes a little longer than usual: something went wrong on my side, and I am looking after it.';
const HOUR_MS = 3_600_000;

export const failedOrders: TemplateCase = (template, bench) => {
	const alerts = new WebhookReceiver();
	beforeAll(async () => await alerts.start());
	afterAll(async () => await alerts.stop());
	beforeEach(() => alerts.reset());

	async function importHandler(seller: Seller): Promise<ImportedTemplate> {
		const handler = await bench().importTemplate(template, seller, {
			alert_url: alerts.url,
			n8n_api_url: `${bench().sandbox.n8n.url}/api/v1`,
		});
		await bench().api.publish(handler.id);
		return handler;
	}

	/** A workflow whose failures the template handles; its Atelier nodes wait for nothing and give up at once. */
	async function importFailing(seller: Seller, handler: ImportedTemplate): Promise<ImportedTemplate> {
		const workflow = await bench().importTemplate(FAILING, seller);
		const { nodes } = await bench().api.readWorkflow(workflow.id);
		const impatient = nodes.map((node) => {
			const options = node.parameters.options as Record<string, unknown>;
			if (node.type === 'n8n-nodes-atelier.atelier') {
				return { ...node, retryOnFail: false, parameters: { ...node.parameters, options: { ...options, waitWhenRateLimited: 0 } } };
			}
			if (node.type !== 'n8n-nodes-atelier.atelierTrigger') return node;
			return { ...node, parameters: { ...node.parameters, options: { ...options, minimumSeconds: 1 } } };
		});
		await bench().api.updateWorkflow(workflow.id, { nodes: impatient, settings: { executionOrder: 'v1', errorWorkflow: handler.id } });
		return workflow;
	}

	test('alerts, and tells the client once however often the order fails', async () => {
		const seller = await bench().createSeller();
		const { id } = await bench().placeOrder(seller, 'A castle in the clouds');
		await bench().providers.addFault({ provider: 'openai', status: 400, times: 2, message: 'Rejected by the "safety" system.' });
		const handler = await importHandler(seller);
		for (const count of [1, 2]) {
			// A copy remembers no order, so that it starts with the same one again.
			const workflow = await importFailing(seller, handler);
			const failed = await bench().publishAndWait(workflow);
			await bench().retire(workflow);
			expect(failed.status).toBe('error');
			await waitFor('the run of the error workflow', async () => (await bench().api.listExecutions(handler.id)).length === count);
			const handled = await bench().waitForRun(handler.id);
			expect(reasonOf(handled)).toBe('');
			expect(handled.status).toBe('success');
			const { text } = JSON.parse(alerts.deliveries[count - 1]!.body) as { text: string };
			expect(text).toContain('The workflow "Make image orders with OpenAI" failed at "Report the trouble": ');
			expect(text).toContain(`The picture for order ${id} could not be made`);
			expect(text).toContain(failed.id);
			expect(runsOf(handled, 'Once per order')).toBe(1);
			expect(runsOf(handled, 'Tell the client')).toBe(count === 1 ? 1 : 0);
		}
		await bench().retire(handler);
		expect(alerts.deliveries).toHaveLength(2);
		expect(await bench().messagesTo(id)).toEqual([MESSAGE]);
	});

	describe('when Atelier says that there were too many calls', () => {
		let seller: Seller;
		let orderId: string;
		let handler: ImportedTemplate;
		let workflow: ImportedTemplate;
		const look = async () => {
			const url = `${bench().sandbox.stack.marketplace.apiUrl}/agents/${seller.agent.id}/orders`;
			return (await fetch(url, { headers: { authorization: `Bearer ${seller.agent.api_key}` } })).status;
		};

		/** One call is left for looking at the orders, so the upload is refused; the hour is over in some seconds. */
		beforeEach(async () => {
			const { control } = bench().sandbox;
			seller = await bench().createSeller();
			orderId = (await bench().placeOrder(seller, 'A castle on a rock')).id;
			handler = await importHandler(seller);
			workflow = await importFailing(seller, handler);
			await control.resetRateLimit();
			for (let call = 1; call < 30; call++) expect(await look()).toBe(200);
			await control.advanceClock(HOUR_MS - 20_000);
			const failed = await bench().publishAndWait(workflow);
			expect(reasonOf(failed)).toContain("Atelier's rate limit is reached");
		});
		afterEach(async () => {
			await bench().retire(workflow);
			await bench().retire(handler);
			await bench().sandbox.control.resetClock();
		});

		const modesOf = async (workflowId: string) => (await bench().api.listExecutions(workflowId)).map(({ mode }) => mode);

		test('waits as long as it asks and goes on with the run, without a second picture', async () => {
			await waitFor('the message after the delivery', async () => (await bench().messagesTo(orderId)).length > 0, 120_000);
			const handled = await bench().waitForRun(handler.id);
			expect(reasonOf(handled)).toBe('');
			expect([runsOf(handled, 'Wait as long as asked'), runsOf(handled, 'Go on with the run'), runsOf(handled, 'Alert me')]).toEqual([1, 1, 0]);
			await bench().waitForRun(workflow.id);
			expect(await modesOf(workflow.id)).toEqual(['retry', 'trigger']);
			expect(await bench().providers.requests('/images/generations')).toHaveLength(1);
			expect((await bench().readDelivery(orderId)).files).toHaveLength(1);
			expect(await bench().messagesTo(orderId)).toEqual(['Your picture is ready. Tell me if you would like anything changed.']);
			expect(alerts.deliveries).toEqual([]);
		}, 240_000);

		test('alerts, and tries no third time, when it says so again', async () => {
			await waitFor('the next hour', async () => (await look()) === 200);
			while ((await look()) === 200);
			await alerts.received(1);
			const handled = await bench().waitForRun(handler.id);
			expect(reasonOf(handled)).toBe('');
			expect([runsOf(handled, 'Wait as long as asked'), runsOf(handled, 'Alert me')]).toEqual([0, 1]);
			expect(JSON.parse(alerts.deliveries[0]!.body)).toEqual({ text: expect.stringContaining("Atelier's rate limit is reached") });
			expect(await modesOf(workflow.id)).toEqual(['retry', 'trigger']);
			expect((await bench().readDelivery(orderId)).order.status).toBe('paid');
		}, 240_000);
	});
};
