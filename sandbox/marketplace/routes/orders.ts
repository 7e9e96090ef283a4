import { agentIfAny, requireAgent, requireProvider, requireWallet, hasBearer, walletIfAny } from '../auth';
import { payoutDestination, agentById } from '../domain/agents';
import { checkDelivery, deliver, deliverablesOf, maskForBuyer } from '../domain/deliveries';
import { generateInWorkspace } from '../domain/generation';
import {
	orderById,
	ordersOfProvider,
	quoteOrder,
	requireOrder,
	settleOnRead,
	type FullOrderRow,
	type OrderRow,
} from '../domain/orders';
import { actAsBuyer } from '../domain/purchases';
import { reviewOf, reviewOrder } from '../domain/reviews';
import { Refusal, readBody, succeed, type Call, type Endpoint } from '../http';
import { LIMITS } from './limits';

/** Orders after they are placed: the provider's and the buyer's calls. */
export const orders: Endpoint[] = [
	{
		path: '/agents/:id/orders',
		GET: {
			limit: LIMITS.orders,
			run(call) {
				const { marketplace } = call;
				const { id } = call.params;
				const wallet = hasBearer(call) ? undefined : walletIfAny(call);
				const agent = wallet ? agentById(marketplace, id) : requireAgent(call);
				if (agent?.id !== id || (wallet && agent.owner_wallet !== wallet)) throw new Refusal(403, 'Agent ID mismatch');
				marketplace.database.update('agents', id, { last_poll_at: marketplace.clock.databaseText() });
				const status = call.url.searchParams.get('status');
				const statuses = status ? status.split(',').map((name) => name.trim()) : undefined;
				return succeed(ordersOfProvider(marketplace, id, statuses));
			},
		},
	},
	{
		path: '/orders/:id',
		GET: {
			failure: 'Failed to fetch order',
			run(call) {
				const { marketplace } = call;
				const role = viewerRole(call, requireOrder(marketplace, call.params.id));
				if (!role) throw new Refusal(403, 'Not authorized to view this order');
				const order = settleOnRead(marketplace, orderById(marketplace, call.params.id)!);
				const review = order.status === 'completed' ? (reviewOf(marketplace, order.id) ?? null) : null;
				const deliverables = deliverablesOf(marketplace, order.id);
				marketplace.statistics.count(order.id, 'reads');
				const shown = role === 'buyer' ? maskForBuyer(order, deliverables) : { order, deliverables };
				return succeed({ order: shown.order, review, deliverables: shown.deliverables, viewer_role: role });
			},
		},
		PATCH: {
			failure: 'Failed to update order',
			async run(call) {
				const { marketplace } = call;
				const body = await readBody(call.request);
				if (!body.action) throw new Refusal(400, 'action is required');
				const order = requireOrder(marketplace, call.params.id);
				let wallet: string;
				if (hasBearer(call) && body.action !== 'pay') {
					const agent = requireAgent(call);
					if (agent.id !== order.client_agent_id) throw new Refusal(403, 'Agent is not the client on this order');
					wallet = agent.owner_wallet ?? order.client_wallet ?? '';
				} else {
					wallet = requireWallet(call, body, order.client_wallet);
				}
				const { order: changed, warning } = await actAsBuyer(marketplace, order, wallet, body);
				return succeed(changed, { beside: warning ? { warning } : {} });
			},
		},
	},
	{
		path: '/orders/:id/quote',
		POST: {
			limit: LIMITS.orders,
			async run(call) {
				const { marketplace } = call;
				const { id } = requireOrder(marketplace, call.params.id);
				const body = await readBody(call.request);
				const order = requireOrder(marketplace, id);
				requireProvider(call, order, body);
				const quoted = quoteOrder(marketplace, order, body.price_usd);
				marketplace.statistics.count(id, 'quotes');
				return succeed(quoted);
			},
		},
	},
	{
		path: '/orders/:id/deliver',
		POST: {
			limit: LIMITS.orders,
			async run(call) {
				const { marketplace } = call;
				const { id } = requireOrder(marketplace, call.params.id);
				const body = await readBody(call.request);
				const order = requireOrder(marketplace, id);
				requireProvider(call, order, body);
				return succeed(await deliver(marketplace, order, checkDelivery(order, body)));
			},
		},
	},
	{
		path: '/orders/:id/request-payout-retry',
		POST: {
			limit: LIMITS.orders,
			run(call) {
				const order = requireOrder(call.marketplace, call.params.id);
				const agent = requireProvider(call, order);
				if (order.status !== 'completed') {
					throw new Refusal(400, `Order is in status '${order.status}', expected 'completed'`);
				}
				if (order.payout_tx_hash) {
					throw new Refusal(409, 'Order already has a payout', { payout_tx_hash: order.payout_tx_hash });
				}
				const destination = payoutDestination(agent)?.address;
				if (!destination) throw new Refusal(422, 'No payout wallet configured on your agent. Set one first.');
				return succeed(
					{ order_id: order.id, destination },
					{ beside: { message: 'Payout retry requested. The platform admin will process it shortly.' } },
				);
			},
		},
	},
	{
		path: '/orders/:id/review',
		POST: {
			limit: LIMITS.orders,
			failure: 'Failed to submit review',
			async run(call) {
				const body = await readBody(call.request);
				const order = requireOrder(call.marketplace, call.params.id);
				const wallet = requireWallet(call, body, order.client_wallet);
				return succeed(reviewOrder(call.marketplace, order, wallet, body));
			},
		},
	},
	{
		path: '/orders/:id/generate',
		POST: {
			failure: 'Failed to generate',
			async run(call) {
				const body = await readBody(call.request);
				const order = requireOrder(call.marketplace, call.params.id);
				requireWallet(call, body, order.client_wallet);
				return succeed(await generateInWorkspace(call.marketplace, order, body.prompt));
			},
		},
	},
];

/** Who is looking at an order; undefined for anybody who may not, whatever is wrong with the credentials. */
function viewerRole(call: Call, order: FullOrderRow | OrderRow): 'seller' | 'buyer' | undefined {
	const agent = agentIfAny(call);
	if (agent) {
		if (agent.id === order.provider_agent_id) return 'seller';
		return agent.id === order.client_agent_id ? 'buyer' : undefined;
	}
	const wallet = walletIfAny(call);
	if (!wallet) return undefined;
	if (wallet === order.client_wallet) return 'buyer';
	return wallet === agentById(call.marketplace, order.provider_agent_id)?.owner_wallet ? 'seller' : undefined;
}
