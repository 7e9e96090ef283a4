import { reasonOf, runsOf } from '../bench';
import type { TemplateCase } from './case';

const BRIEF = 'A "quoted" lighthouse at dusk \\ with {{ $json.order.id }} and ümlauts';

export const imageOrdersWithOpenAi: TemplateCase = (template, bench) => {
	test('delivers a picture of the brief, and tells the client', async () => {
		const seller = await bench().createSeller();
		const { id } = await bench().placeOrder(seller, BRIEF);
		const workflow = await bench().importTemplate(template, seller);
		const execution = await bench().publishAndWait(workflow);
		await bench().retire(workflow);

		expect(reasonOf(execution)).toBe('');
		const { order, files } = await bench().readDelivery(id);
		expect(order.status).toBe('delivered');
		expect(files).toMatchObject([{ mediaType: 'image', mimeType: 'image/png' }]);
		const [call] = await bench().providers.requests('/images/generations');
		expect((call!.body as { prompt: string }).prompt).toContain(BRIEF);
		expect(await bench().messagesTo(id)).toEqual(['Your picture is ready. Tell me if you would like anything changed.']);
		expect(await bench().countCalls(id)).toEqual({ uploads: 1, delivers: 1, messages: 1 });
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
