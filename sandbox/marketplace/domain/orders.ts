import { Refusal, type JsonObject } from '../http';
import { newId } from '../ids';
import type { Marketplace } from '../marketplace';
import { MINUTE, parseTime } from '../time';
import { checkReferenceImages, checkReferenceUrls } from '../validation';
import { agentById, isMarketable, type AgentRow } from './agents';
import { platformFee } from './money';
import { sendWebhook } from './notifications';
import { serviceById, type ServiceRow } from './services';

const STUCK_AFTER_MS = 10 * MINUTE;

export type OrderStatus =
	| 'pending_quote'
	| 'quoted'
	| 'accepted'
	| 'paid'
	| 'in_progress'
	| 'delivered'
	| 'revision_requested'
	| 'completed'
	| 'disputed'
	| 'cancelled';

/** An order as the lists answer it (41 keys); lists of JSON are kept and sent as text. */
export interface OrderRow {
	id: string;
	service_id: string | null;
	service_title: string | null;
	client_wallet: string | null;
	client_agent_id: string | null;
	client_name: string | null;
	client_type: string;
	provider_agent_id: string;
	provider_name: string;
	provider_slug: string;
	brief: string;
	reference_urls: string | null;
	reference_images: string | null;
	requirement_answers: string | null;
	brief_spec: string | null;
	brief_english: string | null;
	quoted_price_usd: string | null;
	platform_fee_usd: string | null;
	payment_method: string | null;
	payment_chain: string;
	payer_address: string | null;
	escrow_tx_hash: string | null;
	payout_tx_hash: string | null;
	payment_tx_signature: string | null;
	status: OrderStatus;
	deliverable_url: string | null;
	deliverable_media_type: string | null;
	deliverable_preview_url: string | null;
	deliverable_post_id: number | null;
	quota_total: number;
	quota_used: number;
	workspace_expires_at: string | null;
	revision_count: number;
	max_revisions: number;
	delivered_at: string | null;
	review_deadline: string | null;
	completed_at: string | null;
	created_at: string;
	bounty_id: string | null;
	referral_partner: string | null;
	user_id: string | null;
}

/** An order as the single read, quote, deliver and PATCH answer it (48 keys). */
export interface FullOrderRow extends OrderRow {
	client_username: string | null;
	client_display_name: string | null;
	client_twitter: string | null;
	client_avatar: string | null;
	provider_avatar: string | null;
	provider_twitter: string | null;
	provider_official: number;
}

const LIST_COLUMNS = `
	o.id, o.service_id, s.title AS service_title, o.client_wallet, o.client_agent_id, c.name AS client_name,
	o.client_type, o.provider_agent_id, p.name AS provider_name, p.slug AS provider_slug, o.brief, o.reference_urls,
	o.reference_images, o.requirement_answers, o.brief_spec, o.brief_english, o.quoted_price_usd, o.platform_fee_usd,
	o.payment_method, o.payment_chain, o.payer_address, o.escrow_tx_hash, o.payout_tx_hash, o.payment_tx_signature,
	o.status, o.deliverable_url, o.deliverable_media_type, o.deliverable_preview_url, o.deliverable_post_id,
	o.quota_total, o.quota_used, o.workspace_expires_at, o.revision_count, COALESCE(s.max_revisions, 3) AS max_revisions,
	o.delivered_at, o.review_deadline, o.completed_at, o.created_at, o.bounty_id, o.referral_partner, o.user_id`;
const FULL_COLUMNS = `${LIST_COLUMNS},
	b.username AS client_username, b.display_name AS client_display_name, b.twitter_handle AS client_twitter,
	b.avatar_url AS client_avatar, p.avatar_url AS provider_avatar, p.twitter_username AS provider_twitter,
	p.is_atelier_official AS provider_official`;
const TABLES = `
	FROM orders o JOIN agents p ON p.id = o.provider_agent_id LEFT JOIN services s ON s.id = o.service_id
	LEFT JOIN agents c ON c.id = o.client_agent_id LEFT JOIN profiles b ON b.wallet = o.client_wallet`;

// Newest first, but only by the second; within one second the order of arrival remains.
const NEWEST_FIRST = 'ORDER BY o.created_at DESC, o.rowid';

export function orderById({ database }: Marketplace, id: string): FullOrderRow | undefined {
	return database.get<FullOrderRow>(`SELECT ${FULL_COLUMNS} ${TABLES} WHERE o.id = ?`, id);
}

/** The order, or a 404. */
export function requireOrder(marketplace: Marketplace, id: string): FullOrderRow {
	const order = orderById(marketplace, id);
	if (!order) throw new Refusal(404, 'Order not found');
	return order;
}

/**
 * Every order that an agent is to fulfil (Atelier API: GET /agents/{id}/orders).
 * @param statuses keeps only these; unknown names match nothing
 */
export function ordersOfProvider({ database }: Marketplace, agentId: string, statuses?: string[]): OrderRow[] {
	const orders = database.all<OrderRow>(
		`SELECT ${LIST_COLUMNS} ${TABLES} WHERE o.provider_agent_id = ? ${NEWEST_FIRST}`,
		agentId,
	);
	return statuses ? orders.filter(({ status }) => statuses.includes(status)) : orders;
}

/** Every order that a wallet placed, or that an agent it owns is to fulfil (Atelier API: GET /orders). */
export function ordersOfWallet({ database }: Marketplace, wallet: string): Array<OrderRow & { viewer_role: string }> {
	return database.all<OrderRow & { viewer_role: string }>(
		`SELECT ${LIST_COLUMNS}, CASE WHEN o.client_wallet = ?1 THEN 'client' ELSE 'provider' END AS viewer_role ${TABLES}
		WHERE o.client_wallet = ?1 OR p.owner_wallet = ?1 ${NEWEST_FIRST}`,
		wallet,
	);
}

/** Sets columns of an order and answers the row as it is then. */
export function updateOrder(
	marketplace: Marketplace,
	id: string,
	changes: Partial<Record<keyof OrderRow, string | number | null>>,
): FullOrderRow {
	marketplace.database.update('orders', id, changes);
	return orderById(marketplace, id)!;
}

/** What a buyer asks for; the wire's own field names. */
export interface OrderRequest {
	service_id: unknown;
	brief: unknown;
	reference_urls?: unknown;
	reference_images?: unknown;
	requirement_answers?: unknown;
}

export interface CheckedOrderRequest {
	service: ServiceRow;
	provider: AgentRow;
	brief: string;
	referenceUrls?: string[];
	referenceImages?: string[];
	requirementAnswers?: JsonObject;
}

/** Checks an order before anybody is asked to sign or pay (Atelier API: POST /orders). */
export function checkOrderRequest(marketplace: Marketplace, body: OrderRequest): CheckedOrderRequest {
	const { brief, requirement_answers: answers } = body;
	if (!body.service_id || !brief) throw new Refusal(400, 'Missing required fields: service_id, brief');
	if (typeof brief !== 'string' || brief.length < 10 || brief.length > 3000) {
		throw new Refusal(400, 'Brief must be 10-3000 characters');
	}
	const referenceUrls = checkReferenceUrls(body.reference_urls, 5);
	const referenceImages = checkReferenceImages(body.reference_images, 3);
	const { service, provider } = requireHireable(marketplace, body.service_id);
	return {
		service,
		provider,
		brief,
		referenceUrls,
		referenceImages,
		requirementAnswers: answers && typeof answers === 'object' ? (answers as JsonObject) : undefined,
	};
}

/** A service on offer and its agent, or a 404; a 403 when the agent cannot be hired. */
export function requireHireable(
	marketplace: Marketplace,
	serviceId: unknown,
): { service: ServiceRow; provider: AgentRow } {
	const service = serviceById(marketplace, serviceId);
	if (!service?.active) throw new Refusal(404, 'Service not found or inactive');
	const provider = agentById(marketplace, service.agent_id);
	if (!provider || !isMarketable(provider)) {
		throw new Refusal(
			403,
			'This agent is not yet available for hire. The agent must verify ownership (wallet, X, or sign-in) first.',
		);
	}
	if (provider.moderation_status === 'review')
		throw new Refusal(403, 'This agent is under review and cannot be hired yet.');
	return { service, provider };
}

/** How a purchase through x402 was paid. */
export interface Payment {
	chain: string;
	method: string;
	signature: string;
	payer: string;
	buyerAgentId?: string;
}

/**
 * Stores an order and tells the provider. Without a payment it is `pending_quote` or `quoted`, as the service is priced;
 * with an x402 payment it is `paid` at once.
 */
export function createOrder(
	marketplace: Marketplace,
	request: CheckedOrderRequest,
	client: { wallet: string; chain?: string },
	payment?: Payment,
): FullOrderRow {
	const { database, clock } = marketplace;
	const { service, provider } = request;
	const isPriced = service.price_type !== 'quote';
	const id = newId('ord', clock.now());
	const status: OrderStatus = payment ? 'paid' : isPriced ? 'quoted' : 'pending_quote';
	ensureProfile(marketplace, client.wallet);
	database.insert('orders', {
		id,
		service_id: service.id,
		client_wallet: client.wallet,
		client_agent_id: payment?.buyerAgentId,
		client_type: payment ? 'agent_x402' : 'wallet',
		provider_agent_id: provider.id,
		brief: request.brief,
		reference_urls: request.referenceUrls && JSON.stringify(request.referenceUrls),
		reference_images: request.referenceImages && JSON.stringify(request.referenceImages),
		requirement_answers: request.requirementAnswers && JSON.stringify(request.requirementAnswers),
		quoted_price_usd: isPriced ? service.price_usd : undefined,
		platform_fee_usd: isPriced ? platformFee(service.price_usd) : undefined,
		payment_method: payment?.method,
		payment_chain: payment?.chain ?? client.chain ?? 'solana',
		payer_address: payment?.payer,
		payment_tx_signature: payment?.signature,
		status,
		quota_total: service.quota_limit,
		created_at: clock.databaseText(),
	});
	countOrder(marketplace, provider.id, service.id);
	sendWebhook(marketplace, provider, {
		event: 'order.created',
		order_id: id,
		data: {
			service_id: service.id,
			brief: request.brief,
			reference_images: request.referenceImages,
			requirement_answers: request.requirementAnswers,
			status,
			service_title: service.title,
			payment_method: payment && 'x402',
		},
	});
	return orderById(marketplace, id)!;
}

/** Adds one to the order counters of an agent and, when there is one, of a service. */
export function countOrder({ database }: Marketplace, agentId: string, serviceId: string | null, by = 1): void {
	database.run('UPDATE agents SET total_orders = total_orders + ? WHERE id = ?', by, agentId);
	if (serviceId) database.run('UPDATE services SET total_orders = total_orders + ? WHERE id = ?', by, serviceId);
}

/** Gives a wallet an empty profile when it has none. */
export function ensureProfile({ database, clock }: Marketplace, wallet: string): void {
	database.run('INSERT OR IGNORE INTO profiles (wallet, created_at) VALUES (?, ?)', wallet, clock.databaseText());
}

/** The provider names its price (Atelier API: POST /orders/{id}/quote). */
export function quoteOrder(marketplace: Marketplace, order: OrderRow, priceUsd: unknown): FullOrderRow {
	if (order.status !== 'pending_quote') {
		throw new Refusal(400, `Cannot quote order with status "${order.status}". Must be "pending_quote".`);
	}
	if (!priceUsd || typeof priceUsd !== 'string') throw new Refusal(400, 'price_usd is required as a string');
	const price = Number.parseFloat(priceUsd);
	if (!Number.isFinite(price) || price <= 0) throw new Refusal(400, 'price_usd must be a positive number');
	if (price > 1_000_000) throw new Refusal(400, 'price_usd must be at most 1000000');
	const quoted = price.toFixed(2);
	return updateOrder(marketplace, order.id, {
		status: 'quoted',
		quoted_price_usd: quoted,
		platform_fee_usd: platformFee(quoted),
	});
}

/**
 * What a single read does besides reading: an expired workspace becomes delivered, and an order that automatic
 * generation left `in_progress` for ten minutes falls back to `paid`.
 */
export function settleOnRead(marketplace: Marketplace, order: FullOrderRow): FullOrderRow {
	if (order.status !== 'in_progress') return order;
	const now = marketplace.clock.now();
	if (order.workspace_expires_at) {
		return parseTime(order.workspace_expires_at) <= now ? deliverWorkspace(marketplace, order.id) : order;
	}
	const isStuck =
		order.quota_total === 0 && !order.deliverable_url && now - parseTime(order.created_at) > STUCK_AFTER_MS;
	return isStuck ? updateOrder(marketplace, order.id, { status: 'paid' }) : order;
}

/** A workspace ends: its order is delivered, whatever was generated in it. */
export function deliverWorkspace(marketplace: Marketplace, orderId: string): FullOrderRow {
	return updateOrder(marketplace, orderId, { status: 'delivered', ...reviewTimes(marketplace) });
}

const REVIEW_MS = 48 * 60 * MINUTE;

/** Delivery now, and the end of the 48 hours that the buyer has to look at it. */
export function reviewTimes({ clock }: Marketplace): { delivered_at: string; review_deadline: string } {
	return { delivered_at: clock.databaseText(), review_deadline: clock.databaseText(clock.now() + REVIEW_MS) };
}
