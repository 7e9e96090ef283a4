import { DATABASE_TIME, ISO_TIME, MarketplaceClient, Wallet, transaction } from './marketplaceClient';

const shop = new MarketplaceClient();
beforeAll(async () => await shop.start());
afterAll(async () => await shop.stop());
afterEach(async () => await shop.control.resetClock());

const BOUNTY = { title: 'A poster', brief: 'A poster for the village fair', category: 'image_gen', budget_usd: '30' };
const HOUR = 3_600_000;

describe('posting a bounty', () => {
	const post = (wallet: Wallet, fields: Record<string, unknown> = {}) =>
		shop.post('/bounties', undefined, {
			...BOUNTY,
			deadline_hours: 24,
			client_wallet: wallet.address,
			...wallet.signature(),
			...fields,
		});

	it('answers 201 with the row, its budget as text and its end in ISO form', async () => {
		const wallet = new Wallet();
		const { status, data } = await post(wallet);
		expect(status).toBe(201);
		expect(Object.keys(data)).toHaveLength(19);
		expect(data).toMatchObject({
			id: expect.stringMatching(/^bty_/),
			poster_wallet: wallet.address,
			budget_usd: '30.00',
			status: 'open',
			reference_urls: null,
			expires_at: expect.stringMatching(ISO_TIME),
			created_at: expect.stringMatching(DATABASE_TIME),
		});
		expect((await shop.get(`/bounties/my?${wallet.query()}`)).data).toMatchObject([{ id: data.id }]);
	});

	it.each([
		[{ title: 'ab' }, 'Title must be 3-100 characters'],
		[{ category: 'cooking' }, 'Invalid category.'],
		[{ budget_usd: '0.5' }, 'budget_usd must be at least 1.00'],
		[{ deadline_hours: 5 }, 'deadline_hours must be one of: 1, 6, 12, 24, 48, 72, 168'],
		[{ claim_window_hours: 5 }, 'claim_window_hours must be one of: 6, 12, 24, 48, 72, 168'],
		[{ brief: undefined }, 'Missing required fields:'],
	])('refuses %j', async (fields, error) => {
		const { status, body } = await post(new Wallet(), fields);
		expect([status, body.error]).toEqual([400, expect.stringContaining(error)]);
	});

	it('is not for agent keys, and can be taken back by its poster alone', async () => {
		const agent = await shop.agent();
		expect(
			(
				await shop.post('/bounties', agent.api_key, {
					...BOUNTY,
					deadline_hours: 24,
					client_wallet: agent.owner_wallet,
				})
			).status,
		).toBe(401);
		const wallet = new Wallet();
		const { data } = await post(wallet);
		const cancel = (signer: Wallet) =>
			shop.patch(`/bounties/${data.id}`, undefined, { status: 'cancelled', ...signer.signature() });
		expect((await cancel(new Wallet())).status).toBe(403);
		expect((await cancel(wallet)).data).toEqual({ id: data.id, status: 'cancelled' });
		expect((await cancel(wallet)).status).toBe(400);
	});

	it('shows the claims to the poster alone', async () => {
		const wallet = new Wallet();
		const { data } = await post(wallet);
		const agent = await shop.agent();
		await shop.post(`/bounties/${data.id}/claim`, agent.api_key, { message: 'Me, please' });
		const path = `/bounties/${data.id}?include_claims=1`;
		expect((await shop.get(path)).data).toMatchObject({ claims_count: 1, viewer_is_poster: false });
		expect((await shop.get(path)).data).not.toHaveProperty('claims');
		expect((await shop.get(`${path}&${wallet.query()}`)).data).toMatchObject({
			viewer_is_poster: true,
			claims: [{ agent_id: agent.id, message: 'Me, please' }],
		});
	});

	it('lets the poster accept a claim: three ids, an order that is paid', async () => {
		const wallet = new Wallet();
		const { data: bounty } = await post(wallet);
		const agent = await shop.agent();
		const { data: claim } = await shop.post(`/bounties/${bounty.id}/claim`, agent.api_key, {});
		const accept = (fields: object) =>
			shop.post(`/bounties/${bounty.id}/accept`, undefined, { ...wallet.signature(), ...fields });
		expect((await accept({ claim_id: claim.id })).status).toBe(400);
		const { data } = await accept({ claim_id: claim.id, escrow_tx_hash: transaction() });
		expect(data).toEqual({ bounty_id: bounty.id, order_id: expect.stringMatching(/^ord_/), claim_id: claim.id });
		const { order } = (await shop.get(`/orders/${data.order_id}`, agent.api_key)).data;
		expect(order).toMatchObject({
			status: 'paid',
			bounty_id: bounty.id,
			service_id: null,
			service_title: null,
			max_revisions: 3,
			quoted_price_usd: '30.00',
			platform_fee_usd: '3',
		});
	});
});

describe('claiming a bounty', () => {
	it('answers 201 with the claim, whose wallet is null for a key', async () => {
		const { id } = await shop.control.postBounty(BOUNTY);
		const agent = await shop.agent();
		const { status, data } = await shop.post(`/bounties/${id}/claim`, agent.api_key, { message: 'I can' });
		expect([status, data]).toEqual([
			201,
			{
				id: expect.stringMatching(/^bcl_/),
				bounty_id: id,
				agent_id: agent.id,
				claimant_wallet: null,
				message: 'I can',
				status: 'pending',
				user_id: null,
				created_at: expect.stringMatching(DATABASE_TIME),
			},
		]);
		expect((await shop.post(`/bounties/${id}/claim`, agent.api_key, {})).status).toBe(409);
	});

	it('needs an owner: a payout wallet alone is not enough', async () => {
		const { id } = await shop.control.postBounty(BOUNTY);
		const agent = await shop.agent({ owner_wallet: null });
		await shop.patch('/agents/me', agent.api_key, { payout_wallet: new Wallet().address });
		expect((await shop.post(`/bounties/${id}/claim`, agent.api_key, {})).status).toBe(403);
		await shop.control.changeAgent(agent.id, { twitter_username: 'painter' });
		expect((await shop.post(`/bounties/${id}/claim`, agent.api_key, {})).status).toBe(201);
	});

	it('needs a body, an open bounty, and a message of at most 500 characters', async () => {
		const { id } = await shop.control.postBounty(BOUNTY);
		const { api_key: key } = await shop.agent();
		const empty = await shop.call('POST', `/bounties/${id}/claim`, { key });
		expect([empty.status, empty.body.error]).toEqual([500, 'Failed to create claim']);
		expect((await shop.post(`/bounties/${id}/claim`, key, { message: 'x'.repeat(501) })).status).toBe(400);
		expect((await shop.post('/bounties/bty_none/claim', key, {})).status).toBe(404);
		await shop.control.cancelBounty(id);
		expect((await shop.post(`/bounties/${id}/claim`, key, {})).body.error).toBe('Bounty is not open for claims');
	});

	it('ends with the claim window', async () => {
		const { id } = await shop.control.postBounty({ ...BOUNTY, claim_window_hours: 6 });
		const { api_key: key } = await shop.agent();
		await shop.control.advanceClock(7 * HOUR);
		expect((await shop.post(`/bounties/${id}/claim`, key, {})).body.error).toBe('Bounty has expired');
		expect((await shop.get(`/bounties/${id}`)).data.status).toBe('expired');
	});

	it('stops at 20 claims', async () => {
		const { id } = await shop.control.postBounty(BOUNTY);
		for (let number = 0; number < 20; number += 1) {
			expect((await shop.post(`/bounties/${id}/claim`, (await shop.agent()).api_key, {})).status).toBe(201);
		}
		expect((await shop.post(`/bounties/${id}/claim`, (await shop.agent()).api_key, {})).body.error).toBe(
			'Bounty has reached maximum claims',
		);
	});

	it('again after withdrawing fails with 500; withdrawing always answers 200', async () => {
		const { id } = await shop.control.postBounty(BOUNTY);
		const { api_key: key } = await shop.agent();
		const withdraw = () => shop.call('DELETE', `/bounties/${id}/claim`, { key });
		expect((await withdraw()).data).toEqual({ bounty_id: id, status: 'withdrawn' });
		await shop.post(`/bounties/${id}/claim`, key, {});
		expect((await withdraw()).status).toBe(200);
		expect((await withdraw()).status).toBe(200);
		const again = await shop.post(`/bounties/${id}/claim`, key, {});
		expect([again.status, again.body]).toEqual([500, { success: false, error: 'Failed to create claim' }]);
	});

	it('withdrawing an accepted claim answers 200 and changes nothing', async () => {
		const { id } = await shop.control.postBounty(BOUNTY);
		const { api_key: key } = await shop.agent();
		const { data: claim } = await shop.post(`/bounties/${id}/claim`, key, {});
		await shop.control.acceptClaim(id, claim.id);
		expect((await shop.call('DELETE', `/bounties/${id}/claim`, { key })).data.status).toBe('withdrawn');
		expect(await shop.control.bountyClaims(id)).toMatchObject([{ id: claim.id, status: 'accepted' }]);
	});
});

describe('GET /bounties', () => {
	it('lists open ones with the total beside the data, and filters and sorts', async () => {
		await shop.control.reset();
		const cheap = await shop.control.postBounty({ ...BOUNTY, budget_usd: '5' });
		const dear = await shop.control.postBounty({ ...BOUNTY, budget_usd: '500', category: 'seo' });
		const gone = await shop.control.postBounty(BOUNTY);
		await shop.control.cancelBounty(gone.id);
		const ids = async (query: string) =>
			(await shop.get(`/bounties?${query}`)).data.map(({ id }: { id: string }) => id);
		const { body } = await shop.get('/bounties?limit=1');
		expect([Object.keys(body), body.total, body.data.length]).toEqual([['success', 'data', 'total'], 2, 1]);
		expect(body.data[0]).toMatchObject({
			claims_count: 0,
			winner_agent_id: null,
			earned_usd: null,
			completed_at: null,
		});
		expect(Object.keys(body.data[0])).toHaveLength(27);
		expect(await ids('sort=budget_desc')).toEqual([dear.id, cheap.id]);
		expect(await ids('status=cancelled')).toEqual([gone.id]);
		expect(await ids('category=seo')).toEqual([dear.id]);
		expect(await ids('max_budget=10')).toEqual([cheap.id]);
		expect((await shop.get('/bounties/stats')).data).toEqual({
			live: 2,
			completed: 0,
			total: 3,
			openValueUsd: 505,
			totalValueUsd: 535,
			submissions: 0,
			paidOutUsd: 0,
		});
	});
});
