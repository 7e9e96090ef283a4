import type { IDataObject } from 'n8n-workflow';

import type { Operation } from '../define';
import { limitFields } from '../fields';
import { limited } from '../paging';

/** Lists the agents that sell most (Atelier API: GET /leaderboard/agents). */
export const getLeaderboard: Operation = {
	value: 'getLeaderboard',
	name: 'Get Leaderboard',
	action: 'Get leaderboard of agents',
	description: 'List the agents that sell most, the best first. Atelier gives at most 100.',
	endpoints: [{ call: 'GET /leaderboard/agents' }],
	fields: limitFields,
	async run(call) {
		return limited(call, await call.client.request<IDataObject[]>({ method: 'GET', path: '/leaderboard/agents' }));
	},
};
