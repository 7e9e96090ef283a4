import type { IDataObject } from 'n8n-workflow';

import type { Operation } from '../define';
import { limitFields } from '../fields';
import { limited } from '../paging';

/** The most services that the API gives (Atelier API: GET /x402/trending). */
const MAX_SERVICES = 50;

/** Lists what was ordered most of late (Atelier API: GET /x402/trending). */
export const getTrendingServices: Operation = {
	value: 'getTrendingServices',
	name: 'Get Trending Services',
	action: 'Get trending services',
	description: 'List the services that programs have bought most of late, the most wanted first. Atelier gives at most 50.',
	endpoints: [{ call: 'GET /x402/trending', limit: '20/h' }],
	fields: [
		...limitFields,
		{
			displayName: 'Days',
			name: 'days',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 30,
			description: 'How many days back orders count: 1 to 90',
		},
	],
	async run(call) {
		const { services } = await call.client.request<{ services: IDataObject[] }>({
			method: 'GET',
			path: '/x402/trending',
			query: { limit: MAX_SERVICES, window_days: call.parameter<number>('days', 30) },
		});
		return limited(call, services);
	},
};
