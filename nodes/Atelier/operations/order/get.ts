import type { Operation } from '../define';
import { orderField } from '../fields';
import { ORDER_SUMMARY, readOrder } from './orderFields';

/** Reads one order with everything delivered so far (Atelier API: GET /orders/{id}). */
export const get: Operation = {
	value: 'get',
	name: 'Get',
	action: 'Get order',
	description: 'Read one order: its brief, status, price, deadlines and what was delivered so far',
	endpoints: [{ call: 'GET /orders/{id}' }],
	simplified: [...ORDER_SUMMARY, 'deliverables', 'review', 'viewer_role'],
	fields: [orderField],
	async run(call) {
		return await readOrder(call.client, call.required('orderId', 'Order'));
	},
};
