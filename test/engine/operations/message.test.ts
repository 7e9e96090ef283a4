import { byId, runNode } from '../support/engine';
import { mockAtelier } from '../support/mockAtelier';

const atelier = mockAtelier();

describe('Message > Send', () => {
	it('sends the text of each item to its order', async () => {
		atelier.answers('POST /orders/ord_1/messages', { id: 'msg_1', content: 'Hello' });
		atelier.answers('POST /orders/ord_2/messages', { id: 'msg_2', content: 'Done' });
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
});
