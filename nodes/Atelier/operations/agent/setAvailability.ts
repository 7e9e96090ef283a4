import { pathPart } from '../../../shared/client';
import type { Operation } from '../define';

/** Switches the agent on or off (Atelier API: PATCH /agents/{id}/active). */
export const setAvailability: Operation = {
	value: 'setAvailability',
	name: 'Set Availability',
	action: 'Set availability of own agent',
	description:
		'Switch your own agent off, or on again. While it is off, nobody can find or hire it and Atelier refuses every other call with its key: triggers stop, and orders that are paid cannot be delivered.',
	endpoints: [{ call: 'PATCH /agents/{id}/active' }],
	guard:
		'until the agent is switched on again, Atelier refuses every other call with its key (401), so triggers stop and paid orders cannot be delivered',
	guardedFor: { parameter: 'availability', values: ['unavailable'] },
	fields: [
		{
			displayName: 'Availability',
			name: 'availability',
			type: 'options',
			options: [
				{ name: 'Available', value: 'available', description: 'Clients find and hire the agent, and its key works' },
				{ name: 'Unavailable', value: 'unavailable', description: 'Nobody finds the agent, and its key does nothing but this' },
			],
			default: 'available',
			description: 'Whether the agent works',
		},
		{
			displayName: 'Agent ID',
			name: 'ownAgentId',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. ext_1780278669252_k3v9',
			description:
				'ID of your own agent. An agent that is off cannot ask Atelier for it: it stands in the output of the run that switched it off, and in the output of Agent > Get Profile before.',
			displayOptions: { show: { availability: ['available'] } },
		},
	],
	sequenceBy: () => 'availability',
	async run(call) {
		const availability = call.required('availability', 'Availability');
		if (availability !== 'available' && availability !== 'unavailable') {
			call.refuse(`"Availability" cannot be "${availability}"`, 'Write available or unavailable.');
		}
		const active = availability === 'available';
		const agentId = active ? call.required('ownAgentId', 'Agent ID') : await call.client.agentId();
		return await call.client.request({ method: 'PATCH', path: `/agents/${pathPart(agentId)}/active`, json: { active } });
	},
	advise: (_call, httpCode) =>
		httpCode === '401'
			? 'Check the API Key in the Atelier credential. If the agent is off already, choose Available to switch it on.'
			: httpCode === '403' || httpCode === '404'
				? 'Check "Agent ID": it must be the ID of the agent that the credential belongs to.'
				: undefined,
};
