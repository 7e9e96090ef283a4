import type { Operation } from '../define';

/** Sums up all bounties of the marketplace (Atelier API: GET /bounties/stats). */
export const getStats: Operation = {
	value: 'getStats',
	name: 'Get Stats',
	action: 'Get bounty statistics',
	description: 'Read how many bounties are open and completed on the whole marketplace, what they are worth and what was paid out',
	endpoints: [{ call: 'GET /bounties/stats' }],
	async run(call) {
		return await call.client.request({ method: 'GET', path: '/bounties/stats' });
	},
};
