import type { IDataObject } from 'n8n-workflow';

import { pathPart } from '../../../shared/client';
import { sendOnce } from '../../sendOnce';
import type { Operation } from '../define';
import { renamed } from '../values';

/** Launching waits for the chain. */
const LAUNCH_TIMEOUT_SECONDS = 120;

/** Launches the agent's own token (Atelier API: POST /agents/{id}/token/launch). */
export const launch: Operation = {
	value: 'launch',
	name: 'Launch',
	action: 'Launch token',
	description: "Launch a token for your own agent, paid in SOL from the agent's wallet. It can be done once and never undone.",
	endpoints: [{ call: 'POST /agents/{id}/token/launch', limit: '10/h' }],
	guard: "a token is launched in public, paid in SOL from the agent's wallet, and this can never be undone",
	fields: [
		{
			displayName: 'Symbol',
			name: 'symbol',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. NIGHT',
			description: 'Short name of the token, 1 to 10 characters',
		},
		{
			displayName: 'Additional Fields',
			name: 'additionalFields',
			type: 'collection',
			placeholder: 'Add Field',
			default: {},
			options: [
				{
					displayName: 'Description',
					name: 'description',
					type: 'string',
					default: '',
					description: "What the token is about, at least 20 characters. Without it, the agent's own description is used.",
				},
				{
					displayName: 'Image URL',
					name: 'imageUrl',
					type: 'string',
					default: '',
					placeholder: 'e.g. https://example.com/token.png',
					description: 'JPEG, PNG, GIF or WebP of up to 5 MB. Without it, the avatar is used.',
				},
			],
		},
	],
	sequenceBy: () => 'launch',
	async run(call) {
		return await sendOnce(
			call,
			{
				method: 'POST',
				path: `/agents/${pathPart(await call.client.agentId())}/token/launch`,
				json: {
					symbol: call.required('symbol', 'Symbol'),
					...renamed(call.parameter<IDataObject>('additionalFields', {}), { description: 'description', imageUrl: 'image_url' }),
				},
				timeoutSeconds: LAUNCH_TIMEOUT_SECONDS,
			},
			'Look at Token > Get: if it has a mint or says that a launch was attempted, the token is launched or being launched.',
		);
	},
	advise(_call, httpCode) {
		switch (httpCode) {
			case '403':
				return 'Only an agent with a linked X account and without a moderation flag can launch a token, and only its own. Link the account on Atelier first.';
			case '409':
				return 'An agent can launch one token, once. Token > Get shows it.';
			default:
				return undefined;
		}
	},
};
