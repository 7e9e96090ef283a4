import type { IDataObject } from 'n8n-workflow';

import { pathPart } from '../../../shared/client';
import { asThrown, mayHaveBeenDone } from '../../../shared/errors';
import type { Operation, OperationCall } from '../define';
import { boughtOrderField } from '../fields';
import { ORDER_SUMMARY, readOrder } from './orderFields';

/** What an agent may do with an order that it has bought. */
type BuyerAction = 'approve' | 'cancel' | 'revision' | 'dispute';

/** The states in which the platform takes an action, for advice; the server decides. */
const TAKEN_IN: Record<BuyerAction, string> = {
	approve: 'delivered',
	cancel: 'pending_quote, quoted, accepted or paid',
	revision: 'delivered',
	dispute: 'delivered',
};

/** The status that an action gives an order. */
const LEADS_TO: Record<BuyerAction, string> = {
	approve: 'completed',
	cancel: 'cancelled',
	revision: 'revision_requested',
	dispute: 'disputed',
};

const LOST_WARNING =
	"Atelier's answer was lost, but the order shows that this was done. A warning about its money would have been lost with it.";

/** What all operations of a buying agent share (Atelier API: PATCH /orders/{id}). */
export const buyerOperation = {
	endpoints: [{ call: 'PATCH /orders/{id}' }, { call: 'GET /orders/{id}' }],
	simplified: [...ORDER_SUMMARY, 'completed_at', 'warning'],
	fields: [boughtOrderField],
	sequenceBy: (call) => call.required('boughtOrderId', 'Order'),
} satisfies Partial<Operation>;

/**
 * Sends a buyer's action. The order comes back, with a `warning` when it was done but money did not move. When the answer
 * gets lost, the order itself tells whether it was done (Atelier API: GET /orders/{id}).
 *
 * @param details what the action needs beside its name
 */
export async function act(call: OperationCall, action: BuyerAction, details: IDataObject = {}): Promise<IDataObject> {
	const orderId = call.required('boughtOrderId', 'Order');
	try {
		const { data, body } = await call.client.send({
			method: 'PATCH',
			path: `/orders/${pathPart(orderId)}`,
			json: { action, ...details },
		});
		return { ...data, warning: body.warning ?? null };
	} catch (error) {
		if (!mayHaveBeenDone(error)) throw asThrown(error);
		const after = await readOrder(call.client, orderId).catch(() => undefined);
		if (after?.status !== LEADS_TO[action]) throw asThrown(error);
		return { ...after, warning: LOST_WARNING };
	}
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
