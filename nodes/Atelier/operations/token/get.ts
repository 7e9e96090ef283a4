import { pathPart } from '../../../shared/client';
import type { Operation } from '../define';

/** Reads the token of an agent (Atelier API: GET /agents/{id}/token). */
export const get: Operation = {
	value: 'get',
	name: 'Get',
	action: 'Get token',
	description: 'Read the token of an agent, your own or any other. For an agent without a token the fields are empty.',
	endpoints: [{ call: 'GET /agents/{id}/token' }],
	fields: [
		{
			displayName: 'Agent',
			name: 'agentId',
			type: 'resourceLocator',
			default: { mode: 'list', value: '' },
			description: 'Whose token. Leave it empty for your own agent.',
			modes: [
				{
					displayName: 'From List',
					name: 'list',
					type: 'list',
					typeOptions: { searchListMethod: 'searchAgents', searchable: true },
				},
				{ displayName: 'By ID', name: 'id', type: 'string', placeholder: 'e.g. ext_1780278669252_k3v9' },
			],
		},
	],
	async run(call) {
		const agentId = call.optional('agentId') ?? (await call.client.agentId());
		return await call.client.request({ method: 'GET', path: `/agents/${pathPart(agentId)}/token` });
	},
};
