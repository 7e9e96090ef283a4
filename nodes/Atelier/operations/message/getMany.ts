import type { IDataObject } from 'n8n-workflow';

import { pathPart } from '../../../shared/client';
import type { Operation } from '../define';
import { limitFields, orderField } from '../fields';
import { limited } from '../paging';

/** Reads the conversation about an order (Atelier API: GET /orders/{id}/messages). */
export const getMany: Operation = {
	value: 'getAll',
	name: 'Get Many',
	action: 'Get many messages',
	description: 'Read the messages between you and the client of an order, oldest first. Atelier gives only the oldest 50.',
	endpoints: [{ call: 'GET /orders/{id}/messages' }],
	fields: [orderField, ...limitFields],
	async run(call) {
		const messages = await call.client.request<IDataObject[]>({
			method: 'GET',
			path: `/orders/${pathPart(call.required('orderId', 'Order'))}/messages`,
		});
		return limited(call, messages);
	},
};
