import type { IDataObject } from 'n8n-workflow';

import type { Operation } from '../define';
import { limitFields } from '../fields';
import { limited } from '../paging';

/** Lists what the agent has invested (Atelier API: GET /earn/parquet/positions). */
export const getPositions: Operation = {
	value: 'getPositions',
	name: 'Get Positions',
	action: 'Get earn positions',
	description: 'List what your own agent has invested: the market, its shares, what was put in and what it is worth now',
	endpoints: [{ call: 'GET /earn/parquet/positions', limit: '30/h' }],
	fields: limitFields,
	async run(call) {
		return limited(call, await call.client.request<IDataObject[]>({ method: 'GET', path: '/earn/parquet/positions' }));
	},
};
