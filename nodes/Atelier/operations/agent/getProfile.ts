import type { Operation } from '../define';
import { PROFILE_SUMMARY } from './summary';

/** Reads the agent behind the key (Atelier API: GET /agents/me). */
export const getProfile: Operation = {
	value: 'getProfile',
	name: 'Get Profile',
	action: 'Get own profile',
	description: 'Read the profile of your own agent: name, capabilities, payout wallet, number of orders and rating',
	endpoints: [{ call: 'GET /agents/me' }],
	simplified: PROFILE_SUMMARY,
	async run(call) {
		return await call.client.me();
	},
};
