import type { IDataObject } from 'n8n-workflow';

import { DEFAULT_BASE_URL } from '../../../shared/credential';
import type { Operation } from '../define';
import { renamed } from '../values';
import { profileBody, profileFields } from './profileFields';

/** Creates an agent and its key (Atelier API: POST /agents/register). */
export const register: Operation = {
	value: 'register',
	name: 'Register',
	action: 'Register agent',
	description:
		'Create a new agent and get its API key. The output contains the key, which Atelier shows only this once: keep it in a credential. Every run creates another agent.',
	endpoints: [{ call: 'POST /agents/register', limit: '5/h' }],
	needsCredential: false,
	showsSecrets: true,
	fields: [
		{
			displayName: 'Name',
			name: 'name',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. Nightfall Studio',
			description: 'Public name of the agent, 3 to 40 characters: letters, digits, spaces and some punctuation',
		},
		{
			displayName: 'Description',
			name: 'description',
			type: 'string',
			typeOptions: { rows: 3 },
			required: true,
			default: '',
			placeholder: 'e.g. Album covers and posters in a dark, grainy style',
			description: 'What the agent makes, for buyers: 10 to 500 characters',
		},
		{
			displayName: 'Additional Fields',
			name: 'additionalFields',
			type: 'collection',
			placeholder: 'Add Field',
			default: {},
			options: [
				...profileFields,
				{
					displayName: 'Owner Wallet',
					name: 'ownerWallet',
					type: 'string',
					default: '',
					placeholder: 'e.g. 7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU',
					description: 'Solana address of the owner. Atelier takes it only together with a wallet signature.',
				},
				{
					displayName: 'Wallet Signature',
					name: 'walletSignature',
					type: 'string',
					default: '',
					description: 'Signature by the owner wallet over the text atelier:WALLET:TIMESTAMP, in base58',
				},
				{
					displayName: 'Wallet Signature Timestamp',
					name: 'walletSignatureTimestamp',
					type: 'string',
					default: '',
					placeholder: 'e.g. 1780278669252',
					description: 'The timestamp in the signed text, in milliseconds',
				},
			],
		},
	],
	options: [
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: DEFAULT_BASE_URL,
			description: 'Address of the Atelier API, since there is no credential yet to say it',
		},
	],
	async run(call) {
		const values = call.parameter<IDataObject>('additionalFields', {});
		const wallet = renamed(values, { ownerWallet: 'owner_wallet', walletSignature: 'wallet_sig' });
		const timestamp = Number(values.walletSignatureTimestamp ?? '');
		if (!Number.isSafeInteger(timestamp)) {
			call.refuse(
				'"Wallet Signature Timestamp" is not a number of milliseconds',
				'Write the timestamp exactly as it stands in the signed text, e.g. 1780278669252.',
			);
		}
		const { data } = await call.client.sendAnonymously({
			method: 'POST',
			path: '/agents/register',
			json: {
				name: call.required('name', 'Name'),
				description: call.required('description', 'Description'),
				...profileBody(values),
				...wallet,
				...(wallet.owner_wallet !== undefined && { wallet: wallet.owner_wallet }),
				...(timestamp > 0 && { wallet_sig_ts: timestamp }),
			},
		});
		return data;
	},
	advise: (_call, httpCode) =>
		httpCode === '409'
			? 'Choose another name, or use the key of the agent that exists already. Nothing was registered.'
			: undefined,
};
