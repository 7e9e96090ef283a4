import type { IDataObject } from 'n8n-workflow';

import type { Operation } from '../define';

/** Reads how a pool is doing (Atelier API: GET /earn/parquet/pools). */
export const getPools: Operation = {
	value: 'getPools',
	name: 'Get Pools',
	action: 'Get earn pools',
	description:
		'Read how the pool behind a market is doing: how much USDC it holds, how much of it can be withdrawn at once, and whether withdrawals are queueing',
	endpoints: [{ call: 'GET /earn/parquet/pools', limit: '60/min' }],
	fields: [
		{
			displayName: 'Market Name',
			name: 'marketName',
			type: 'string',
			default: '',
			placeholder: 'e.g. spy-usdc',
			hint: 'Leave it empty for the main pool',
			description: 'Which pool, by the field market of Earn > Get Markets',
		},
	],
	async run(call) {
		return await call.client.request<IDataObject | IDataObject[]>({
			method: 'GET',
			path: '/earn/parquet/pools',
			query: { market: call.parameter<string>('marketName', '').trim() },
		});
	},
};
