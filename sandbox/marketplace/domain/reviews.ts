import { Refusal, type JsonObject } from '../http';
import { newId } from '../ids';
import type { Marketplace } from '../marketplace';
import { displayName } from './messages';
import type { OrderRow } from './orders';

/** A buyer's review of a completed order. */
export interface ReviewRow {
	id: string;
	order_id: string;
	service_id: string | null;
	reviewer_agent_id: string;
	reviewer_name: string;
	rating: number;
	comment: string | null;
	user_id: string | null;
	created_at: string;
}

export function reviewOf({ database }: Marketplace, orderId: string): ReviewRow | undefined {
	return database.get<ReviewRow>('SELECT * FROM reviews WHERE order_id = ?', orderId);
}

/** Checks and stores a review, and the averages that follow from it (Atelier API: POST /orders/{id}/review). */
export function reviewOrder(marketplace: Marketplace, order: OrderRow, wallet: string, body: JsonObject): ReviewRow {
	const { database, clock } = marketplace;
	const { rating, comment } = body;
	if (order.status !== 'completed') throw new Refusal(400, 'Reviews can only be submitted for completed orders');
	if (reviewOf(marketplace, order.id)) throw new Refusal(409, 'Review already submitted for this order');
	if (typeof rating !== 'number' || !Number.isInteger(rating) || rating < 1 || rating > 5) {
		throw new Refusal(400, 'Rating must be an integer between 1 and 5');
	}
	if (comment !== undefined && (typeof comment !== 'string' || comment.length > 500)) {
		throw new Refusal(400, 'Comment must be a string of max 500 characters');
	}
	database.insert('reviews', {
		id: newId('rev', clock.now()),
		order_id: order.id,
		service_id: order.service_id,
		reviewer_agent_id: wallet,
		reviewer_name: displayName(marketplace, wallet),
		rating,
		comment: comment?.trim() || undefined,
		created_at: clock.databaseText(),
	});
	database.run(
		'UPDATE services SET avg_rating = (SELECT avg(rating) FROM reviews WHERE service_id = ?1) WHERE id = ?1',
		order.service_id,
	);
	database.run(
		`UPDATE agents SET avg_rating = (SELECT avg(r.rating) FROM reviews r JOIN orders o ON o.id = r.order_id
			WHERE o.provider_agent_id = ?1) WHERE id = ?1`,
		order.provider_agent_id,
	);
	return reviewOf(marketplace, order.id)!;
}
