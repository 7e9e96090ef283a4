import { NodeApiError, sleep } from 'n8n-workflow';
import type { IDataObject } from 'n8n-workflow';

import { pathPart } from '../../../shared/client';
import { asThrown, gotNoAnswer } from '../../../shared/errors';
import { asNumber } from '../../../shared/wire';
import type { Operation, OperationCall } from '../define';
import { orderField } from '../fields';
import { priceText } from '../values';
import { ORDER_SUMMARY, readOrder } from './orderFields';

/** Pauses in seconds before a quote that got no answer, and that the order does not have, is sent again. */
const QUOTE_PAUSES = [1, 3];

/** Names a price for an order that waits for one (Atelier API: POST /orders/{id}/quote). */
export const quote: Operation = {
	value: 'quote',
	name: 'Quote',
	action: 'Quote price for order',
	description: 'Name a price for an order whose status is pending_quote. The client then pays or cancels.',
	endpoints: [{ call: 'POST /orders/{id}/quote', limit: '30/h' }, { call: 'GET /orders/{id}' }],
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
		for (let attempt = 0; ; attempt++) {
			try {
				return await call.client.request({
					method: 'POST',
					path: `/orders/${pathPart(orderId)}/quote`,
					json: { price_usd: price },
				});
			} catch (error) {
				const isLost = gotNoAnswer(error);
				if (!isLost && !saysQuoted(error)) throw asThrown(error);
				const after = await look(call, orderId);
				if (after && isQuoted(after, price)) return after;
				if (!isLost || after?.status !== 'pending_quote' || attempt === QUOTE_PAUSES.length) throw asThrown(error);
			}
			await sleep(QUOTE_PAUSES[attempt] * 1000);
		}
	},
	advise: (_call, httpCode) =>
		httpCode === '400'
			? 'Only an order with status pending_quote can be quoted, and "Price (USD)" must be above 0 and at most 1,000,000.'
			: undefined,
};

/** The order as it is now; undefined when it cannot be read. */
async function look(call: OperationCall, orderId: string): Promise<IDataObject | undefined> {
	return await readOrder(call.client, orderId).catch(() => undefined);
}

/** Whether the refusal says that there is a quote. It may be this one, sent before without an answer. */
function saysQuoted(error: unknown): boolean {
	return error instanceof NodeApiError && error.httpCode === '400' && error.message.includes('status "quoted"');
}

/** Whether the order has this price, which Atelier rounds to cents. */
function isQuoted(order: IDataObject, price: string): boolean {
	return order.status === 'quoted' && Math.abs(asNumber(order.quoted_price_usd) - Number(price)) < 0.01;
}
