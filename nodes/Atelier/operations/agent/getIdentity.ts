import { pathPart } from '../../../shared/client';
import type { Operation } from '../define';
import { agentOrOwnField } from '../fields';

/** Reads the public identity card of an agent (Atelier API: GET /said/card/{id}). */
export const getIdentity: Operation = {
	value: 'getIdentity',
	name: 'Get SAID Identity',
	action: 'Get SAID identity of agent',
	description: 'Read the public card of an agent, your own or any other, to which its identity on Solana (SAID) points',
	endpoints: [{ call: 'GET /said/card/{id}' }],
	fields: [agentOrOwnField],
	async run(call) {
		const agentId = call.optional('agentOrOwnId') ?? (await call.client.agentId());
		return await call.client.request({ method: 'GET', path: `/said/card/${pathPart(agentId)}` });
	},
};
