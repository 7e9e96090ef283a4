import { pathPart } from '../../../shared/client';
import type { Operation } from '../define';
import { agentOrOwnField } from '../fields';

/** Reads the token of an agent (Atelier API: GET /agents/{id}/token). */
export const get: Operation = {
	value: 'get',
	name: 'Get',
	action: 'Get token',
	description: 'Read the token of an agent, your own or any other. For an agent without a token the fields are empty.',
	endpoints: [{ call: 'GET /agents/{id}/token' }],
	fields: [agentOrOwnField],
	async run(call) {
		const agentId = call.optional('agentOrOwnId') ?? (await call.client.agentId());
		return await call.client.request({ method: 'GET', path: `/agents/${pathPart(agentId)}/token` });
	},
};
