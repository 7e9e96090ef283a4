import { byId, runNode, searchList } from '../support/engine';
import { itIsGuarded } from '../support/guards';
import { mockAtelier } from '../support/mockAtelier';

const atelier = mockAtelier();

/** A bounty as the API sends it. */
const BOUNTY = {
	id: 'bty_1',
	poster_wallet: '7xKX',
	user_id: null,
	title: 'Cover for a podcast',
	brief: 'A square cover in two colours',
	category: 'image_gen',
	budget_usd: '150.00',
	deadline_hours: 72,
	reference_urls: '["https://example.com/a.png"]',
	reference_images: null,
	status: 'open',
	accepted_claim_id: null,
	order_id: null,
	expires_at: '2026-07-04T12:00:00.000Z',
	payment_chain: 'solana',
	payer_address: null,
	moderation_status: 'ok',
	created_at: '2026-07-01 12:00:00',
	claims_count: 3,
};

/** What Simplify leaves of it. */
const SIMPLIFIED = {
	id: 'bty_1',
	status: 'open',
	title: 'Cover for a podcast',
	brief: 'A square cover in two colours',
	category: 'image_gen',
	budget_usd: '150.00',
	deadline_hours: 72,
	reference_urls: ['https://example.com/a.png'],
	reference_images: [],
	claims_count: 3,
	order_id: null,
	expires_at: '2026-07-04T12:00:00.000Z',
	created_at: '2026-07-01T12:00:00.000Z',
};

describe('Bounty > Get', () => {
	it('reads one, simplified', async () => {
		atelier.answers('GET /bounties/bty_1', BOUNTY);
		const { items } = await runNode({ parameters: { resource: 'bounty', operation: 'get', bountyId: byId('bty_1') } });
		expect(atelier.requests()).toEqual([{ call: 'GET /bounties/bty_1' }]);
		expect(items).toEqual([SIMPLIFIED]);
	});

	it('keeps every field without Simplify', async () => {
		atelier.answers('GET /bounties/bty_1', BOUNTY);
		const { items } = await runNode({
			parameters: { resource: 'bounty', operation: 'get', bountyId: byId('bty_1'), simplify: false },
		});
		expect(items).toEqual([
			{
				...BOUNTY,
				reference_urls: ['https://example.com/a.png'],
				reference_images: [],
				created_at: '2026-07-01T12:00:00.000Z',
			},
		]);
	});

	it('takes the address of a bounty’s page', async () => {
		atelier.answers('GET /bounties/bty_1', BOUNTY);
		const bountyId = { __rl: true, mode: 'url', value: 'https://app.useatelier.ai/bounties/bty_1?tab=claims' };
		const { items } = await runNode({ parameters: { resource: 'bounty', operation: 'get', bountyId } });
		expect(items).toEqual([SIMPLIFIED]);
	});
});

describe('Bounty > Get Many', () => {
	it('asks for open bounties, newest first, as many as the limit says', async () => {
		atelier.answers('GET /bounties', [BOUNTY], { total: 1 });
		const { items } = await runNode({ parameters: { resource: 'bounty', operation: 'getAll', limit: 20 } });
		expect(atelier.requests()).toEqual([
			{ call: 'GET /bounties', query: { status: 'open', sort: 'newest', limit: '20', offset: '0' } },
		]);
		expect(items).toEqual([SIMPLIFIED]);
	});

	it('sends all filters', async () => {
		atelier.answers('GET /bounties', [], { total: 0 });
		const { items } = await runNode({
			parameters: {
				resource: 'bounty',
				operation: 'getAll',
				statuses: ['open', 'claimed'],
				filters: { category: 'coding', minBudget: '25', maxBudget: 99.5 },
				sortBy: 'budget_desc',
			},
		});
		expect(atelier.requests()[0].query).toEqual({
			status: 'open,claimed',
			category: 'coding',
			min_budget: '25',
			max_budget: '99.50',
			sort: 'budget_desc',
			limit: '50',
			offset: '0',
		});
		expect(items).toEqual([]);
	});

	it('reads page after page of 50 with Return All', async () => {
		const page = (from: number, count: number) => Array.from({ length: count }, (_, index) => ({ id: `bty_${from + index}` }));
		atelier.answers('GET /bounties', page(0, 50), { total: 70 });
		atelier.answers('GET /bounties', page(50, 20), { total: 70 });
		const { items } = await runNode({ parameters: { resource: 'bounty', operation: 'getAll', returnAll: true } });
		expect(atelier.requests().map(({ query }) => [query?.limit, query?.offset])).toEqual([
			['50', '0'],
			['50', '50'],
		]);
		expect(items.map(({ id }) => id)).toEqual(page(0, 70).map(({ id }) => id));
	});

	it('refuses a budget that is no number', async () => {
		const { error } = await runNode({
			parameters: { resource: 'bounty', operation: 'getAll', filters: { minBudget: 'cheap' } },
		});
		expect(error?.message).toBe('"Minimum Budget (USD)" is not a price: "cheap" [item 0]');
	});
});

describe('Bounty > Get Stats', () => {
	it('returns the figures as they come', async () => {
		const stats = { live: 3, completed: 2, total: 9, openValueUsd: 300.5, totalValueUsd: 900, submissions: 12, paidOutUsd: 55 };
		atelier.answers('GET /bounties/stats', stats);
		const { items } = await runNode({ parameters: { resource: 'bounty', operation: 'getStats' } });
		expect(atelier.requests()).toEqual([{ call: 'GET /bounties/stats' }]);
		expect(items).toEqual([stats]);
	});
});

describe('Bounty > Claim', () => {
	const CLAIM = {
		id: 'bcl_1',
		bounty_id: 'bty_1',
		agent_id: 'ext_1',
		claimant_wallet: null,
		message: null,
		status: 'pending',
		user_id: null,
		created_at: '2026-07-01 12:00:00',
	};
	const claim = { resource: 'bounty', operation: 'claim', bountyId: byId('bty_1') };

	it('sends an empty object when there is no message', async () => {
		atelier.replies('POST /bounties/bty_1/claim', { status: 201, body: { success: true, data: CLAIM } });
		const { items } = await runNode({ parameters: claim });
		expect(atelier.requests()).toEqual([{ call: 'POST /bounties/bty_1/claim', body: {} }]);
		expect(items).toEqual([{ ...CLAIM, created_at: '2026-07-01T12:00:00.000Z', already_claimed: false }]);
	});

	it('sends the message', async () => {
		atelier.answers('POST /bounties/bty_1/claim', { ...CLAIM, message: 'I can start today' });
		await runNode({ parameters: { ...claim, message: ' I can start today ' } });
		expect(atelier.requests()).toEqual([{ call: 'POST /bounties/bty_1/claim', body: { message: 'I can start today' } }]);
	});

	it.each([409, 400])('is content when the bounty is claimed already (%i)', async (status) => {
		atelier.refuses('POST /bounties/bty_1/claim', status, 'Agent already has a claim on this bounty');
		const { items, error } = await runNode({ parameters: claim });
		expect(error).toBeUndefined();
		expect(items).toEqual([{ bounty_id: 'bty_1', already_claimed: true }]);
	});

	it('asks again after a lost answer, and learns so that the first claim has arrived', async () => {
		atelier.replies('POST /bounties/bty_1/claim', { status: 502, body: '<html>Bad Gateway</html>' });
		atelier.refuses('POST /bounties/bty_1/claim', 409, 'Agent already has a claim on this bounty');
		const { items } = await runNode({ parameters: claim });
		expect(atelier.requests()).toHaveLength(2);
		expect(items).toEqual([{ bounty_id: 'bty_1', already_claimed: true }]);
	});

	it('gives up after the second lost answer', async () => {
		atelier.replies('POST /bounties/bty_1/claim', { status: 502, body: '' });
		atelier.replies('POST /bounties/bty_1/claim', { status: 502, body: '' });
		const { error } = await runNode({ parameters: claim });
		expect(error?.message).toBe('Atelier answered 502 without JSON to POST /bounties/bty_1/claim: an empty answer [item 0]');
	});

	it('explains once that a withdrawn claim cannot be made again', async () => {
		atelier.refuses('POST /bounties/bty_1/claim', 500, 'Failed to create claim');
		atelier.refuses('POST /bounties/bty_1/claim', 500, 'Failed to create claim');
		const { error } = await runNode({ parameters: claim });
		expect(atelier.requests()).toHaveLength(2);
		expect(error?.message).toBe('Atelier answered 500: Failed to create claim [item 0]');
		expect(error?.description).toContain('withdrawn your claim');
	});

	it('explains who may claim', async () => {
		atelier.refuses('POST /bounties/bty_1/claim', 403, 'Agent must have a verified owner');
		const { error } = await runNode({ parameters: claim });
		expect(error?.description).toContain('verified owner');
	});

	it('explains what can be claimed', async () => {
		atelier.refuses('POST /bounties/bty_1/claim', 400, 'Message must be under 500 characters');
		const { error } = await runNode({ parameters: { ...claim, message: 'x'.repeat(501) } });
		expect(error?.description).toContain('(now 501 characters)');
	});
});

describe('Bounty > Withdraw Claim', () => {
	const withdrawClaim = { resource: 'bounty', operation: 'withdrawClaim', bountyId: byId('bty_1') };

	itIsGuarded(withdrawClaim, 'can never be claimed again');

	it('looks at the bounty, then withdraws', async () => {
		atelier.answers('GET /bounties/bty_1', BOUNTY);
		atelier.answers('DELETE /bounties/bty_1/claim', { bounty_id: 'bty_1', status: 'withdrawn' });
		const { items } = await runNode({ parameters: { ...withdrawClaim, confirmed: true } });
		expect(atelier.requests()).toEqual([{ call: 'GET /bounties/bty_1' }, { call: 'DELETE /bounties/bty_1/claim' }]);
		expect(items).toEqual([{ bounty_id: 'bty_1', status: 'withdrawn' }]);
	});

	it('refuses when the claims are decided, since Atelier would answer "withdrawn" all the same', async () => {
		atelier.answers('GET /bounties/bty_1', { ...BOUNTY, status: 'claimed' });
		const { error } = await runNode({ parameters: { ...withdrawClaim, confirmed: true } });
		expect(error?.message).toBe('Bounty bty_1 is not open any more: its status is claimed [item 0]');
	});

	it('refuses for a bounty that does not exist', async () => {
		atelier.refuses('GET /bounties/bty_1', 404, 'Bounty not found');
		const { error } = await runNode({ parameters: { ...withdrawClaim, confirmed: true } });
		expect(error?.message).toBe('Atelier answered 404: Bounty not found [item 0]');
	});
});

describe('the list of bounties', () => {
	it('shows all open ones with title and budget', async () => {
		const many = Array.from({ length: 50 }, (_, index) => ({ ...BOUNTY, id: `bty_${index}` }));
		atelier.answers('GET /bounties', many, { total: 51 });
		atelier.answers('GET /bounties', [{ ...BOUNTY, id: 'bty_50', title: 'Logo', budget_usd: '20' }], { total: 51 });
		const { results, paginationToken } = await searchList('searchBounties');
		expect(atelier.requests().map(({ query }) => query)).toEqual([
			{ status: 'open', limit: '50', offset: '0' },
			{ status: 'open', limit: '50', offset: '50' },
		]);
		expect(results).toHaveLength(51);
		expect(results[0]).toMatchObject({ name: 'Cover for a podcast (150.00 USD)', value: 'bty_0' });
		expect(results[50]).toMatchObject({ name: 'Logo (20 USD)', value: 'bty_50' });
		expect(paginationToken).toBeUndefined();
	});

	it('finds by words of the title', async () => {
		atelier.answers('GET /bounties', [BOUNTY, { ...BOUNTY, id: 'bty_2', title: 'Logo' }], { total: 2 });
		const { results } = await searchList('searchBounties', { filter: 'logo' });
		expect(results.map(({ value }) => value)).toEqual(['bty_2']);
	});

	it('takes a total for none that is nested deeper than texts can be made of', async () => {
		const body = `{"success":true,"data":[${JSON.stringify(BOUNTY)}],"total":${'['.repeat(20_000)}51${']'.repeat(20_000)}}`;
		atelier.replies('GET /bounties', { body, headers: { 'content-type': 'application/json' } });
		expect((await searchList('searchBounties')).results).toHaveLength(1);
	});
});
