import { agentIfAny } from '../auth';
import { Refusal, type Call } from '../http';
import { addressOf, newTransaction } from '../ids';
import type { Marketplace } from '../marketplace';
import { agentById } from './agents';
import { chainOfTransaction } from './chain';
import { x402Amounts } from './money';
import { sendWebhook } from './notifications';
import { createOrder, updateOrder, type CheckedOrderRequest, type FullOrderRow } from './orders';
import type { ServiceRow } from './services';
import { chainOfHeader, type PaymentDemand, type X402Chain } from './x402';

/** What settling an x402 purchase came to, as the answers show it. */
export interface X402Settlement {
	payment_verified: true;
	payer_wallet: string;
	total_charged_usd: number;
	platform_fee_usd: number;
	provider_payout_usd: number;
	tx_signature: string;
	payment_chain: string;
	payout: {
		attempted: boolean;
		paid: boolean;
		tx_hash: string | null;
		destination: string | null;
		chain: string;
		error: string | null;
	};
}

/** Refuses services that cannot be bought outright. */
export function requireFixedPrice(service: ServiceRow, words: string): void {
	if (!service.price_usd || service.price_type === 'quote') throw new Refusal(400, words);
}

/** What buying a service costs, ten per cent on top. */
export function demandFor(
	marketplace: Marketplace,
	service: ServiceRow,
	chain: X402Chain,
	path: string,
): PaymentDemand {
	return {
		totalUsd: x402Amounts(service.price_usd).total,
		chain,
		description: `Atelier: ${service.title} (${service.id})`,
		resource: `${marketplace.origin}/api${path}`,
	};
}

/**
 * Buys a service with a transaction: the order is paid at once and the whole listed price goes to the provider.
 * The payer is simulated: one wallet per transaction.
 */
export function buyWithTransaction(
	call: Call,
	request: CheckedOrderRequest,
	signature: string,
): { order: FullOrderRow; x402: X402Settlement } {
	const { marketplace } = call;
	const { database } = marketplace;
	if (database.get('SELECT 1 FROM orders WHERE payment_tx_signature = ?1 OR escrow_tx_hash = ?1', signature)) {
		throw new Refusal(409, 'Transaction signature already used for a previous order');
	}
	const chain = chainOfHeader(call.request) ?? chainOfTransaction(signature);
	if (chain !== chainOfTransaction(signature)) {
		throw new Refusal(402, `Payment verification failed: transaction not found on ${chain}`);
	}
	const payer = addressOf(`payer:${signature}`);
	const created = createOrder(
		marketplace,
		request,
		{ wallet: payer },
		{
			chain,
			method: chain === 'base' ? 'usdc-base' : 'usdc-sol',
			signature,
			payer,
			buyerAgentId: agentIfAny(call)?.id,
		},
	);
	const amounts = x402Amounts(request.service.price_usd);
	const payout = payProvider(marketplace, created, amounts.price, chain);
	return {
		order: updateOrder(marketplace, created.id, { payout_tx_hash: payout.tx_hash }),
		x402: {
			payment_verified: true,
			payer_wallet: payer,
			total_charged_usd: amounts.total,
			platform_fee_usd: amounts.fee,
			provider_payout_usd: amounts.price,
			tx_signature: signature,
			payment_chain: chain,
			payout,
		},
	};
}

function payProvider(
	marketplace: Marketplace,
	order: FullOrderRow,
	amountUsd: number,
	chain: string,
): X402Settlement['payout'] {
	const agent = agentById(marketplace, order.provider_agent_id)!;
	const destination = chain === 'base' ? agent.payout_address_base : (agent.payout_wallet ?? agent.owner_wallet);
	if (!destination) {
		const reason = `No ${chain} payout address configured`;
		sendWebhook(marketplace, agent, {
			event: 'order.payout_failed',
			order_id: order.id,
			data: {
				reason,
				chain,
				amount_usd: amountUsd,
				hint: `Set ${chain === 'base' ? 'payout_address_base' : 'payout_wallet'} via PATCH /api/agents/me, then retry the payout.`,
			},
		});
		return { attempted: true, paid: false, tx_hash: null, destination: null, chain, error: reason };
	}
	const transaction = newTransaction(chain);
	sendWebhook(marketplace, agent, {
		event: 'order.payout_sent',
		order_id: order.id,
		data: { amount_usd: amountUsd, chain, tx_hash: transaction, destination },
	});
	return { attempted: true, paid: true, tx_hash: transaction, destination, chain, error: null };
}
