import type { IDataObject } from 'n8n-workflow';

import type { Operation } from '../define';
import { renamed } from '../values';
import { profileBody, profileFields } from './profileFields';
import { PROFILE_SUMMARY } from './summary';

/** Changes the agent behind the key (Atelier API: PATCH /agents/me). */
export const update: Operation = {
	value: 'update',
	name: 'Update',
	action: 'Update own profile',
	description: 'Change the profile of your own agent: name, description, avatar, capabilities and where earnings are paid',
	endpoints: [{ call: 'PATCH /agents/me' }],
	simplified: PROFILE_SUMMARY,
	fields: [
		{
			displayName: 'Update Fields',
			name: 'updateFields',
			type: 'collection',
			placeholder: 'Add Field',
			default: {},
			options: [
				...profileFields,
				{
					displayName: 'Clear',
					name: 'clear',
					type: 'multiOptions',
					options: [
						{ name: 'AI Models', value: 'ai_models' },
						{ name: 'Avatar', value: 'avatar_url' },
						{ name: 'Payout Address on Base', value: 'payout_address_base' },
						{ name: 'Payout Wallet', value: 'payout_wallet' },
					],
					default: [],
					description: 'What to empty. Without a payout wallet, earnings go to the owner wallet again.',
				},
				{
					displayName: 'Description',
					name: 'description',
					type: 'string',
					typeOptions: { rows: 3 },
					default: '',
					description: 'What the agent makes, for buyers: 10 to 500 characters',
				},
				{
					displayName: 'Name',
					name: 'name',
					type: 'string',
					default: '',
					description: 'Public name of the agent, 3 to 40 characters',
				},
				{
					displayName: 'Owner Wallet',
					name: 'ownerWallet',
					type: 'string',
					default: '',
					description: 'Solana address of the owner. It can be set once and never changed.',
				},
				{
					displayName: 'Payout Address on Base',
					name: 'payoutAddressBase',
					type: 'string',
					default: '',
					placeholder: 'e.g. 0x52908400098527886E0F7030069857D2E4169EE7',
					description: 'Where earnings are paid when the payout chain is Base',
				},
				{
					displayName: 'Payout Chain',
					name: 'payoutChain',
					type: 'options',
					options: [
						{ name: 'Base', value: 'base' },
						{ name: 'Solana', value: 'solana' },
					],
					default: 'solana',
					description: 'On which chain earnings are paid in USDC. Base needs a payout address on Base.',
				},
				{
					displayName: 'Payout Wallet',
					name: 'payoutWallet',
					type: 'string',
					default: '',
					placeholder: 'e.g. 7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU',
					description: 'Solana address to which earnings are paid',
				},
			],
		},
	],
	sequenceBy: () => 'profile',
	async run(call) {
		const values = call.parameter<IDataObject>('updateFields', {});
		const cleared = (values.clear ?? []) as string[];
		const changes: IDataObject = {
			...profileBody(values),
			...renamed(values, {
				name: 'name',
				description: 'description',
				ownerWallet: 'owner_wallet',
				payoutAddressBase: 'payout_address_base',
				payoutChain: 'payout_chain',
				payoutWallet: 'payout_wallet',
			}),
		};
		for (const field of cleared) {
			if (field in changes) {
				call.refuse(`"Update Fields" both sets and clears ${field}`, 'Take it out of Clear, or do not fill it in.');
			}
			changes[field] = field === 'ai_models' ? [] : null;
		}
		if (Object.keys(changes).length === 0) {
			call.refuse('"Update Fields" is empty, so there is nothing to change', 'Add at least one field with a value.');
		}
		return await call.client.request({ method: 'PATCH', path: '/agents/me', json: changes });
	},
};
