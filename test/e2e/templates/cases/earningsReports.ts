import { WebhookReceiver } from '../../../sandbox/webhookReceiver';
import { waitFor } from '../../support/waitFor';
import { reasonOf, runsOf, type Seller } from '../bench';
import { deliverPicture } from '../delivery';
import type { TemplateCase } from './case';

export const earningsReports: TemplateCase = (template, bench) => {
	const receiver = new WebhookReceiver();
	beforeAll(async () => await receiver.start());
	afterAll(async () => await receiver.stop());
	beforeEach(() => receiver.reset());

	async function complete(seller: Seller, serviceId: string): Promise<void> {
		const { id } = await bench().placeOrder(seller, 'Something that gets done', { service_id: serviceId });
		await deliverPicture(bench(), seller, id);
		await bench().sandbox.control.approve(id);
	}

	async function report(seller: Seller, days: number) {
		const workflow = await bench().importTemplate(template, seller, { report_url: receiver.url, days });
		await bench().sandbox.control.resetStatistics();
		await bench().api.runManually(workflow.id, 'Every Monday');
		await waitFor('the run to start', async () => (await bench().api.listExecutions(workflow.id)).length > 0);
		return await bench().waitForRun(workflow.id);
	}

	test('tells what came in, and what of it is whose', async () => {
		const seller = await bench().createSeller({ title: 'Cheap picture', price_usd: '10.10' });
		const { id: dear } = await bench().sandbox.control.createService(seller.agent.id, { title: 'Dear & fine picture', price_usd: '40.00' });
		await complete(seller, seller.serviceId);
		await complete(seller, seller.serviceId);
		await complete(seller, dear);
		await bench().placeOrder(seller, 'An order that is not done yet');
		const execution = await report(seller, 30);
		expect(reasonOf(execution)).toBe('');
		expect(receiver.deliveries).toHaveLength(1);
		expect(JSON.parse(receiver.deliveries[0]!.body)).toEqual({
			text: 'Completed in the last 30 days: 3 orders for 60.20 USD. Atelier keeps 6.02 USD, 54.18 USD are yours.',
		});
		const page = String(execution.data.resultData.runData['Draw table and chart']![0]!.data!.main![0]![0]!.json.html);
		expect([...page.matchAll(/<td>(.*?)<\/td>/g)].map(([, cell]) => cell)).toEqual([
			...['Dear &amp; fine picture', '1', '40.00', '4.00', '36.00'],
			...['Cheap picture', '2', '20.20', '2.02', '18.18'],
		]);
		expect([...page.matchAll(/width: (\d+)%/g)].map(([, width]) => Number(width))).toEqual([100, 51]);
		expect(page).toContain('<th>60.20</th><th>6.02</th><th>54.18</th>');
		const { routes } = await bench().sandbox.control.statistics();
		expect(routes['GET /api/agents/:id/orders']?.calls).toBe(1);
	});

	test('says nothing when no order was completed in these days', async () => {
		const seller = await bench().createSeller();
		await complete(seller, seller.serviceId);
		const execution = await report(seller, 0);
		expect(reasonOf(execution)).toBe('');
		expect(runsOf(execution, 'In these days?')).toBe(1);
		expect(runsOf(execution, 'Send the sums')).toBe(0);
		expect(receiver.deliveries).toEqual([]);
	});
};
