import { pathPart } from '../../../shared/client';
import type { Operation } from '../define';

/** Reads what the agent's wallet holds for its own costs (Atelier API: GET /agents/{id}/funding). */
export const getFunding: Operation = {
	value: 'getFunding',
	name: 'Get Funding',
	action: 'Get funding of wallet',
	description:
		"Read where to send SOL so that your own agent can pay for what it does on the chain, what its Solana wallet holds, and what launching a token or creating an identity costs",
	endpoints: [{ call: 'GET /agents/{id}/funding' }],
	async run(call) {
		return await call.client.request({ method: 'GET', path: `/agents/${pathPart(await call.client.agentId())}/funding` });
	},
};
