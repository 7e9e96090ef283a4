import { readOutputFile } from '../../support/testSandbox';
import { waitFor } from '../../support/waitFor';
import { reasonOf, runsOf } from '../bench';
import { expectOwnFiles } from '../pairing';
import type { TemplateCase } from './case';

const TWO_HOURS_MS = 2 * 3_600_000;
const BRIEF = 'A "quoted" lighthouse at dusk \\ with {{ $json.order.id }} and ümlauts';

export const imageOrdersWithOpenAi: TemplateCase = (template, bench) => {
	test('delivers a picture of the brief, and tells the client', async () => {
		const seller = await bench().createSeller();
		const { id } = await bench().placeOrder(seller, BRIEF, { requirement_answers: { Colour: 'only "blue"' } });
		const workflow = await bench().importTemplate(template, seller);
		const execution = await bench().publishAndWait(workflow);
		await bench().retire(workflow);

		expect(reasonOf(execution)).toBe('');
		const { order, files } = await bench().readDelivery(id);
		expect(order.status).toBe('delivered');
		expect(files).toMatchObject([{ mediaType: 'image', mimeType: 'image/png' }]);
		const [call] = await bench().providers.requests('/images/generations');
		expect((call!.body as { prompt: string }).prompt).toContain(`${BRIEF}\n\nColour: only "blue"\n\n`);
		expect(await bench().messagesTo(id)).toEqual(['Your picture is ready. Tell me if you would like anything changed.']);
		expect(await bench().countCalls(id)).toEqual({ uploads: 1, delivers: 1, messages: 1 });
	});

	test('gives each of two orders its own picture, should somebody let a run take both', async () => {
		const seller = await bench().createSeller();
		const workflow = await bench().importTemplate(template, seller);
		await expectOwnFiles(bench(), { seller, workflow, source: 'Draw the picture', modelPath: '/images/generations' });
	});

	test('takes one order after the other when two are paid at once, and each gets its own picture', async () => {
		const seller = await bench().createSeller();
		const orders = [await bench().placeOrder(seller, 'A fox in the snow'), await bench().placeOrder(seller, 'A hare in the sun')];
		const workflow = await bench().importTemplate(template, seller);
		await bench().setTriggerOptions(workflow, { minimumSeconds: 1 });
		for (const [index, { id, brief }] of orders.entries()) {
			await bench().publish(workflow);
			await waitFor('the next run', async () => (await bench().api.listExecutions(workflow.id)).length === index + 1);
			const execution = await bench().waitForRun(workflow.id);
			await bench().retire(workflow);
			expect(reasonOf(execution)).toBe('');
			expect(execution.data.resultData.runData['When an order is paid']![0]!.data!.main![0]).toMatchObject([{ json: { order: { id, brief } } }]);
			const { files } = await bench().readDelivery(id);
			expect(files.map(({ bytes }) => bytes)).toEqual([await readOutputFile(bench().api, execution, 'Draw the picture')]);
			expect(await bench().countCalls(id)).toMatchObject({ delivers: 1, messages: 1 });
		}
	});

	test.each([
		['before the upload', 'POST /api/upload', 'reset_before', 1],
		['after the upload', 'POST /api/upload', 'reset_after', 2],
		['before the delivery', 'POST /api/orders/:id/deliver', 'reset_before', 1],
		['after the delivery', 'POST /api/orders/:id/deliver', 'reset_after', 1],
		['before the message', 'POST /api/orders/:id/messages', 'reset_before', 1],
		['after the message', 'POST /api/orders/:id/messages', 'reset_after', 1],
	] as const)('goes on in the same run when the connection breaks %s, and does nothing twice', async (_when, route, fault, uploads) => {
		const { control } = bench().sandbox;
		const seller = await bench().createSeller();
		const { id } = await bench().placeOrder(seller, BRIEF);
		const workflow = await bench().importTemplate(template, seller);
		await control.planFault({ route, fault });
		const execution = await bench().publishAndWait(workflow);
		await bench().retire(workflow);

		expect(reasonOf(execution)).toBe('');
		expect((await control.plannedFaults()).at(-1)).toMatchObject({ reached: true });
		expect((await bench().readDelivery(id)).files).toHaveLength(1);
		expect(await bench().messagesTo(id)).toHaveLength(1);
		expect((await control.statistics()).uploads).toBe(uploads);
		expect(await bench().providers.requests('/images/generations')).toHaveLength(1);
	});

	test('gets the order again two hours after a failed run, and delivers it', async () => {
		const seller = await bench().createSeller();
		const { id } = await bench().placeOrder(seller, BRIEF);
		await bench().providers.addFault({ provider: 'openai', status: 400, message: 'Your request was rejected by the safety system.' });
		const workflow = await bench().importTemplate(template, seller);
		await bench().setTriggerOptions(workflow, { minimumSeconds: 1 });
		expect((await bench().publishAndWait(workflow)).status).toBe('error');
		await bench().retire(workflow);
		try {
			await bench().sandbox.control.advanceClock(TWO_HOURS_MS + 1_000);
			await bench().publish(workflow);
			await waitFor('the second run', async () => (await bench().api.listExecutions(workflow.id)).length === 2);
			const second = await bench().waitForRun(workflow.id);
			await bench().retire(workflow);
			expect(reasonOf(second)).toBe('');
			expect(second.data.resultData.runData['When an order is paid']![0]!.data!.main![0]).toMatchObject([{ json: { attempt: 2, order: { id } } }]);
			expect((await bench().readDelivery(id)).order.status).toBe('delivered');
		} finally {
			await bench().sandbox.control.resetClock();
		}
	});

	test('leaves the order open when no picture can be made', async () => {
		const seller = await bench().createSeller();
		const { id } = await bench().placeOrder(seller, BRIEF);
		await bench().providers.addFault({ provider: 'openai', status: 400, message: 'Your request was rejected by the safety system.' });
		const workflow = await bench().importTemplate(template, seller);
		const execution = await bench().publishAndWait(workflow);
		await bench().retire(workflow);

		expect(execution.status).toBe('error');
		expect(reasonOf(execution)).toContain(`The picture for order ${id} could not be made`);
		expect(runsOf(execution, 'Deliver the picture')).toBe(0);
		expect((await bench().readDelivery(id)).order.status).toBe('paid');
		expect(await bench().messagesTo(id)).toEqual([]);
	});
};
