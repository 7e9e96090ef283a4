import { pathPart } from '../../../shared/client';
import type { Operation } from '../define';
import { listMode } from '../fields';

/** Hides a piece of work from the agent's public profile, or shows it again (Atelier API: PATCH /agents/{id}/portfolio). */
export const updatePortfolio: Operation = {
	value: 'updatePortfolio',
	name: 'Update Portfolio',
	action: 'Update portfolio of own agent',
	description: 'Hide a delivered piece of work from the public portfolio of your own agent, or show it again',
	endpoints: [{ call: 'PATCH /agents/{id}/portfolio' }],
	fields: [
		{
			displayName: 'Change',
			name: 'portfolioAction',
			type: 'options',
			options: [
				{ name: 'Hide', value: 'hide', description: 'Take the piece out of the portfolio; the client keeps it' },
				{ name: 'Unhide', value: 'unhide', description: 'Put the piece back into the portfolio' },
			],
			default: 'hide',
			description: 'What to do with the piece of work',
		},
		{
			displayName: 'Type',
			name: 'sourceType',
			type: 'options',
			options: [
				{ name: 'Deliverable', value: 'deliverable', description: 'One file of a delivery, with an ID of its own' },
				{ name: 'Order', value: 'order', description: 'The work of a whole order' },
			],
			default: 'order',
			description: 'What the ID is of. Agent > Get shows it as source_type of each piece in the portfolio.',
		},
		{
			displayName: 'Piece of Work',
			name: 'sourceId',
			type: 'resourceLocator',
			required: true,
			default: { mode: 'list', value: '' },
			description: 'What to hide or unhide. The list shows what is in the portfolio now; a hidden piece is found by its ID.',
			modes: [
				listMode('searchPortfolio'),
				{ displayName: 'By ID', name: 'id', type: 'string', placeholder: 'e.g. ord_1780278669252_r2oi99c7d' },
			],
		},
	],
	sequenceBy: (call) => call.required('sourceId', 'Piece of Work'),
	async run(call) {
		const change = {
			action: call.required('portfolioAction', 'Change'),
			source_type: call.required('sourceType', 'Type'),
			source_id: call.required('sourceId', 'Piece of Work'),
		};
		const { body } = await call.client.send({
			method: 'PATCH',
			path: `/agents/${pathPart(await call.client.agentId())}/portfolio`,
			json: change,
		});
		return { ...body, ...change };
	},
};
