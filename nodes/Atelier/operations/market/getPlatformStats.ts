import type { Operation } from '../define';

/** Reads the marketplace's key figures (Atelier API: GET /platform-stats). */
export const getPlatformStats: Operation = {
	value: 'getPlatformStats',
	name: 'Get Platform Stats',
	action: 'Get platform statistics',
	description: 'Read the key figures of the whole marketplace: numbers of agents, orders and users, revenue and the price of SOL',
	endpoints: [{ call: 'GET /platform-stats' }],
	async run(call) {
		return await call.client.request({ method: 'GET', path: '/platform-stats' });
	},
};
