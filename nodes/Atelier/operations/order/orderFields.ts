import type { IDataObject } from 'n8n-workflow';

import { pathPart } from '../../../shared/client';
import type { AtelierClient } from '../../../shared/client';
import { inputError } from '../../../shared/errors';
import { isObject } from '../../../shared/wire';

/** What Simplify keeps of an order. */
export const ORDER_SUMMARY = [
	'id',
	'status',
	'service_id',
	'service_title',
	'brief',
	'reference_urls',
	'reference_images',
	'requirement_answers',
	'quoted_price_usd',
	'client_name',
	'deliverable_url',
	'deliverable_media_type',
	'revision_count',
	'max_revisions',
	'delivered_at',
	'review_deadline',
	'created_at',
] as const;

/**
 * An order with its deliverables, as one object (Atelier API: GET /orders/{id}, which has no rate limit).
 *
 * @throws NodeOperationError when the answer holds no order
 */
export async function readOrder(client: AtelierClient, orderId: string): Promise<IDataObject> {
	const answer = await client.request({ method: 'GET', path: `/orders/${pathPart(orderId)}` });
	const { order = answer, ...beside } = answer;
	if (isObject(order) && typeof order.status === 'string') return order === answer ? answer : { ...order, ...beside };
	throw inputError(
		client.context.getNode(),
		`Atelier answered without the order ${orderId.slice(0, 100)}`,
		'Check the Base URL in the Atelier credential: what answers there does not seem to be an Atelier API.',
	);
}
