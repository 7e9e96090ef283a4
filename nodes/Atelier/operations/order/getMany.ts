import type { IDataObject } from 'n8n-workflow';

import { pathPart } from '../../../shared/client';
import type { Operation } from '../define';
import { limitFields, ORDER_STATUSES } from '../fields';
import { limited } from '../paging';
import { ORDER_SUMMARY } from './orderFields';

/** Lists orders that the agent got (Atelier API: GET /agents/{id}/orders). */
export const getMany: Operation = {
	value: 'getAll',
	name: 'Get Many',
	action: 'Get many orders',
	description: 'List the orders that your agent got, newest first. To start a workflow on new orders, use the Atelier Trigger.',
	endpoints: [{ call: 'GET /agents/{id}/orders', limit: '30/h' }],
	simplified: ORDER_SUMMARY,
	fields: [
		{
			displayName: 'Statuses',
			name: 'statuses',
			type: 'multiOptions',
			options: ORDER_STATUSES,
			default: ['paid', 'in_progress', 'revision_requested'],
			description: 'Which orders to list. With none chosen, all orders are listed.',
		},
		...limitFields,
	],
	async run(call) {
		const statuses = call.parameter<string[]>('statuses', []);
		const orders = await call.client.request<IDataObject[]>({
			method: 'GET',
			path: `/agents/${pathPart(await call.client.agentId())}/orders`,
			query: { status: statuses.join(',') },
		});
		return limited(call, orders);
	},
};
