import { runNode, TEST_BASE_URL } from '../support/engine';
import { mockAtelier } from '../support/mockAtelier';
import { profileRow } from '../support/wire';

const atelier = mockAtelier();

describe('Agent > Register', () => {
	const registered = {
		agent_id: 'ext_2',
		slug: 'nightfall-studio',
		api_key: `atelier_${'1f'.repeat(24)}`,
		webhook_secret: null,
		marketable: false,
		note: 'Set a payout wallet to be listed',
	};
	const parameters = {
		resource: 'agent',
		operation: 'register',
		name: ' Nightfall Studio ',
		description: 'Album covers in a dark style',
		options: { baseUrl: `${TEST_BASE_URL}/` },
	};

	it('works without a credential and puts out the new key', async () => {
		atelier.answers('POST /agents/register', registered);
		const { items } = await runNode({ parameters, credential: null });
		expect(atelier.requests()).toEqual([
			{
				call: 'POST /agents/register',
				body: { name: 'Nightfall Studio', description: 'Album covers in a dark style' },
				key: false,
			},
		]);
		expect(atelier.headers(0)).not.toHaveProperty('authorization');
		expect(items).toEqual([registered]);
	});

	it('sends every optional field under its name in the API', async () => {
		atelier.answers('POST /agents/register', registered);
		await runNode({
			parameters: {
				...parameters,
				additionalFields: {
					aiModels: 'gpt-image-1, flux-pro',
					avatarUrl: 'https://example.com/a.png',
					capabilities: ['image_gen', 'custom'],
					endpointUrl: 'https://n8n.example.com/webhook/atelier',
					ownerWallet: '7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU',
					walletSignature: '5sig',
					walletSignatureTimestamp: '1780278669252',
				},
			},
			credential: null,
		});
		expect(atelier.requests()[0].body).toEqual({
			name: 'Nightfall Studio',
			description: 'Album covers in a dark style',
			ai_models: ['gpt-image-1', 'flux-pro'],
			avatar_url: 'https://example.com/a.png',
			capabilities: ['image_gen', 'custom'],
			endpoint_url: 'https://n8n.example.com/webhook/atelier',
			owner_wallet: '7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU',
			wallet: '7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU',
			wallet_sig: '5sig',
			wallet_sig_ts: 1780278669252,
		});
	});

	it('passes on why a name was refused, and what to do', async () => {
		atelier.replies('POST /agents/register', {
			status: 409,
			body: {
				success: false,
				error: 'name_taken',
				message: 'An agent with this name already exists.',
			},
		});
		const { error } = await runNode({ parameters, credential: null });
		expect(error?.message).toBe('Atelier answered 409: An agent with this name already exists. [item 0]');
		expect(error?.description).toBe('Choose another name, or use the key of the agent that exists already. Nothing was registered.');
	});

	it.each([
		['Name', { name: ' ' }],
		['Description', { description: '={{ "" }}' }],
	])('asks for an empty %s before it sends anything', async (label, emptied) => {
		const { error } = await runNode({ parameters: { ...parameters, ...emptied }, credential: null });
		expect(error?.message).toBe(`"${label}" is empty [item 0]`);
		expect(error?.description).toContain(`Fill in "${label}"`);
	});

	it('names a timestamp that is none', async () => {
		const { error } = await runNode({
			parameters: { ...parameters, additionalFields: { walletSignatureTimestamp: 'yesterday' } },
			credential: null,
		});
		expect(error?.message).toBe('"Wallet Signature Timestamp" is not a number of milliseconds [item 0]');
	});

	it.each(['http://atelier.example.com/api', 'atelier'])('does not have a key made over an unsafe address: %s', async (baseUrl) => {
		const { error } = await runNode({ parameters: { ...parameters, options: { baseUrl } }, credential: null });
		expect(error?.message).toContain(`The Base URL in the options, "${baseUrl}",`);
	});
});

describe('Agent > Get Profile', () => {
	const parameters = { resource: 'agent', operation: 'getProfile' };

	it('reads the agent behind the key, without its secrets', async () => {
		atelier.answers('GET /agents/me', profileRow());
		const { items } = await runNode({ parameters });
		expect(atelier.requests()).toEqual([{ call: 'GET /agents/me' }]);
		expect(items).toEqual([
			{
				id: 'ext_1',
				slug: 'nightfall-studio',
				name: 'Nightfall Studio',
				description: 'Album covers in a dark style',
				capabilities: ['image_gen'],
				ai_models: ['gpt-image-1'],
				endpoint_url: 'https://n8n.example.com/webhook/atelier',
				payout_wallet: null,
				payout_chain: 'solana',
				payout_address_base: null,
				total_orders: 3,
				completed_orders: 2,
				avg_rating: 4.5,
			},
		]);
	});

	it('keeps every other field, cleaned, when Simplify is off', async () => {
		atelier.answers('GET /agents/me', profileRow({ field_of_tomorrow: { kept: true } }));
		const { items } = await runNode({ parameters: { ...parameters, simplify: false } });
		const { api_key: _key, webhook_secret: _secret, ...harmless } = profileRow();
		expect(items).toEqual([
			{
				...harmless,
				capabilities: ['image_gen'],
				created_at: '2026-06-30T08:15:00.000Z',
				field_of_tomorrow: { kept: true },
			},
		]);
	});

	it('shows the raw response on demand, but no secret even then', async () => {
		atelier.answers('GET /agents/me', profileRow());
		const { items } = await runNode({ parameters: { ...parameters, options: { rawResponse: true } } });
		const { api_key: _key, webhook_secret: _secret, ...harmless } = profileRow();
		expect(items).toEqual([harmless]);
	});

	it('says which credential to look at when the key is wrong', async () => {
		atelier.refuses('GET /agents/me', 401, 'Invalid or inactive API key');
		const { error } = await runNode({ parameters });
		expect(error).toMatchObject({
			message: 'Atelier answered 401: Invalid or inactive API key [item 0]',
			httpCode: '401',
			description: expect.stringContaining('Check the API Key in the Atelier credential'),
		});
	});
});

describe('Agent > Update', () => {
	const parameters = { resource: 'agent', operation: 'update' };

	it('sends what is filled in and nothing else', async () => {
		atelier.answers('PATCH /agents/me', profileRow({ name: 'Dawn Studio' }));
		const { items } = await runNode({
			parameters: {
				...parameters,
				updateFields: {
					name: 'Dawn Studio',
					description: '',
					payoutChain: 'base',
					payoutAddressBase: '0x52908400098527886E0F7030069857D2E4169EE7',
					payoutWallet: '7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU',
					ownerWallet: '9xQeWvG816bUx9EPjHmaT23yvVM2ZWbrrpZb9PusVFin',
					capabilities: [],
				},
			},
		});
		expect(atelier.requests()).toEqual([
			{
				call: 'PATCH /agents/me',
				body: {
					name: 'Dawn Studio',
					payout_chain: 'base',
					payout_address_base: '0x52908400098527886E0F7030069857D2E4169EE7',
					payout_wallet: '7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU',
					owner_wallet: '9xQeWvG816bUx9EPjHmaT23yvVM2ZWbrrpZb9PusVFin',
				},
			},
		]);
		expect(items[0]).toMatchObject({ name: 'Dawn Studio' });
		expect(items[0]).not.toHaveProperty('webhook_secret');
	});

	it('resets the payout wallet and empties lists and addresses', async () => {
		atelier.answers('PATCH /agents/me', profileRow());
		await runNode({
			parameters: {
				...parameters,
				updateFields: { clear: ['ai_models', 'avatar_url', 'payout_address_base', 'payout_wallet'] },
			},
		});
		expect(atelier.requests()[0].body).toEqual({
			ai_models: [],
			avatar_url: null,
			payout_address_base: null,
			payout_wallet: null,
		});
	});

	it.each([
		['nothing to change', {}, '"Update Fields" is empty, so there is nothing to change [item 0]'],
		[
			'a field that is both set and cleared',
			{ payoutWallet: '7xKX', clear: ['payout_wallet'] },
			'"Update Fields" both sets and clears payout_wallet [item 0]',
		],
	])('refuses %s', async (_what, updateFields, message) => {
		const { error } = await runNode({ parameters: { ...parameters, updateFields } });
		expect(error?.message).toBe(message);
	});

	it("passes on the server's words when an owner is set already", async () => {
		atelier.refuses('PATCH /agents/me', 403, 'Agent already has an owner');
		const { error } = await runNode({ parameters: { ...parameters, updateFields: { ownerWallet: '7xKX' } } });
		expect(error?.message).toBe('Atelier answered 403: Agent already has an owner [item 0]');
	});
});
