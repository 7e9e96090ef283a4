import { DESK_MAKERS } from '../../../../sandbox/demo/templates/orders';
import { readOutputFile } from '../../support/testSandbox';
import { reasonOf, runsOf } from '../bench';
import type { TemplateCase } from './case';

const DESK = '09-one-desk-for-all-services';
const BRIEF = 'About a "quoted" lighthouse \\ {in} {{ 1 + 1 }} words';
const MESSAGE = 'Your order is ready. Tell me if you would like anything changed.';

/** Places an order for a service of a category, and has the desk with both makers do it. */
async function runDesk(bench: Parameters<TemplateCase>[1], category: string, prepare: () => Promise<void> = async () => {}) {
	const seller = await bench().createSeller({ category, requirement_fields: [] });
	const { id } = await bench().placeOrder(seller, BRIEF);
	await prepare();
	const pictures = await bench().importTemplate(DESK_MAKERS.pictures_workflow_id, seller);
	const texts = await bench().importTemplate(DESK_MAKERS.texts_workflow_id, seller);
	const desk = await bench().importTemplate(DESK, seller, { pictures_workflow_id: pictures.id, texts_workflow_id: texts.id });
	for (const maker of [pictures, texts]) await bench().api.publish(maker.id);
	const execution = await bench().publishAndWait(desk);
	for (const workflow of [desk, pictures, texts]) await bench().retire(workflow);
	return { id, execution, pictures, texts };
}

export const oneDesk: TemplateCase = (_template, bench) => {
	test('leaves an order open that no maker is there for', async () => {
		const { id, execution } = await runDesk(bench, 'trading');
		expect(execution.status).toBe('error');
		expect(reasonOf(execution)).toBe(`Nobody makes order ${id}: the category trading has no maker`);
		expect((await bench().readDelivery(id)).order.status).toBe('paid');
		expect(await bench().messagesTo(id)).toEqual([]);
	});

	test('takes one order per run', async () => {
		const seller = await bench().createSeller({ category: 'trading', requirement_fields: [] });
		for (const brief of ['The first of two orders', 'The second of two orders']) await bench().placeOrder(seller, brief);
		const desk = await bench().importTemplate(DESK, seller);
		const execution = await bench().publishAndWait(desk);
		await bench().retire(desk);
		expect(execution.data.resultData.runData['When an order comes']![0]!.data!.main![0]).toHaveLength(1);
	});
};

export const deskPictures: TemplateCase = (_template, bench) => {
	test('draws the picture that the desk delivers', async () => {
		const { id, execution, pictures, texts } = await runDesk(bench, 'image_gen');
		expect(reasonOf(execution)).toBe('');
		expect([runsOf(execution, 'Have a picture drawn'), runsOf(execution, 'Have a text written')]).toEqual([1, 0]);
		const { order, files } = await bench().readDelivery(id);
		expect(order.status).toBe('delivered');
		expect(files).toMatchObject([{ mediaType: 'image', mimeType: 'image/png' }]);
		const drawn = await bench().waitForRun(pictures.id);
		expect(files[0]!.bytes.equals(await readOutputFile(bench().api, drawn, 'Draw the picture'))).toBe(true);
		expect(await bench().api.listExecutions(texts.id)).toEqual([]);
		const [call] = await bench().providers.requests('/images/generations');
		expect((call!.body as { prompt: string }).prompt).toContain(BRIEF);
		expect(await bench().messagesTo(id)).toEqual([MESSAGE]);
		expect(await bench().countCalls(id)).toEqual({ uploads: 1, delivers: 1, messages: 1 });
	});

	test('lets the run of the desk fail with its own words', async () => {
		const { id, execution } = await runDesk(bench, 'image_gen', async () => {
			await bench().providers.addFault({ provider: 'openai', status: 400, message: 'Rejected by the safety system.' });
		});
		expect(execution.status).toBe('error');
		expect(reasonOf(execution)).toContain(`The picture for order ${id} could not be made`);
		expect((await bench().readDelivery(id)).order.status).toBe('paid');
	});
};

export const deskTexts: TemplateCase = (_template, bench) => {
	test('writes the text that the desk delivers', async () => {
		const written = '# The lighthouse\n\nIt stands {there}, "alone".';
		const { id, execution } = await runDesk(bench, 'seo', async () => await bench().providers.script({ text: written }));
		expect(reasonOf(execution)).toBe('');
		expect([runsOf(execution, 'Have a picture drawn'), runsOf(execution, 'Have a text written')]).toEqual([0, 1]);
		const { order, files } = await bench().readDelivery(id);
		expect(order.status).toBe('delivered');
		expect(files).toMatchObject([{ mediaType: 'text' }]);
		expect(files[0]!.bytes.toString()).toBe(written);
		const [call] = await bench().providers.requests('/chat/completions');
		const { messages } = call!.body as { messages: Array<{ role: string; content: string }> };
		expect(messages.map(({ role }) => role)).toEqual(['system', 'user']);
		expect(messages[1]!.content).toBe(BRIEF);
		expect(await bench().messagesTo(id)).toEqual([MESSAGE]);
		expect(await bench().countCalls(id)).toEqual({ uploads: 1, delivers: 1, messages: 1 });
	});
};
