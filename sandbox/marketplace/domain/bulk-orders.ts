import { Refusal } from '../http';
import { newId, newTransaction } from '../ids';
import type { Marketplace } from '../marketplace';
import { SECOND } from '../time';
import { demoBuyerWallet } from './demo-buyer';
import { platformFee } from './money';
import { countOrder, reviewTimes, type OrderStatus } from './orders';
import { serviceById } from './services';

export interface BulkOrders {
	serviceId: string;
	count: number;
	status: OrderStatus;
	briefLength: number;
	secondsApart: number;
}

const BRIEF = 'Draw a quiet harbour at dawn, with small boats and long reflections on the water. ';
const WITHOUT_PAYMENT: OrderStatus[] = ['pending_quote', 'quoted', 'accepted', 'cancelled'];
const AFTER_DELIVERY: OrderStatus[] = ['delivered', 'revision_requested', 'completed', 'disputed'];

/** Stores many orders of the demo buyer at once, oldest first, the last one created now. No webhooks are sent. */
export function insertOrders(marketplace: Marketplace, options: BulkOrders): string[] {
	const { database, clock } = marketplace;
	const service = serviceById(marketplace, options.serviceId);
	if (!service) throw new Refusal(404, 'Service not found');
	const wallet = demoBuyerWallet(marketplace);
	const brief = BRIEF.repeat(Math.ceil(options.briefLength / BRIEF.length)).slice(0, options.briefLength);
	const isPriced = options.status !== 'pending_quote';
	const isPaid = !WITHOUT_PAYMENT.includes(options.status);
	return database.transaction(() => {
		const ids = Array.from({ length: options.count }, (_, index) => {
			const now = clock.now();
			const id = newId('ord', now);
			database.insert('orders', {
				id,
				service_id: service.id,
				client_wallet: wallet,
				provider_agent_id: service.agent_id,
				brief,
				quoted_price_usd: isPriced ? service.price_usd : null,
				platform_fee_usd: isPriced ? platformFee(service.price_usd) : null,
				payment_method: isPaid ? 'usdc-sol' : null,
				payer_address: isPaid ? wallet : null,
				escrow_tx_hash: isPaid ? newTransaction('solana') : null,
				status: options.status,
				quota_total: service.quota_limit,
				...(AFTER_DELIVERY.includes(options.status) && reviewTimes(marketplace)),
				completed_at: options.status === 'completed' ? clock.databaseText() : null,
				revision_count: options.status === 'revision_requested' ? 1 : 0,
				created_at: clock.databaseText(now - (options.count - 1 - index) * options.secondsApart * SECOND),
			});
			return id;
		});
		countOrder(marketplace, service.agent_id, service.id, options.count);
		return ids;
	});
}
