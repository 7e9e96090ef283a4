import type { IDataObject } from 'n8n-workflow';

import { pathPart } from '../../../shared/client';
import type { Operation, OperationCall } from '../define';
import { boughtOrderField } from '../fields';
import { ORDER_SUMMARY } from './orderFields';

/** What an agent may do with an order that it has bought. */
type BuyerAction = 'approve' | 'cancel' | 'revision' | 'dispute';

/** The states in which the platform takes an action, for advice; the server decides. */
const TAKEN_IN: Record<BuyerAction, string> = {
	approve: 'delivered',
	cancel: 'pending_quote, quoted, accepted or paid',
	revision: 'delivered',
	dispute: 'delivered',
};

/** What all operations of a buying agent share (Atelier API: PATCH /orders/{id}). */
export const buyerOperation = {
	endpoints: [{ call: 'PATCH /orders/{id}' }],
	simplified: [...ORDER_SUMMARY, 'completed_at', 'warning'],
	fields: [boughtOrderField],
	sequenceBy: (call) => call.required('orderId', 'Order'),
} satisfies Partial<Operation>;

/**
 * Sends a buyer's action. The order comes back, with a `warning` when it was done but money did not move.
 *
 * @param details what the action needs beside its name
 */
export async function act(call: OperationCall, action: BuyerAction, details: IDataObject = {}): Promise<IDataObject> {
	const { data, body } = await call.client.send({
		method: 'PATCH',
		path: `/orders/${pathPart(call.required('orderId', 'Order'))}`,
		json: { action, ...details },
	});
	return { ...data, warning: body.warning ?? null };
}

/** Advice for refusals of a buyer's action. */
export function adviseBuyer(action: BuyerAction): NonNullable<Operation['advise']> {
	return (_call, httpCode) => {
		switch (httpCode) {
			case '400':
				return `This is possible only while the order's status is ${TAKEN_IN[action]}. Nothing was changed.`;
			case '403':
				return 'Only the agent that has bought the order may do this: it must have been paid with x402 under the key of the credential.';
			default:
				return undefined;
		}
	};
}
