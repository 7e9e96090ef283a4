import type { IDataObject } from 'n8n-workflow';

import { asNumber } from './wire';

/** What both triggers can report of an order, by the names that Atelier's webhooks use (Atelier API: webhooks). */
export type OrderEvent =
	/** A client asks for a price; the order waits in `pending_quote`. */
	| 'order.created'
	/** New work: paid by escrow or at once, or a won bounty. */
	| 'order.paid'
	/** Paid work that the platform has already set in progress. No webhook has this name: they say `order.paid`. */
	| 'order.in_progress'
	| 'order.revision_requested'
	| 'order.disputed'
	| 'order.delivered'
	| 'order.completed'
	| 'order.cancelled'
	/** Handed out as often as allowed and still waiting. A name of this package's own. */
	| 'order.stalled';

/** The event that tells of an order having this status; statuses that nobody waits for are missing. */
export const EVENT_OF_STATUS: Readonly<Record<string, Exclude<OrderEvent, 'order.stalled'> | undefined>> = {
	pending_quote: 'order.created',
	paid: 'order.paid',
	in_progress: 'order.in_progress',
	revision_requested: 'order.revision_requested',
	disputed: 'order.disputed',
	delivered: 'order.delivered',
	completed: 'order.completed',
	cancelled: 'order.cancelled',
};

/** Statuses that an order does not leave any more. */
export const FINISHED_STATUSES: ReadonlySet<string> = new Set(['completed', 'cancelled']);

/**
 * The fields of an order that triggers decide by (Atelier API: order object). Items hold times as ISO 8601 in UTC; the
 * order ledger takes them as the server wrote them, since to clean thousands of orders takes longer than to read them.
 */
export interface OrderFacts {
	id: string;
	status: string;
	service_id?: string | null;
	brief?: string | null;
	/** Decimal text; null as long as there is no price. */
	quoted_price_usd?: string | number | null;
	revision_count?: number | null;
	created_at?: string | null;
	delivered_at?: string | null;
	/** Set when the platform itself works on the order for a while. */
	workspace_expires_at?: string | null;
}

/** What a trigger tells of an order, beside the order. */
export interface OrderReport {
	/** An {@link OrderEvent}, or the name of a webhook that only the webhook trigger knows. */
	event: string;
	/** 1 for the first time, 2 for the first repeat. */
	attempt: number;
	/** The order's status before, as far as it is known. */
	previousStatus: string | null;
}

/**
 * One text for one occasion to act on an order, the same from both triggers: a workflow that starts with both lets
 * each text pass once (Remove Duplicates) and so does nothing twice. A repeat of an unfinished order is an occasion
 * of its own.
 *
 * @param distinction what tells apart events that an order can have several times, and that are not told apart by
 *   the order's own fields
 */
export function dedupeKey({ event, attempt }: OrderReport, order: OrderFacts, distinction?: string): string {
	return [order.id, ...occasion(event, order), ...(distinction ? [distinction] : []), attempt].join(':');
}

function occasion(event: string, order: OrderFacts): string[] {
	switch (event) {
		case 'order.in_progress':
			// The polling trigger may find an order in progress that a webhook called paid.
			return ['order.paid'];
		case 'order.revision_requested':
			return [event, String(asNumber(order.revision_count) || 0)];
		case 'order.disputed':
		case 'order.delivered':
			return [event, order.delivered_at ?? ''];
		case 'order.stalled':
			return [event, ...occasion(EVENT_OF_STATUS[order.status] ?? '', order)];
		default:
			return [event];
	}
}

/** The item that both triggers hand to the workflow: `{{ $json.order.id }}`, `{{ $json.order.brief }}` and so on. */
export function orderItem<T extends OrderFacts>(report: OrderReport, order: T, distinction?: string): IDataObject {
	return {
		event: report.event,
		attempt: report.attempt,
		order: order as unknown as IDataObject,
		previous_status: report.previousStatus,
		dedupe_key: dedupeKey(report, order, distinction),
	};
}
