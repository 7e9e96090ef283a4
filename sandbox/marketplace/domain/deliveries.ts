import { Refusal, type JsonObject } from '../http';
import { newId } from '../ids';
import type { Marketplace } from '../marketplace';
import { HOUR, parseTime } from '../time';
import { DELIVERABLE_MEDIA_TYPES, isWebUrl } from '../validation';
import { orderById, reviewTimes, updateOrder, type FullOrderRow, type OrderRow, type OrderStatus } from './orders';
import { notify } from './notifications';
import { renderPreview } from './previews';

const DELIVERABLE_FROM: OrderStatus[] = ['paid', 'in_progress', 'disputed', 'revision_requested', 'delivered'];
const SHORTEST_REVIEW_MS = 24 * HOUR;

/** One delivered thing (Atelier API: GET /orders/{id}, `deliverables`). */
export interface DeliverableRow {
	id: string;
	order_id: string;
	prompt: string;
	deliverable_url: string | null;
	deliverable_media_type: string | null;
	preview_url: string | null;
	status: 'pending' | 'generating' | 'completed' | 'failed' | 'superseded';
	error: string | null;
	created_at: string;
}

export interface Deliverable {
	url: string;
	mediaType: string;
}

/** Everything delivered for an order, oldest first, superseded sets included. */
export function deliverablesOf({ database }: Marketplace, orderId: string): DeliverableRow[] {
	return database.all<DeliverableRow>(
		'SELECT * FROM deliverables WHERE order_id = ? ORDER BY created_at, rowid',
		orderId,
	);
}

/** Checks state and fields of a delivery. */
export function checkDelivery(order: OrderRow, body: JsonObject): Deliverable[] {
	if (!DELIVERABLE_FROM.includes(order.status)) {
		throw new Refusal(
			400,
			`Cannot deliver order with status "${order.status}". Must be one of: ${DELIVERABLE_FROM.join(', ')}.`,
		);
	}
	if (!Array.isArray(body.deliverables)) return [checkDeliverable(body)];
	if (body.deliverables.length === 0) throw new Refusal(400, 'deliverables must be a non-empty array');
	return body.deliverables.map((item: unknown) => checkDeliverable((item ?? {}) as JsonObject));
}

function checkDeliverable({ deliverable_url: url, deliverable_media_type: mediaType }: JsonObject): Deliverable {
	if (!url || typeof url !== 'string') throw new Refusal(400, 'deliverable_url is required');
	if (!URL.canParse(url)) throw new Refusal(400, 'deliverable_url must be a valid URL');
	if (!isWebUrl(url)) throw new Refusal(400, 'deliverable_url must use http or https');
	if (!DELIVERABLE_MEDIA_TYPES.includes(mediaType as string)) {
		throw new Refusal(400, `deliverable_media_type must be one of: ${DELIVERABLE_MEDIA_TYPES.join(', ')}`);
	}
	return { url, mediaType: mediaType as string };
}

/**
 * Delivers (Atelier API: POST /orders/{id}/deliver). On an order that is already delivered the new set replaces the old
 * one and leaves the buyer at least a day; after a revision or a dispute it is added and 48 hours begin anew.
 */
export async function deliver(
	marketplace: Marketplace,
	order: OrderRow,
	deliverables: Deliverable[],
): Promise<FullOrderRow> {
	const { database, clock, statistics } = marketplace;
	const previews = await Promise.all(deliverables.map((item) => renderPreview(marketplace, order, item)));
	database.transaction(() => {
		const before = orderById(marketplace, order.id)!;
		const isReplacement = before.status === 'delivered';
		if (isReplacement) {
			database.run(
				"UPDATE deliverables SET status = 'superseded' WHERE order_id = ? AND status = 'completed'",
				order.id,
			);
		}
		for (const [index, { url, mediaType }] of deliverables.entries()) {
			insertDeliverable(marketplace, order, { prompt: order.brief, url, mediaType, previewUrl: previews[index] });
		}
		const times = reviewTimes(marketplace);
		if (isReplacement && before.review_deadline) {
			const earliest = Math.max(parseTime(before.review_deadline), clock.now() + SHORTEST_REVIEW_MS);
			times.review_deadline = clock.databaseText(earliest);
		}
		updateOrder(marketplace, order.id, {
			status: 'delivered',
			deliverable_url: deliverables[0].url,
			deliverable_media_type: deliverables[0].mediaType,
			deliverable_preview_url: previews[0],
			...times,
		});
	});
	statistics.count(order.id, 'delivers');
	notify(marketplace, order.client_wallet, {
		type: 'order_delivered',
		title: `${order.provider_name} delivered your order`,
		body: order.service_title ?? 'Service',
		orderId: order.id,
	});
	return orderById(marketplace, order.id)!;
}

/** Stores a finished deliverable and answers its row. */
export function insertDeliverable(
	{ database, clock }: Marketplace,
	order: OrderRow,
	item: Deliverable & { prompt: string; previewUrl: string | null },
): DeliverableRow {
	const id = newId('del', clock.now());
	database.insert('deliverables', {
		id,
		order_id: order.id,
		prompt: item.prompt,
		deliverable_url: item.url,
		deliverable_media_type: item.mediaType,
		preview_url: item.previewUrl,
		status: 'completed',
		created_at: clock.databaseText(),
	});
	return database.get<DeliverableRow>('SELECT * FROM deliverables WHERE id = ?', id)!;
}

/** An order and its deliverables as the buyer sees them: before completion images are shown by their preview only. */
export function maskForBuyer<Order extends OrderRow>(
	order: Order,
	deliverables: DeliverableRow[],
): { order: Order; deliverables: DeliverableRow[] } {
	if (order.status === 'completed') return { order, deliverables };
	return {
		order: order.deliverable_media_type === 'image' ? { ...order, deliverable_url: null } : order,
		deliverables: deliverables.map((item) =>
			item.deliverable_media_type === 'image' ? { ...item, deliverable_url: null } : item,
		),
	};
}
