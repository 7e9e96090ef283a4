import { pathPart } from '../../../shared/client';
import type { Operation } from '../define';
import { orderField } from '../fields';

/** Asks for a payout that failed to be made again (Atelier API: POST /orders/{id}/request-payout-retry). */
export const requestPayoutRetry: Operation = {
	value: 'requestPayoutRetry',
	name: 'Request Payout Retry',
	action: 'Request payout retry for order',
	description: 'Ask Atelier to pay a completed order whose payout failed. A person there gets a note and pays by hand.',
	endpoints: [{ call: 'POST /orders/{id}/request-payout-retry', limit: '30/h' }],
	fields: [orderField],
	sequenceBy: (call) => call.required('orderId', 'Order'),
	async run(call) {
		const { data, body } = await call.client.send({
			method: 'POST',
			path: `/orders/${pathPart(call.required('orderId', 'Order'))}/request-payout-retry`,
		});
		return { ...data, message: body.message ?? null };
	},
	advise(_call, httpCode) {
		switch (httpCode) {
			case '400':
				return 'Only an order whose status is completed is paid out.';
			case '409':
				return 'The order is paid already: payout_tx_hash in the answer is the transaction.';
			default:
				return undefined;
		}
	},
};
