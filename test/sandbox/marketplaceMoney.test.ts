import { DATABASE_TIME, MarketplaceClient, Wallet, queryOf, transaction } from './marketplaceClient';

const shop = new MarketplaceClient();
beforeAll(async () => await shop.start());
afterAll(async () => await shop.stop());

const agentWithService = async (fields: Record<string, unknown> = {}) => {
	const agent = await shop.agent();
	return { agent, service: await shop.control.createService(agent.id, { price_usd: '0.01', ...fields }) };
};

describe('x402', () => {
	it('/x402/discover answers 402 in the second form, amounts in units of six decimals', async () => {
		const { service } = await agentWithService();
		for (const path of [`/x402/discover?service_id=${service.id}`, `/x402/discover/${service.id}`]) {
			const { status, body, headers } = await shop.get(path);
			expect(status).toBe(402);
			expect(Object.keys(body).sort()).toEqual(['accepts', 'error', 'extensions', 'resource', 'x402Version']);
			expect(body).toMatchObject({ x402Version: 2, accepts: [{ scheme: 'exact', amount: '11000' }] });
			expect(JSON.parse(Buffer.from(headers.get('payment-required')!, 'base64').toString())).toEqual(body);
		}
	});

	it.each(['pay', 'orders'])('a request without a payment to %s gets the flat form', async (what) => {
		const { service } = await agentWithService();
		const body = { service_id: service.id, brief: 'A quiet harbour' };
		const answer = await shop.post(what === 'pay' ? '/x402/pay' : '/orders', undefined, body);
		expect(answer.status).toBe(402);
		expect(answer.body).toMatchObject({ version: '1', network: 'solana-mainnet', maxAmountRequired: '11000' });
		expect(answer.body).not.toHaveProperty('success');
		expect(answer.headers.get('x-payment-network')).toBe('solana-mainnet');
	});

	it('a purchase is paid at once, pays the provider the listed price, and is credited to the buying agent', async () => {
		const { agent, service } = await agentWithService({ price_usd: '10' });
		const buyer = await shop.agent();
		const payment = transaction();
		const pay = () =>
			shop.call('POST', '/x402/pay', {
				key: buyer.api_key,
				headers: { 'X-PAYMENT': payment },
				body: { service_id: service.id, brief: 'A quiet harbour', requirements: { Size: 'A4' } },
			});
		const { status, data } = await pay();
		expect(status).toBe(200);
		expect(data).toEqual({
			order_id: expect.stringMatching(/^ord_/),
			status: 'paid',
			status_url: `${shop.url}/api/orders/${data.order_id}`,
			poll_hint: expect.any(String),
			x402: {
				payment_verified: true,
				payer_wallet: expect.any(String),
				total_charged_usd: 11,
				platform_fee_usd: 1,
				provider_payout_usd: 10,
				tx_signature: payment,
				payment_chain: 'solana',
				payout: {
					attempted: true,
					paid: true,
					tx_hash: expect.any(String),
					destination: agent.owner_wallet,
					chain: 'solana',
					error: null,
				},
			},
		});
		expect((await pay()).status).toBe(409);
		const read = await shop.get(`/orders/${data.order_id}`, buyer.api_key);
		expect(read.data).toMatchObject({
			viewer_role: 'buyer',
			order: {
				client_agent_id: buyer.id,
				client_name: buyer.name,
				client_type: 'agent_x402',
				escrow_tx_hash: null,
				payment_tx_signature: payment,
				payout_tx_hash: data.x402.payout.tx_hash,
			},
		});
		const act = (action: string, fields = {}) =>
			shop.patch(`/orders/${data.order_id}`, buyer.api_key, { action, ...fields });
		expect((await act('pay', { escrow_tx_hash: transaction() })).status).toBe(401);
		await shop.deliver(data.order_id, agent.api_key, 'one');
		expect((await act('revision', { feedback: 'Bluer' })).data.status).toBe('revision_requested');
		await shop.deliver(data.order_id, agent.api_key, 'two');
		expect((await act('approve')).data).toMatchObject({
			status: 'completed',
			payout_tx_hash: data.x402.payout.tx_hash,
		});
		expect((await shop.get('/x402/trending')).data).toMatchObject({
			window_days: 30,
			count: 1,
			services: [{ service_id: service.id }],
		});
	});

	it('a purchase needs a brief, a service with a price, and an agent that can be hired', async () => {
		const { agent, service } = await agentWithService();
		const pay = (serviceId: string, query = '') =>
			shop.call('POST', `/x402/pay?service_id=${serviceId}${query}`, { headers: { 'X-PAYMENT': transaction() } });
		expect((await pay(service.id)).status).toBe(400);
		const quote = await agentWithService({ price_type: 'quote' });
		expect((await pay(quote.service.id, '&brief=A+harbour')).status).toBe(400);
		expect((await pay('svc_none')).status).toBe(404);
		await shop.control.changeAgent(agent.id, { owner_wallet: null });
		expect((await pay(service.id, '&brief=A+harbour')).status).toBe(403);
	});

	it('/x402/services lists what can be bought outright', async () => {
		const { service } = await agentWithService({ title: 'Listed for machines' });
		const { data } = await shop.get('/x402/services?chain=solana&limit=999');
		expect(data).toMatchObject({ limit: 200, offset: 0, count: data.services.length });
		const listed = data.services.find((entry: { service_id: string }) => entry.service_id === service.id);
		expect(listed).toMatchObject({ price_usd: 0.01, platform_fee_usd: 0.001, total_charged_usd: 0.011 });
		expect(Object.keys(listed.payments)).toEqual(['solana']);
		expect((await shop.get('/x402/services?chain=moon')).status).toBe(400);
	});
});

describe('token launch', () => {
	const ready = async () => {
		const agent = await shop.agent({ avatar_url: 'https://example.com/face.png' });
		await shop.control.changeAgent(agent.id, { twitter_username: 'painter', add_funds: { sol: 0.05 } });
		return agent;
	};
	const launch = (id: string, key: string, body: unknown = { symbol: 'PAINT' }) =>
		shop.post(`/agents/${id}/token/launch`, key, body);

	it('takes SOL from the agent, answers the mint, and works once', async () => {
		const agent = await ready();
		const { status, data } = await launch(agent.id, agent.api_key);
		expect([status, Object.keys(data)]).toEqual([200, ['mint', 'tx_signature', 'creator_wallet', 'note']]);
		expect((await shop.get(`/agents/${agent.id}/token`)).data).toEqual({
			token_mint: data.mint,
			token_name: `${agent.name} by Atelier`,
			token_symbol: 'PAINT',
			token_image_url: 'https://example.com/face.png',
			token_mode: 'clawpump',
			token_creator_wallet: data.creator_wallet,
			token_tx_hash: data.tx_signature,
			token_created_at: expect.stringMatching(DATABASE_TIME),
			token_launch_attempted: 1,
		});
		expect((await shop.get(`/agents/${agent.id}/funding`, agent.api_key)).data.balance_sol).toBeCloseTo(0.025);
		expect(await launch(agent.id, agent.api_key)).toMatchObject({
			status: 409,
			body: { error: 'Agent already has a token' },
		});
		const market = await shop.post('/market', undefined, { mints: [data.mint, new Wallet().address, 'nonsense'] });
		expect(market.data[data.mint]).toEqual({ market_cap_usd: expect.any(Number), price_usd: expect.any(Number) });
		expect(Object.values(market.data)).toHaveLength(2);
	});

	it('without enough SOL says what is needed and where to send it', async () => {
		const agent = await shop.agent({ avatar_url: 'https://example.com/face.png' });
		await shop.control.changeAgent(agent.id, { twitter_username: 'painter' });
		const { status, body } = await launch(agent.id, agent.api_key);
		expect([status, Object.keys(body)]).toEqual([402, ['success', 'error', 'code', 'data']]);
		expect(body).toMatchObject({
			code: 'agent_wallet_underfunded',
			data: {
				action: 'token_launch',
				required_sol: 0.03,
				cost_sol: 0.025,
				balance_sol: 0,
				deposit_address: expect.any(String),
				how_to_fund: expect.any(String),
			},
		});
	});

	it('is refused without an X account, with a foreign key, a long symbol, a short description or no picture', async () => {
		const bare = await shop.agent({ avatar_url: 'https://example.com/face.png' });
		expect((await launch(bare.id, bare.api_key)).status).toBe(403);
		const agent = await ready();
		expect((await launch(agent.id, bare.api_key)).body.error).toBe('API key does not belong to this agent');
		expect((await launch(agent.id, agent.api_key, { symbol: 'MUCHTOOLONG' })).body.error).toBe(
			'symbol must be 1-10 characters',
		);
		expect((await launch(agent.id, agent.api_key, { symbol: 'PAINT', description: 'short' })).status).toBe(400);
		await shop.patch('/agents/me', agent.api_key, { avatar_url: null });
		expect((await launch(agent.id, agent.api_key)).status).toBe(400);
		expect((await shop.get('/agents/ext_none/token')).status).toBe(404);
		expect(Object.values((await shop.get(`/agents/${agent.id}/token`)).data)).toEqual([...Array(8).fill(null), 0]);
	});

	it('earns fees that can be claimed from 0.03 SOL', async () => {
		const agent = await ready();
		await launch(agent.id, agent.api_key);
		const claim = () => shop.post(`/agents/${agent.id}/token/claim`, agent.api_key);
		expect((await claim()).data).toMatchObject({ agentId: agent.id, status: 'skipped', reason: expect.any(String) });
		await shop.control.changeAgent(agent.id, { add_funds: { earned_fee_sol: 0.2 } });
		expect((await shop.get(`/agents/${agent.id}/token/claim`, agent.api_key)).data).toEqual({
			totalEarnedSol: 0.2,
			totalSentSol: 0,
			paidSol: 0,
			claimableSol: 0.2,
			minClaimSol: 0.03,
			payoutWallet: agent.owner_wallet,
		});
		expect((await shop.call('POST', `/agents/${agent.id}/token/claim`, { key: agent.api_key })).data).toMatchObject({
			status: 'paid',
			paidLamports: 200_000_000,
			txHash: expect.any(String),
		});
	});

	it('and an identity: once, paid by the agent', async () => {
		const agent = await ready();
		const said = () => shop.post(`/agents/${agent.id}/said`, agent.api_key);
		expect(Object.keys((await said()).data)).toEqual(['said_wallet', 'said_pda', 'tx_signature']);
		expect((await said()).status).toBe(409);
		const poor = await shop.agent();
		expect((await shop.post(`/agents/${poor.id}/said`, poor.api_key)).body.data.action).toBe('said_identity');
		expect((await shop.get(`/said/card/${agent.id}`)).body.name).toBe(agent.name);
	});

	it('or an existing token, registered by the owner', async () => {
		const wallet = new Wallet();
		const agent = await shop.agent({ owner_wallet: wallet.address });
		const token = {
			token_mint: new Wallet().address,
			token_name: 'Paint',
			token_symbol: 'PAINT',
			token_mode: 'pumpfun',
		};
		const register = (signer: Wallet) =>
			shop.post(`/agents/${agent.id}/token`, undefined, {
				...token,
				token_creator_wallet: signer.address,
				...signer.signature(),
			});
		expect((await register(new Wallet())).status).toBe(403);
		expect((await register(wallet)).data).toMatchObject({ token_mint: token.token_mint, token_mode: 'pumpfun' });
		expect((await register(wallet)).status).toBe(409);
		expect((await shop.post(`/agents/${agent.id}/token`, agent.api_key, token)).status).toBe(401);
	});
});

describe('withdrawals', () => {
	it('go to the address that the owner set, and to no other', async () => {
		const wallet = new Wallet();
		const agent = await shop.agent({ owner_wallet: wallet.address });
		const withdraw = (body: unknown) => shop.post('/agents/me/withdraw', agent.api_key, body);
		expect((await withdraw({})).body.error).toBe("chain must be 'solana' or 'base'");
		expect((await withdraw({ chain: 'solana', amount: '5' })).body.error).toBe('amount must be a positive number');
		expect((await withdraw({ chain: 'solana' })).body.error).toContain('No solana withdraw address set');
		const destination = new Wallet().address;
		const set = (key: string | undefined, fields: object) =>
			shop.call('PUT', `/agents/${agent.id}/withdraw-address`, {
				key,
				body: { withdraw_address_solana: destination, ...fields },
			});
		expect((await set(agent.api_key, {})).status).toBe(403);
		expect((await set(undefined, wallet.signature())).data).toMatchObject({ withdraw_address_solana: destination });
		expect((await withdraw({ chain: 'solana' })).body.error).toBe('No USDC available to withdraw');
		await shop.control.changeAgent(agent.id, { add_funds: { usdc_solana: 20 } });
		expect((await withdraw({ chain: 'solana', amount: 50 })).status).toBe(400);
		expect((await withdraw({ chain: 'solana', amount: 5 })).data).toEqual({
			tx_hash: expect.any(String),
			amount_usd: 5,
			chain: 'solana',
			destination,
		});
		expect((await withdraw({ chain: 'solana' })).data.amount_usd).toBe(15);
	});
});

describe('earn', () => {
	it('lists markets, takes deposits and gives them back', async () => {
		const agent = await shop.agent();
		const { data: markets } = await shop.get('/earn/parquet/markets');
		expect(markets.products.map(({ id }: { id: string }) => id)).toEqual(['solend', 'parquet']);
		expect((await shop.get('/earn/parquet/pools')).data).toHaveLength(2);
		const deposit = (body: object) =>
			shop.post('/earn/parquet/deposit', agent.api_key, { key: 'solend:usdc', ...body });
		expect((await deposit({ amount_usd: '25' })).body.error).toContain('incoming_tx_hash required');
		expect((await deposit({ amount_usd: '25', incoming_tx_hash: transaction() })).data).toMatchObject({
			venue: 'solend',
			market: 'usdc',
			position: { shares: '25000000', principal_usd: '25' },
		});
		expect((await shop.get('/earn/parquet/positions', agent.api_key)).data).toEqual([
			{
				vault_id: 'solend:usdc',
				pool_market: 'solend:usdc',
				shares: '25000000',
				principal_usd: '25',
				value_usd: '25',
				owned_by: 'agent',
				agent_id: agent.id,
			},
		]);
		const withdraw = (body: object) =>
			shop.post('/earn/parquet/withdraw', agent.api_key, { key: 'solend:usdc', ...body });
		expect((await withdraw({ shares: '5000000' })).data).toMatchObject({
			amount_usd: '5',
			position: { shares: '20000000' },
		});
		expect((await withdraw({ all: true })).data.amount_usd).toBe('20');
		expect((await withdraw({ all: true })).status).toBe(400);
	});
});

describe('numbers about the market', () => {
	it('follow what happens on it', async () => {
		await shop.control.reset();
		const { agent, order } = await shop.order({ service: { price_usd: '20' } });
		await shop.deliver(order.id, agent.api_key, 'one');
		await shop.control.approve(order.id);
		expect((await shop.get('/platform-stats')).data).toEqual({
			atelierAgents: 1,
			orders: 1,
			users: 1,
			revenue: 20,
			creatorFeeSol: 0,
			creatorFeeUsd: 0,
			totalRevenueUsd: 20,
			solPrice: expect.any(Number),
			x402Orders: 0,
			x402VolumeUsd: 0,
			x402FeesUsd: 0,
		});
		const { data: metrics } = await shop.get('/metrics');
		expect(metrics).toMatchObject({
			totalRevenue: 2,
			totalGmv: 20,
			ordersByStatus: { completed: 1 },
			agentsWithTokens: { total: 0, pumpfun: 0, clawpump: 0, byot: 0 },
			servicesByCategory: { image_gen: 1 },
			topAgentsByOrders: [{ id: agent.id, completed_orders: 1 }],
		});
		expect(Object.keys(metrics)).toHaveLength(14);
		expect((await shop.get('/leaderboard/agents')).data).toMatchObject([
			{ id: agent.id, total_revenue: 20, week_start: expect.stringMatching(DATABASE_TIME) },
		]);
		await shop.patch('/agents/me', agent.api_key, { ai_models: ['Brush 3'] });
		const models = (await shop.get('/models')).data;
		expect(models).toContain('Brush 3');
		expect(models.every((model: unknown) => typeof model === 'string')).toBe(true);
	});

	it('keep what is for administrators closed', async () => {
		const agent = await shop.agent();
		expect((await shop.get('/metrics/activity', agent.api_key)).status).toBe(401);
	});

	it('/market takes a list only', async () => {
		expect((await shop.post('/market', undefined, { mints: 'all' })).status).toBe(400);
	});
});

describe('people', () => {
	it('have an inbox with the unread count beside the data, closed to keys', async () => {
		const { agent, order } = await shop.order();
		await shop.deliver(order.id, agent.api_key, 'one');
		const signature = await shop.control.signature();
		const query = queryOf(signature);
		const { body } = await shop.get(`/notifications?${query}`);
		expect(body.unread_count).toBeGreaterThan(0);
		expect(body.data[0]).toMatchObject({ type: 'order_delivered', order_id: order.id, read: 0 });
		expect((await shop.patch('/notifications', undefined, signature)).body).toEqual({ success: true });
		expect((await shop.get(`/notifications?${query}`)).body.unread_count).toBe(0);
		expect((await shop.get('/notifications', agent.api_key)).status).toBe(401);
	});

	it('have a profile that orders show', async () => {
		const wallet = new Wallet();
		const put = await shop.call('PUT', '/profile', {
			body: { username: 'ada', display_name: 'Ada', ...wallet.signature() },
		});
		expect(put.data).toMatchObject({ wallet: wallet.address, username: 'ada' });
		expect((await shop.get('/profile/ada')).data.display_name).toBe('Ada');
		expect((await shop.get(`/profile?wallet=${wallet.address}`)).data.username).toBe('ada');
		expect((await shop.get('/profile/nobody')).status).toBe(404);
	});
});
