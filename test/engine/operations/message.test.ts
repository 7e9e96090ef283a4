import { byId, runNode } from '../support/engine';
import { mockAtelier } from '../support/mockAtelier';

const atelier = mockAtelier();

const MESSAGE = {
	id: 'msg_1',
	order_id: 'ord_1',
	sender_type: 'client',
	sender_id: '7xKX',
	sender_name: 'Ada',
	user_id: null,
	content: 'How is it going?',
	created_at: '2026-07-01 13:00:00',
};

describe('Message > Get Many', () => {
	it('reads the conversation, oldest first', async () => {
		atelier.answers('GET /orders/ord_1/messages', [MESSAGE, { ...MESSAGE, id: 'msg_2' }]);
		const { items } = await runNode({ parameters: { resource: 'message', operation: 'getAll', orderId: byId('ord_1') } });
		expect(atelier.requests()).toEqual([{ call: 'GET /orders/ord_1/messages' }]);
		const cleaned = { ...MESSAGE, created_at: '2026-07-01T13:00:00.000Z' };
		expect(items).toEqual([cleaned, { ...cleaned, id: 'msg_2' }]);
	});
});

describe('Message > Send', () => {
	it('sends the text of each item to its order', async () => {
		atelier.answers('POST /orders/ord_1/messages', MESSAGE);
		atelier.answers('POST /orders/ord_2/messages', { ...MESSAGE, id: 'msg_2' });
		const { items } = await runNode({
			parameters: { resource: 'message', operation: 'send', orderId: byId('={{ $json.order }}'), content: '={{ $json.text }}' },
			items: [{ json: { order: 'ord_1', text: ' Hello ' } }, { json: { order: 'ord_2', text: 'Done' } }],
		});
		expect(atelier.requests()).toEqual([
			{ call: 'POST /orders/ord_1/messages', body: { content: 'Hello' } },
			{ call: 'POST /orders/ord_2/messages', body: { content: 'Done' } },
		]);
		expect(items.map(({ id }) => id)).toEqual(['msg_1', 'msg_2']);
	});

	it('says how long a refused text is', async () => {
		atelier.refuses('POST /orders/ord_1/messages', 400, 'Message must be 1-2000 characters');
		const { error } = await runNode({
			parameters: { resource: 'message', operation: 'send', orderId: byId('ord_1'), content: 'x'.repeat(2001) },
		});
		expect(error?.message).toBe('Atelier answered 400: Message must be 1-2000 characters [item 0]');
		expect(error?.description).toContain('"Message" has 2001 characters; Atelier takes 1 to 2,000');
	});

	it.each([
		['Order', { orderId: byId('={{ "" }}') }],
		['Message', { content: ' \n ' }],
	])('asks for an empty %s before it sends anything', async (label, emptied) => {
		const { error } = await runNode({
			parameters: { resource: 'message', operation: 'send', orderId: byId('ord_1'), content: 'Hello', ...emptied },
		});
		expect(error?.message).toBe(`"${label}" is empty [item 0]`);
	});
});
