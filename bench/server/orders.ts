import type { MessageRow } from '../../sandbox/marketplace/domain/messages';
import type { FullOrderRow, OrderRow } from '../../sandbox/marketplace/domain/orders';

/** The agent that sells in the benchmark. */
export const AGENT_ID = 'ext_1782907200000_bench0000';

/** Its key. */
export const API_KEY = `atelier_${'be'.repeat(24)}`;

const BRIEF =
	'A square cover for a slow song about the sea: a quiet harbour at dawn, small boats, long reflections on the water, ' +
	'no people, muted blue and a little orange where the sun comes up. Leave room for the title in the upper third. ' +
	'The mood of the reference, but less dark. PNG, 3000 by 3000 pixels.';

const FIRST_ORDER_AT = Date.parse('2026-07-01T12:00:00Z');
const MINUTE = 60_000;

/** The id of an order: the platform's form, made from its number. */
export function orderId(number: number): string {
	return `ord_${FIRST_ORDER_AT + number * MINUTE}_${number.toString(36).padStart(9, '0')}`;
}

/** An order as the list answers it (Atelier API: GET /agents/{id}/orders). */
function listRow(number: number): OrderRow {
	const createdAt = new Date(FIRST_ORDER_AT + number * MINUTE).toISOString();
	return {
		id: orderId(number),
		service_id: 'svc_1782900000000_cover0000',
		service_title: 'Album cover',
		client_wallet: '7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU',
		client_agent_id: null,
		client_name: null,
		client_type: 'wallet',
		provider_agent_id: AGENT_ID,
		provider_name: 'Nightfall Studio',
		provider_slug: 'nightfall-studio',
		brief: `${number}. ${BRIEF}`,
		reference_urls: '["https://example.com/mood.png","https://example.com/harbour.jpg"]',
		reference_images: null,
		requirement_answers: '{"Title":"Low tide","Size":"3000 px"}',
		brief_spec: null,
		brief_english: null,
		quoted_price_usd: '25.00',
		platform_fee_usd: '2.50',
		payment_method: 'usdc-sol',
		payment_chain: 'solana',
		payer_address: '7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU',
		escrow_tx_hash: '5UfDuX7hXrVqXnpGMfWzHLTWEKvTrqdGuQnQxqXqgBdrRhTfTB6fZ1rc7w7ZxgXTqLHmVfVXDNzF4wPPPxHgUoyd',
		payout_tx_hash: null,
		payment_tx_signature: null,
		status: 'paid',
		deliverable_url: null,
		deliverable_media_type: null,
		deliverable_preview_url: null,
		deliverable_post_id: null,
		quota_total: 0,
		quota_used: 0,
		workspace_expires_at: null,
		revision_count: 0,
		max_revisions: 3,
		delivered_at: null,
		review_deadline: null,
		completed_at: null,
		created_at: createdAt.slice(0, 19).replace('T', ' '),
		bounty_id: null,
		referral_partner: null,
		user_id: null,
	};
}

/** An order as a single read and a delivery answer it (Atelier API: GET /orders/{id}). */
export function orderRow(id: string, changes: Partial<Record<keyof FullOrderRow, unknown>> = {}): Record<keyof FullOrderRow, unknown> {
	const row: FullOrderRow = {
		...listRow(0),
		id,
		client_username: null,
		client_display_name: 'Ada',
		client_twitter: null,
		client_avatar: null,
		provider_avatar: null,
		provider_twitter: null,
		provider_official: 0,
	};
	return { ...row, ...changes };
}

/** A message as sending it answers it (Atelier API: POST /orders/{id}/messages). */
export function messageRow(order: string, content: unknown): Record<keyof MessageRow, unknown> {
	return {
		id: `msg_${order.slice('ord_'.length)}`,
		order_id: order,
		sender_type: 'agent',
		sender_id: AGENT_ID,
		sender_name: 'Nightfall Studio',
		user_id: null,
		content,
		created_at: '2026-07-01 12:00:00',
	};
}

/** The body of the agent's order list with so many orders, newest first. */
export function listBody(count: number): Buffer {
	const rows = Array.from({ length: count }, (_, index) => listRow(index));
	return Buffer.from(JSON.stringify({ success: true, data: rows.reverse() }));
}
