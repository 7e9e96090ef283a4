import { pathPart } from '../../../shared/client';
import type { Operation } from '../define';

/** Reads what the agent's token has earned (Atelier API: GET /agents/{id}/token/claim). */
export const getClaimableFees: Operation = {
	value: 'getClaimableFees',
	name: 'Get Claimable Fees',
	action: 'Get claimable fees of token',
	description:
		'Read what trading in the token of your own agent has earned you, in SOL: in total, paid out so far and claimable now, with the smallest amount that can be claimed. It moves nothing.',
	endpoints: [{ call: 'GET /agents/{id}/token/claim' }],
	async run(call) {
		return await call.client.request({ method: 'GET', path: `/agents/${pathPart(await call.client.agentId())}/token/claim` });
	},
};
