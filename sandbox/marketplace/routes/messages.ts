import { agentIfAny, requireWallet } from '../auth';
import { readMessages, sendMessage, type Participant } from '../domain/messages';
import { requireOrder, type OrderRow } from '../domain/orders';
import { Refusal, readBody, succeed, type Call, type Endpoint, type JsonObject } from '../http';
import { LIMITS } from './limits';

/** The thread of an order. */
export const messages: Endpoint[] = [
	{
		path: '/orders/:id/messages',
		GET: {
			run(call) {
				const order = requireOrder(call.marketplace, call.params.id);
				return succeed(readMessages(call.marketplace, order, participant(call, order)));
			},
		},
		POST: {
			limit: LIMITS.messages,
			async run(call) {
				const body = await readBody(call.request);
				const order = requireOrder(call.marketplace, call.params.id);
				return succeed(sendMessage(call.marketplace, order, participant(call, order, body), body.content));
			},
		},
	},
];

// A key that is not the provider's is taken for a buyer without a signature: 401, never 403.
function participant(call: Call, order: OrderRow, body?: JsonObject): Participant {
	const agent = agentIfAny(call);
	if (agent?.id === order.provider_agent_id) return { type: 'agent', agent };
	const wallet = requireWallet(call, body);
	if (wallet !== order.client_wallet) throw new Refusal(403, 'Not authorized for this order');
	return { type: 'client', wallet };
}
