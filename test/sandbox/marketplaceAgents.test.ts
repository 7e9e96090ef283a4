import { base58 } from '@scure/base';
import { secp256k1 } from '@noble/curves/secp256k1';
import { keccak_256 } from '@noble/hashes/sha3';
import { DATABASE_TIME, MarketplaceClient, Wallet } from './marketplaceClient';

const shop = new MarketplaceClient();
beforeAll(async () => await shop.start());
afterAll(async () => await shop.stop());

const DESCRIPTION = 'Paints small pictures of large animals.';
const register = (body: Record<string, unknown>) =>
	shop.post('/agents/register', undefined, { description: DESCRIPTION, ...body });

describe('POST /agents/register', () => {
	it('answers 201 with id, slug and key, and says that a bare agent is not marketable', async () => {
		const { status, data } = await register({ name: 'Elephant Studio' });
		expect(status).toBe(201);
		expect(data).toEqual({
			agent_id: expect.stringMatching(/^ext_\d{13}_[a-z0-9]{9}$/),
			slug: 'elephant-studio',
			api_key: expect.stringMatching(/^atelier_[0-9a-f]{48}$/),
			webhook_secret: null,
			twitter_username: null,
			marketable: false,
			note: expect.any(String),
			wallet: { solana_address: expect.any(String), note: expect.any(String) },
			protocol_spec: { required_endpoints: expect.any(Array) },
		});
		expect(data.protocol_spec.required_endpoints).toHaveLength(4);
	});

	it('creates a webhook secret for an agent with an endpoint', async () => {
		const { data } = await register({ name: 'Giraffe Studio', endpoint_url: 'https://agent.example.com/hook' });
		expect(data.webhook_secret).toMatch(/^whsec_[0-9a-f]{64}$/);
	});

	it.each([
		['ab', 'name must be 3-40 characters'],
		['x'.repeat(41), 'name must be 3-40 characters'],
		['Sp\u00e9cial', expect.stringContaining('may only contain letters')],
		['123 4x', 'name must contain at least 2 letters'],
		['My test agent', 'name contains a blocked word ("test")'],
		['Super At3lier', 'name contains a reserved or impersonation-protected term'],
		['Dream-Team', 'name contains a reserved or impersonation-protected term'],
	])('refuses the name %j', async (name, error) => {
		expect(await register({ name })).toMatchObject({ status: 400, body: { success: false, error } });
	});

	it('lets a word pass that only contains a blocked one', async () => {
		expect((await register({ name: 'Contest Winner' })).status).toBe(201);
	});

	it('refuses short, long and dishonest descriptions', async () => {
		for (const description of [
			'too short',
			'x'.repeat(501),
			'Guaranteed profits for every buyer',
			'A completely risk-free picture',
		]) {
			expect((await register({ name: 'Honest Painter', description })).status).toBe(400);
		}
		expect((await register({ name: 'Honest Painter', description: undefined })).body.error).toBe(
			'Missing required fields: name, description',
		);
	});

	it('refuses capabilities that are no categories, but ignores a string', async () => {
		expect((await register({ name: 'Capable Painter', capabilities: ['image_gen', 'cooking'] })).body.error).toContain(
			'Invalid capabilities: cooking. Valid: image_gen,',
		);
		const { data } = await register({ name: 'Capable Painter', capabilities: 'image_gen' });
		expect((await shop.get('/agents/me', data.api_key)).data.capabilities).toBe('[]');
	});

	it('calls the same name and description a duplicate, and shows the earlier agent', async () => {
		const first = await register({ name: 'Twin Painter' });
		const second = await register({ name: 'twin painter' });
		expect(second.status).toBe(409);
		expect(second.body).toEqual({
			success: false,
			error: 'duplicate_agent',
			message: expect.any(String),
			existing_agent: {
				agent_id: first.data.agent_id,
				slug: 'twin-painter',
				name: 'Twin Painter',
				created_at: expect.stringMatching(DATABASE_TIME),
				api_key_hint: `atelier_...${first.data.api_key.slice(-4)}`,
			},
			recovery: expect.any(String),
		});
	});

	it('calls the same canonical name taken, and accepts the same description under another name', async () => {
		await register({ name: 'Rare Painter' });
		for (const body of [
			{ name: 'Rare.Painter' },
			{ name: 'Rare Painter', description: 'Another description altogether.' },
		]) {
			expect(await register(body)).toMatchObject({
				status: 409,
				body: { error: 'name_taken', message: expect.any(String) },
			});
		}
		expect((await register({ name: 'Common Painter' })).status).toBe(201);
	});

	it('ignores an owner without a signature, refuses a wrong one, and believes a right one', async () => {
		const wallet = new Wallet();
		const bare = await register({ name: 'Orphan Painter', owner_wallet: wallet.address });
		expect((await shop.get('/agents/me', bare.data.api_key)).data.owner_wallet).toBeNull();
		const wrong = await register({
			name: 'Stolen Painter',
			owner_wallet: wallet.address,
			wallet_sig: 'x',
			wallet_sig_ts: Date.now(),
		});
		expect(wrong.status).toBe(401);
		const { data } = await register({ name: 'Owned Painter', owner_wallet: wallet.address, ...wallet.signature() });
		expect(data.marketable).toBe(true);
		expect((await shop.get('/agents/me', data.api_key)).data.owner_wallet).toBe(wallet.address);
	});

	it('asks for a dollar when told to take payment, in the flat form', async () => {
		const { status, body, headers } = await register({ name: 'Paying Painter', pay_to_register: true });
		expect(status).toBe(402);
		expect(body).toEqual({
			version: '1',
			scheme: 'exact',
			network: 'solana-mainnet',
			asset: { currency: 'USDC', address: expect.any(String) },
			payTo: expect.any(String),
			maxAmountRequired: '1000000',
			description: expect.any(String),
			resource: expect.any(String),
		});
		expect([headers.get('x-payment-scheme'), headers.get('x-payment-network'), headers.get('x-payment-asset')]).toEqual(
			['exact', 'solana-mainnet', 'USDC'],
		);
		const payment = base58.encode(crypto.getRandomValues(new Uint8Array(64)));
		const pay = (name: string) =>
			shop.call('POST', '/agents/register', {
				headers: { 'X-PAYMENT': payment },
				body: { name, description: DESCRIPTION },
			});
		expect((await pay('Paying Painter')).status).toBe(201);
		expect((await pay('Second Paying Painter')).status).toBe(409);
	});
});

describe('/agents/me', () => {
	it('shows the agent with a masked key, text capabilities, a real list of models and its secret', async () => {
		const agent = await shop.agent({
			capabilities: ['image_gen', 'seo'],
			endpoint_url: 'https://agent.example.com/hook',
		});
		const { data } = await shop.get('/agents/me', agent.api_key);
		expect(Object.keys(data).sort()).toEqual(
			[
				...['id', 'slug', 'name', 'description', 'avatar_url', 'endpoint_url', 'capabilities', 'api_key', 'verified'],
				...['twitter_username', 'ai_models', 'total_orders', 'completed_orders', 'avg_rating', 'owner_wallet'],
				...['payout_wallet', 'payout_chain', 'payout_address_base', 'solana_payout_configured'],
				...['base_payout_configured', 'privy_evm_wallet_id', 'privy_solana_wallet_id', 'withdraw_address_solana'],
				...['withdraw_address_base', 'wallets', 'privy_user_id', 'webhook_secret', 'moderation', 'created_at'],
			].sort(),
		);
		expect(data).toMatchObject({
			capabilities: '["image_gen","seo"]',
			ai_models: [],
			api_key: `atelier_...${agent.api_key.slice(-4)}`,
			webhook_secret: agent.webhook_secret,
			moderation: { status: 'ok', reason: null },
			created_at: expect.stringMatching(DATABASE_TIME),
		});
	});

	it('adds what the wallets hold when asked', async () => {
		const agent = await shop.agent();
		await shop.control.changeAgent(agent.id, { add_funds: { usdc_solana: 12.5 } });
		const { data } = await shop.get('/agents/me?balances=1', agent.api_key);
		expect(data.server_wallets).toMatchObject({ solana: { usdc: 12.5 }, base: { usdc: 0 } });
	});

	it('leaves everything as it is when the edit is empty or unknown', async () => {
		const agent = await shop.agent();
		const before = await shop.get('/agents/me', agent.api_key);
		const after = await shop.patch('/agents/me', agent.api_key, {});
		expect(after.status).toBe(200);
		expect(before.data).toMatchObject(after.data);
		const absent = ['twitter_username', 'privy_evm_wallet_id', 'withdraw_address_base', 'wallets', 'server_wallets'];
		expect(Object.keys(after.data).filter((key) => absent.includes(key))).toEqual([]);
		expect((await shop.patch('/agents/me', agent.api_key, { favourite_colour: 'blue' })).data).toEqual(after.data);
	});

	it('creates the webhook secret with the first endpoint and keeps it from then on', async () => {
		const agent = await shop.agent();
		const first = await shop.patch('/agents/me', agent.api_key, { endpoint_url: 'https://one.example.com/' });
		expect(first.data.webhook_secret).toMatch(/^whsec_[0-9a-f]{64}$/);
		const second = await shop.patch('/agents/me', agent.api_key, { endpoint_url: 'https://two.example.com/' });
		expect(second.data).toMatchObject({
			endpoint_url: 'https://two.example.com/',
			webhook_secret: first.data.webhook_secret,
		});
	});

	it.each([
		['http://127.0.0.1:5678/hook', 'Invalid endpoint_url: URL points to a private/internal network'],
		['http://[::1]/hook', 'Invalid endpoint_url: URL points to a private/internal network'],
		['http://10.1.2.3/', 'Invalid endpoint_url: URL points to a private/internal network'],
		['http://100.64.0.1/', 'Invalid endpoint_url: URL points to a private/internal network'],
		['http://localhost:5678/', 'Invalid endpoint_url: URL points to a blocked host'],
		['ftp://example.com/', 'Invalid endpoint_url: URL must use https or http protocol'],
		[null, 'Invalid endpoint_url: Invalid URL format'],
		['', 'Invalid endpoint_url: Invalid URL format'],
	])('refuses the endpoint %j', async (url, error) => {
		const agent = await shop.agent();
		expect(await shop.patch('/agents/me', agent.api_key, { endpoint_url: url })).toMatchObject({
			status: 400,
			body: { error },
		});
	});

	it.each([
		[{ capabilities: 'image_gen' }, 'capabilities must be an array'],
		[{ capabilities: null }, 'capabilities must be an array'],
		[{ ai_models: Array(11).fill('Flux') }, 'ai_models must be an array of max 10 items'],
		[{ ai_models: ['x'.repeat(31)] }, 'Each ai_models item must be 1-30 characters'],
		[{ payout_wallet: '0x123' }, 'payout_wallet must be a valid base58 Solana address'],
		[{ payout_chain: 'base' }, 'Base payout selected but payout_address_base is missing'],
		[{ payout_address_base: 'nowhere' }, 'payout_address_base must be a valid EVM address'],
	])('refuses %j', async (body, error) => {
		const agent = await shop.agent();
		expect(await shop.patch('/agents/me', agent.api_key, body)).toMatchObject({ status: 400, body: { error } });
	});

	it('stores an EVM address checksummed and then accepts payouts on Base', async () => {
		const agent = await shop.agent();
		const { data } = await shop.patch('/agents/me', agent.api_key, {
			payout_address_base: '0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed',
			payout_chain: 'base',
		});
		expect(data).toMatchObject({
			payout_address_base: '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
			payout_chain: 'base',
			base_payout_configured: true,
		});
	});

	it('lets an owner be claimed once', async () => {
		const agent = await shop.agent({ owner_wallet: null });
		const [mine, theirs] = [new Wallet().address, new Wallet().address];
		expect((await shop.patch('/agents/me', agent.api_key, { owner_wallet: mine })).data.owner_wallet).toBe(mine);
		expect((await shop.patch('/agents/me', agent.api_key, { owner_wallet: theirs })).status).toBe(403);
		expect((await shop.patch('/agents/me', agent.api_key, { owner_wallet: mine })).status).toBe(200);
	});

	it("refuses another agent's name", async () => {
		const [one, two] = [await shop.agent(), await shop.agent()];
		expect((await shop.patch('/agents/me', two.api_key, { name: one.name })).status).toBe(409);
		expect((await shop.patch('/agents/me', two.api_key, { name: two.name })).status).toBe(200);
	});
});

describe('/agents and /agents/{id}', () => {
	it('nests the agent, by id or slug, and shows more to its own key', async () => {
		const { agent, order } = await shop.order();
		const { data } = await shop.get(`/agents/${agent.slug}`);
		expect(Object.keys(data)).toEqual(['agent', 'services', 'portfolio', 'stats', 'reviews', 'recentOrders']);
		expect(data.agent).toMatchObject({
			id: agent.id,
			capabilities: ['image_gen'],
			has_endpoint: false,
			is_owner: false,
		});
		expect(data.agent).not.toHaveProperty('pending_orders');
		expect(data.services[0]).not.toHaveProperty('provider_key');
		expect(data.recentOrders).toMatchObject([{ id: order.id, client_display_name: 'Demo buyer' }]);
		const own = await shop.get(`/agents/${agent.id}`, agent.api_key);
		expect(own.data.agent).toMatchObject({ is_owner: true, pending_orders: 1, moderation: { status: 'ok' } });
	});

	it('answers PATCH with the raw row of 60 columns, secrets included, and creates no webhook secret', async () => {
		const agent = await shop.agent();
		const { data } = await shop.patch(`/agents/${agent.id}`, agent.api_key, {
			endpoint_url: 'https://agent.example.com/',
		});
		expect(Object.keys(data)).toHaveLength(60);
		expect(data).toMatchObject({ api_key: agent.api_key, webhook_secret: null, ai_models: null });
		for (const column of ['webhook_secret', 'said_secret_key', 'registration_ip']) expect(data).toHaveProperty(column);
		const stranger = await shop.agent();
		expect((await shop.patch(`/agents/${agent.id}`, stranger.api_key, {})).status).toBe(403);
	});

	it('lists agents that can be hired, with numbers for money, and hides the others', async () => {
		const { agent } = await shop.order();
		const bare = await register({ name: 'Invisible Painter' });
		const { data } = await shop.get('/agents?limit=100&sortBy=newest');
		const listed = data.find(({ id }: { id: string }) => id === agent.id);
		expect(listed).toMatchObject({ min_price_usd: 12, total_revenue: 0, categories: ['image_gen'], services_count: 1 });
		expect(Object.keys(listed)).toHaveLength(26);
		expect(JSON.stringify(data)).not.toContain(bare.data.agent_id);
		await shop.patch('/agents/me', bare.data.api_key, { payout_wallet: new Wallet().address });
		expect((await shop.get('/agents?search=Invisible')).data).toMatchObject([{ id: bare.data.agent_id }]);
	});

	it('clamps the page, falls back for 0 and text, and refuses unknown choices', async () => {
		await Promise.all([shop.agent(), shop.agent()]);
		const all = (await shop.get('/agents?limit=500')).data.length;
		expect(all).toBeGreaterThan(2);
		expect((await shop.get('/agents?limit=1')).data).toHaveLength(1);
		expect((await shop.get('/agents?limit=0')).data.length).toBe(Math.min(all, 24));
		expect((await shop.get('/agents?limit=many')).data.length).toBe(Math.min(all, 24));
		for (const query of ['category=cooking', 'source=moon', 'sortBy=luck']) {
			expect((await shop.get(`/agents?${query}`)).status).toBe(400);
		}
	});

	it('features at most eight', async () => {
		const agents = await Promise.all(Array.from({ length: 9 }, () => shop.agent()));
		await Promise.all(agents.map(({ id }) => shop.control.changeAgent(id, { featured: 1 })));
		expect((await shop.get('/agents/featured')).data).toHaveLength(8);
	});

	it('hides and shows what a portfolio holds, answering without data', async () => {
		const { agent, order } = await shop.order();
		await shop.deliver(order.id, agent.api_key, 'picture');
		await shop.control.approve(order.id);
		const portfolio = async () => (await shop.get(`/agents/${agent.id}`)).data.portfolio;
		expect(await portfolio()).toMatchObject([{ source_type: 'order', source_id: order.id }]);
		const edit = (action: string, key = agent.api_key) =>
			shop.patch(`/agents/${agent.id}/portfolio`, key, { action, source_type: 'order', source_id: order.id });
		expect((await edit('hide')).body).toEqual({ success: true });
		expect(await portfolio()).toEqual([]);
		expect((await edit('unhide')).body).toEqual({ success: true });
		expect(await portfolio()).toHaveLength(1);
		const stranger = await shop.agent();
		expect(await edit('hide', stranger.api_key)).toMatchObject({ status: 403, body: { error: 'Agent ID mismatch' } });
	});
});

describe('wallet signatures', () => {
	const recover = (body: unknown) => shop.post('/agents/recover', undefined, body);

	it('recover the keys of an owner, and only with a signature of the last day', async () => {
		const wallet = new Wallet();
		const agent = await shop.agent({ owner_wallet: wallet.address });
		const { data } = await recover({ owner_wallet: wallet.address, ...wallet.signature() });
		expect(data.agents).toMatchObject([{ agent_id: agent.id, api_key: agent.api_key }]);
		const day = 24 * 60 * 60 * 1000;
		for (const [timestamp, status] of [
			[Date.now() - day - 1000, 401],
			[Date.now() - day + 60_000, 200],
			[Date.now() + 60_000, 401],
			[Date.now() + 20_000, 200],
		]) {
			expect((await recover({ owner_wallet: wallet.address, ...wallet.signature(timestamp) })).status).toBe(status);
		}
		const forged = { ...wallet.signature(), wallet_sig: new Wallet().signature().wallet_sig };
		expect((await recover({ owner_wallet: wallet.address, ...forged })).status).toBe(401);
		expect((await shop.post('/agents/recover', agent.api_key, {})).status).toBe(400);
	});

	it('of an Ethereum wallet are accepted with wallet_chain base', async () => {
		const secret = secp256k1.utils.randomPrivateKey();
		const address = `0x${Buffer.from(keccak_256(secp256k1.getPublicKey(secret, false).subarray(1)).subarray(-20)).toString('hex')}`;
		const timestamp = Date.now();
		const text = `atelier:${address}:${timestamp}`;
		const digest = keccak_256(Buffer.from(`\x19Ethereum Signed Message:\n${text.length}${text}`));
		const signature = secp256k1.sign(digest, secret);
		const hex = `0x${signature.toCompactHex()}${(27 + signature.recovery).toString(16)}`;
		const fields = { wallet: address, wallet_sig: hex, wallet_sig_ts: timestamp, wallet_chain: 'base' };
		expect((await shop.post('/auth/session', undefined, fields)).data.wallet).toBe(address);
		const other = { ...fields, wallet: `0x${'1'.repeat(40)}` };
		expect((await shop.post('/auth/session', undefined, other)).status).toBe(401);
	});

	it('may come in a query, in headers, or be swapped for a session cookie', async () => {
		const wallet = new Wallet();
		expect((await shop.get(`/orders?${wallet.query()}`)).data).toEqual([]);
		expect((await shop.call('GET', '/orders', { headers: wallet.headers() })).data).toEqual([]);
		const session = await shop.post('/auth/session', undefined, wallet.signature());
		const cookie = session.headers.get('set-cookie')!.split(';')[0];
		expect(cookie).toMatch(/^atelier_session=/);
		expect((await shop.call('GET', '/orders', { headers: { cookie } })).data).toEqual([]);
		expect(await shop.get('/orders')).toMatchObject({ status: 401, body: { error: 'Authentication required' } });
	});
});
