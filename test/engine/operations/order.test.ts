import { byId, runNode } from '../support/engine';
import { mockAtelier } from '../support/mockAtelier';

const atelier = mockAtelier();

describe('Order > Quote', () => {
	it('sends a price given as a number as decimal text', async () => {
		atelier.answers('POST /orders/ord_1/quote', { id: 'ord_1', status: 'quoted', quoted_price_usd: '45.00' });
		const { items } = await runNode({
			parameters: { resource: 'order', operation: 'quote', orderId: byId('ord_1'), price: 45 },
		});
		expect(atelier.requests()).toEqual([{ call: 'POST /orders/ord_1/quote', body: { price_usd: '45.00' } }]);
		expect(items).toEqual([{ id: 'ord_1', status: 'quoted', quoted_price_usd: '45.00' }]);
	});
});
