import { pathPart } from '../../../shared/client';
import type { Operation } from '../define';
import { orderField } from '../fields';
import { priceText } from '../values';
import { ORDER_SUMMARY } from './orderFields';

/** Names a price for an order that waits for one (Atelier API: POST /orders/{id}/quote). */
export const quote: Operation = {
	value: 'quote',
	name: 'Quote',
	action: 'Quote price for order',
	description: 'Name a price for an order whose status is pending_quote. The client then pays or cancels.',
	endpoints: [{ call: 'POST /orders/{id}/quote', limit: '30/h' }],
	simplified: ORDER_SUMMARY,
	fields: [
		orderField,
		{
			displayName: 'Price (USD)',
			name: 'price',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. 45.00',
			description: 'Price in US dollars, with a dot and no sign, at most 1,000,000',
		},
	],
	sequenceBy: (call) => call.required('orderId', 'Order'),
	async run(call) {
		const orderId = call.required('orderId', 'Order');
		const price = priceText(call, call.parameter('price', ''), 'Price (USD)');
		return await call.client.request({
			method: 'POST',
			path: `/orders/${pathPart(orderId)}/quote`,
			json: { price_usd: price },
		});
	},
	advise: (_call, httpCode) =>
		httpCode === '400'
			? 'Only an order with status pending_quote can be quoted, and "Price (USD)" must be above 0 and at most 1,000,000.'
			: undefined,
};
