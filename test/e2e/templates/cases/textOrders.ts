import { TEXT_SERVICE } from '../../../../sandbox/demo/templates/orders';
import { reasonOf } from '../bench';
import type { TemplateCase } from './case';
import { AWKWARD_BRIEF } from './pictureOrders';

const WORKS = [
	{
		kind: 'text',
		file_name: 'fox.md',
		content: '# The fox\n\nIt said: "no".',
		mimeType: 'text/markdown',
		delivered: '# The fox\n\nIt said: "no".',
	},
	{
		kind: 'code',
		file_name: 'fox.py',
		content: 'print("{{ not an expression }}")\n',
		mimeType: 'text/x-python',
		delivered: 'print("{{ not an expression }}")\n',
	},
	{
		kind: 'document',
		file_name: 'report.v2.md',
		content: '# Report\n\n| Year | Foxes |\n|---|---|\n| 2025 | 7 |',
		mimeType: 'text/html',
		delivered: /^<!doctype html>.*<h1 id="report">Report<\/h1>.*<td>2025<\/td>.*<\/html>$/s,
	},
];

export const textOrders: TemplateCase = (template, bench) => {
	test.each(WORKS)('delivers $kind as what it is', async ({ kind, file_name, content, mimeType, delivered }) => {
		const seller = await bench().createSeller(TEXT_SERVICE);
		const { id } = await bench().placeOrder(seller, AWKWARD_BRIEF, { requirement_answers: { Length: 'a "page"' } });
		await bench().providers.script({ text: JSON.stringify({ output: { kind, file_name, content } }) });
		const workflow = await bench().importTemplate(template, seller);
		const execution = await bench().publishAndWait(workflow);
		await bench().retire(workflow);

		expect(reasonOf(execution)).toBe('');
		const [call, ...others] = await bench().providers.requests('/chat/completions');
		expect(others).toEqual([]);
		const { messages } = call!.body as { messages: Array<{ role: string; content: string }> };
		const order = messages.find(({ role }) => role === 'user')!.content;
		expect(order).toContain(AWKWARD_BRIEF);
		expect(order).toContain('{"Length":"a \\"page\\""}');

		const { order: after, files } = await bench().readDelivery(id);
		expect(after.status).toBe('delivered');
		expect(files).toMatchObject([{ mediaType: kind, mimeType: expect.stringContaining(mimeType) }]);
		expect(files[0]!.bytes.toString()).toMatch(delivered instanceof RegExp ? delivered : new RegExp(`^${escape(delivered)}$`));
		expect(await bench().messagesTo(id)).toEqual(['Your order is ready. Tell me if you would like anything changed.']);
		expect(await bench().countCalls(id)).toEqual({ uploads: 1, delivers: 1, messages: 1 });
	});

	test('asks the model once more when its answer cannot be read, and then leaves the order open', async () => {
		const seller = await bench().createSeller(TEXT_SERVICE);
		const { id } = await bench().placeOrder(seller, 'A poem on foxes');
		await bench().providers.script({ text: 'Sure! Here is your poem.' }, { text: '{"output": {"kind": "poem"}}' });
		const workflow = await bench().importTemplate(template, seller);
		const execution = await bench().publishAndWait(workflow);
		await bench().retire(workflow);

		expect(execution.status).toBe('error');
		expect(reasonOf(execution)).toContain("doesn't fit required format");
		expect(await bench().providers.requests('/chat/completions')).toHaveLength(2);
		expect((await bench().readDelivery(id)).order.status).toBe('paid');
		expect(await bench().messagesTo(id)).toEqual([]);
	});
};

const escape = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
