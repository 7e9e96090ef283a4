import { createHash } from 'crypto';
import type { IDataObject } from 'n8n-workflow';
import { z } from 'zod';

import { FINISHED_STATUSES, orderItem } from '../shared/orderEvents';
import type { OrderEvent, OrderFacts } from '../shared/orderEvents';
import { bounded, clean } from '../shared/wire';

/** What starts a workflow: the polling trigger's events as far as webhooks tell them, and those that only webhooks tell. */
export type WebhookEvent =
	| Extract<
			OrderEvent,
			'order.created' | 'order.paid' | 'order.revision_requested' | 'order.disputed' | 'order.completed' | 'order.cancelled'
	  >
	/** A client placed an order with a fixed price and has not paid yet. */
	| 'order.quoted'
	| 'order.message'
	| 'order.payout_sent'
	| 'order.payout_failed'
	| 'bounty.claim_rejected';

/** One webhook as it was sent (Atelier API: webhooks, request). */
export interface Delivery {
	/** Its own name for itself. */
	name: string;
	orderId: string;
	data: IDataObject;
}

const body = z.object({
	event: z.string().min(1),
	order_id: z.string().min(1),
	data: z.record(z.string(), z.unknown()).nullish(),
});

/** Statuses of an order on which the work that was paid for is done or off. */
const PAST_WORK = new Set(['delivered', 'revision_requested', 'disputed', ...FINISHED_STATUSES]);

const REPEATABLE = new Set(['order.message', 'order.payout_sent', 'order.payout_failed']);

/** The webhook in these bytes; undefined when they are none. */
export function readDelivery(rawBody: Buffer): Delivery | undefined {
	let json: unknown;
	try {
		json = JSON.parse(rawBody.toString('utf8'));
	} catch {
		return undefined;
	}
	const delivery = body.safeParse(json);
	if (!delivery.success) return undefined;
	const { event, order_id: orderId, data } = delivery.data;
	return { name: event, orderId, data: bounded(data ?? {}) as IDataObject };
}

/**
 * What a webhook means. New work comes under three names: `order.paid`, `order.created` of an order that is paid
 * already, and `bounty.accepted`; all are `order.paid` here, as in the polling trigger.
 */
export function meaningOf({ name, data }: Delivery): string {
	if (name === 'bounty.accepted') return 'order.paid';
	if (name !== 'order.created') return name;
	if (data.status === 'paid' || data.status === 'in_progress') return 'order.paid';
	return data.status === 'quoted' ? 'order.quoted' : 'order.created';
}

/** Whether the agent may read the order that a webhook is about: of a lost bounty it is the winner's. */
export function hasReadableOrder({ name }: Delivery): boolean {
	return name !== 'bounty.claim_rejected';
}

/** Whether an order has moved on since the webhook was sent, so that there is nothing left to do. */
export function isOver(event: string, { status }: OrderFacts): boolean {
	if (event === 'order.paid') return PAST_WORK.has(status);
	return ['order.created', 'order.quoted', 'order.revision_requested', 'order.disputed'].includes(event) && FINISHED_STATUSES.has(status);
}

/**
 * A short text that is the same for every attempt to deliver one event, and for no other event: attempts differ in
 * their delivery ID and signature and not in their content.
 */
export function fingerprint({ name, orderId, data }: Delivery): string {
	return createHash('sha256').update(JSON.stringify([name, orderId, data])).digest('base64url').slice(0, 22);
}

/** As much of the order as the webhook itself tells. */
export function orderFrom({ orderId, data }: Delivery): OrderFacts {
	const { status, service_id, service_title, brief, reference_images, requirement_answers, revision_count, max_revisions, bounty_id } = data;
	const told = { status, service_id, service_title, brief, reference_images, requirement_answers, revision_count, max_revisions, bounty_id };
	const known = Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined));
	return { ...clean<OrderFacts>(known), id: orderId };
}

/** The item for the workflow: the polling trigger's, with what only webhooks tell. */
export function deliveryItem(delivery: Delivery, deliveryId: string | undefined, order: OrderFacts, isWholeOrder: boolean): IDataObject {
	const { name, data } = delivery;
	const event = meaningOf(delivery);
	const report = { event, attempt: 1, previousStatus: statusBefore(delivery) };
	// An order has several of these, and nothing of the order's own tells one from the other.
	const isOneOfMany = REPEATABLE.has(event) || (event === 'order.disputed' && !isWholeOrder);
	return {
		...orderItem(report, order, isOneOfMany ? fingerprint(delivery) : undefined),
		...('feedback' in data && { feedback: data.feedback }),
		...('reason' in data && { reason: data.reason }),
		...(name === 'order.message' && {
			message: { sender_type: data.sender_type, sender_name: data.sender_name, content: data.content },
		}),
		webhook: { event: name, delivery_id: deliveryId ?? null, data },
	};
}

function statusBefore({ name, data }: Delivery): string | null {
	if (typeof data.previous_status === 'string') return data.previous_status;
	return name === 'order.revision_requested' || name === 'order.disputed' ? 'delivered' : null;
}
