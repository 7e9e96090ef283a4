import { Refusal, type JsonObject } from '../http';
import { newTransaction } from '../ids';
import type { Marketplace } from '../marketplace';
import { DAY, parseTime } from '../time';
import { agentById, payoutDestination } from './agents';
import { isTransaction } from './chain';
import { executeAutomatically } from './generation';
import { payoutAmount } from './money';
import { notify, sendWebhook } from './notifications';
import { orderById, updateOrder, type FullOrderRow, type OrderStatus } from './orders';
import { serviceById } from './services';

/** What a buyer can do to an order, and from which statuses (Atelier API: PATCH /orders/{id}). */
const BUYER_ACTIONS: Record<string, OrderStatus[]> = {
	pay: ['quoted', 'accepted', 'paid', 'in_progress'],
	approve: ['delivered'],
	cancel: ['pending_quote', 'quoted', 'accepted', 'paid'],
	revision: ['delivered'],
	dispute: ['delivered'],
};

export interface ActionOutcome {
	order: FullOrderRow;
	/** Stands beside `data` when something that belongs to the action failed. */
	warning?: string;
}

/**
 * Does what a buyer asked for.
 * @param wallet the buyer's wallet, which payments are compared with
 * @param body the request's body: `action` and the action's own fields
 */
export async function actAsBuyer(
	marketplace: Marketplace,
	order: FullOrderRow,
	wallet: string,
	body: JsonObject,
): Promise<ActionOutcome> {
	const action = String(body.action);
	const from = Object.hasOwn(BUYER_ACTIONS, action) ? BUYER_ACTIONS[action] : undefined;
	if (!from) throw new Refusal(400, `Unknown action: ${action}`);
	if (!from.includes(order.status)) throw new Refusal(400, `Cannot ${action} order in status ${order.status}`);
	if (action === 'pay') return await pay(marketplace, order, wallet, body);
	if (action === 'approve') return completeOrder(marketplace, order);
	if (action === 'cancel') return cancel(marketplace, order);
	if (action === 'revision') return requestRevision(marketplace, order, body);
	return dispute(marketplace, order, body);
}

const WORKSPACE_DAYS: Record<string, number> = { weekly: 7, monthly: 30 };

async function pay(
	marketplace: Marketplace,
	order: FullOrderRow,
	wallet: string,
	body: JsonObject,
): Promise<ActionOutcome> {
	const { database, clock } = marketplace;
	const { escrow_tx_hash: hash, payment_method: method } = body;
	if (!hash) throw new Refusal(400, 'escrow_tx_hash required for pay action');
	if (database.get('SELECT 1 FROM orders WHERE escrow_tx_hash = ?', String(hash))) {
		throw new Refusal(409, 'This transaction has already been used for another order');
	}
	const chain =
		body.payment_chain === 'base' || body.payment_chain === 'solana' ? body.payment_chain : order.payment_chain;
	if (chain === 'base' && !isTransaction('base', hash)) throw new Refusal(400, 'Invalid Base transaction hash format');
	if (!isTransaction(chain, hash)) throw new Refusal(400, 'Transaction not found on chain');
	updateOrder(marketplace, order.id, {
		status: 'paid',
		payment_method: typeof method === 'string' && method ? method : chain === 'base' ? 'usdc-base' : 'usdc-sol',
		escrow_tx_hash: hash as string,
		payment_chain: chain,
		payer_address: method === 'card' ? null : wallet,
	});

	const service = order.service_id ? serviceById(marketplace, order.service_id) : undefined;
	if (service && (service.quota_limit > 0 || service.price_type in WORKSPACE_DAYS)) {
		const days = WORKSPACE_DAYS[service.price_type] ?? 1;
		updateOrder(marketplace, order.id, {
			status: 'in_progress',
			workspace_expires_at: clock.isoText(clock.now() + days * DAY),
		});
	} else if (service?.provider_key && service.provider_model) {
		await executeAutomatically(marketplace, order.id);
	}
	const paid = orderById(marketplace, order.id)!;
	sendWebhook(marketplace, agentById(marketplace, order.provider_agent_id), {
		event: 'order.paid',
		order_id: order.id,
		data: { status: paid.status, service_title: order.service_title },
	});
	return { order: paid };
}

/** Completes a delivered order and pays the provider, on approval or when the review time is over. */
function completeOrder(marketplace: Marketplace, order: FullOrderRow): ActionOutcome {
	const { database, clock } = marketplace;
	const agent = agentById(marketplace, order.provider_agent_id);
	let payoutFailed = false;
	let payout = order.payout_tx_hash;
	if (!payout && payoutAmount(order.quoted_price_usd, order.platform_fee_usd) > 0) {
		const destination = agent && payoutDestination(agent);
		payoutFailed = !destination;
		// Simulated: there is no chain, so a payout with a destination always succeeds.
		if (destination) payout = newTransaction(destination.chain);
	}
	updateOrder(marketplace, order.id, {
		status: 'completed',
		completed_at: clock.databaseText(),
		payout_tx_hash: payout,
	});
	database.run('UPDATE agents SET completed_orders = completed_orders + 1 WHERE id = ?', order.provider_agent_id);
	database.run('UPDATE services SET completed_orders = completed_orders + 1 WHERE id = ?', order.service_id);
	if (order.bounty_id) database.update('bounties', order.bounty_id, { status: 'completed' });
	sendWebhook(marketplace, agent, {
		event: 'order.completed',
		order_id: order.id,
		data: { payout_failed: payoutFailed },
	});
	return {
		order: orderById(marketplace, order.id)!,
		warning: payoutFailed ? 'Order completed but payout failed. Contact support.' : undefined,
	};
}

/** The hourly job: completes delivered orders whose review time is over. Answers how many there were. */
export function releaseOverdueOrders(marketplace: Marketplace): number {
	const { database, clock } = marketplace;
	const overdue = database
		.all<{ id: string; review_deadline: string }>(
			"SELECT id, review_deadline FROM orders WHERE status = 'delivered' AND review_deadline IS NOT NULL",
		)
		.filter(({ review_deadline: deadline }) => parseTime(deadline) <= clock.now());
	for (const { id } of overdue) completeOrder(marketplace, orderById(marketplace, id)!);
	return overdue.length;
}

function cancel(marketplace: Marketplace, order: FullOrderRow): ActionOutcome {
	const isRefund = order.status === 'paid' && order.escrow_tx_hash && !order.payout_tx_hash;
	const destination = order.payment_chain === 'base' ? order.payer_address : order.client_wallet;
	const refund = isRefund && destination ? newTransaction(order.payment_chain) : undefined;
	const cancelled = updateOrder(marketplace, order.id, {
		status: 'cancelled',
		...(refund && { payout_tx_hash: refund }),
	});
	sendWebhook(marketplace, agentById(marketplace, order.provider_agent_id), {
		event: 'order.cancelled',
		order_id: order.id,
		data: { previous_status: order.status },
	});
	return {
		order: cancelled,
		warning: isRefund && !refund ? 'Order cancelled but refund failed. Contact support.' : undefined,
	};
}

function requestRevision(marketplace: Marketplace, order: FullOrderRow, body: JsonObject): ActionOutcome {
	const feedback = typeof body.feedback === 'string' ? body.feedback.trim() : '';
	if (!feedback) throw new Refusal(400, 'feedback is required when requesting a revision');
	const count = order.revision_count + 1;
	// The feedback is stored nowhere: it travels in the webhook alone.
	const revised = updateOrder(marketplace, order.id, { status: 'revision_requested', revision_count: count });
	sendWebhook(marketplace, agentById(marketplace, order.provider_agent_id), {
		event: 'order.revision_requested',
		order_id: order.id,
		data: {
			feedback,
			revision_count: count,
			max_revisions: order.max_revisions,
			is_extra: count > order.max_revisions,
		},
	});
	notify(marketplace, order.client_wallet, {
		type: 'order_revision',
		title: `${order.provider_name} was asked for a revision`,
		body: order.service_title ?? 'Service',
		orderId: order.id,
	});
	return { order: revised };
}

function dispute(marketplace: Marketplace, order: FullOrderRow, body: JsonObject): ActionOutcome {
	const reason = typeof body.reason === 'string' ? body.reason.trim() : '';
	const disputed = updateOrder(marketplace, order.id, { status: 'disputed' });
	sendWebhook(marketplace, agentById(marketplace, order.provider_agent_id), {
		event: 'order.disputed',
		order_id: order.id,
		data: { reason },
	});
	return { order: disputed };
}
