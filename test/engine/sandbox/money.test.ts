import type { SandboxAgent } from '../../../sandbox/marketplace/control';
import { byId, searchList } from '../support/engine';
import { SandboxRun } from '../support/sandboxRun';

const sandbox = new SandboxRun('money');

/** Owned by the marketplace's ready-made buyer, whose wallet can sign. */
let seller: SandboxAgent;
beforeAll(async () => {
	const { wallet } = await sandbox.control.buyer();
	seller = await sandbox.control.createAgent({ name: 'Nightfall Studio', owner_wallet: wallet });
});

const run = async (operation: string, parameters = {}) => (await sandbox.run(operation, parameters, { as: seller })).items;
const refused = async (operation: string, parameters: object) =>
	await sandbox.refused(operation, { confirmed: true, ...parameters }, { as: seller });

/** Transactions on the sandbox's chain only need to look like some. */
const TRANSACTION = '5'.repeat(88);

/** Says as the owner, with a signature, where money may go (Atelier API: PUT /agents/{id}/withdraw-address). */
async function setWithdrawAddress(address: string): Promise<void> {
	const { status } = await fetch(`${sandbox.apiUrl}/agents/${seller.id}/withdraw-address`, {
		method: 'PUT',
		body: JSON.stringify({ withdraw_address_solana: address, ...(await sandbox.control.signature()) }),
	});
	expect(status).toBe(200);
}

describe('A token', () => {
	const launch = { symbol: 'NIGHT', confirmed: true, additionalFields: { imageUrl: 'https://example.com/night.png' } };

	it('is not there at first, and cannot be launched without a linked account', async () => {
		expect(await run('token.get')).toEqual([expect.objectContaining({ token_mint: null, token_launch_attempted: 0 })]);
		const { message } = await refused('token.launch', launch);
		expect(message).toBe('Atelier answered 403: Link an X account to this agent before launching a token [item 0]');
	});

	it('tells how to fund the wallet that has to pay for it', async () => {
		await sandbox.control.changeAgent(seller.id, { twitter_username: 'nightfall' });
		const { message } = await refused('token.launch', launch);
		expect(message).toMatch(/^Atelier answered 402: The agent wallet needs 0\.03 SOL and holds 0 SOL\. Send SOL /);
	});

	it('is launched once', async () => {
		await sandbox.control.changeAgent(seller.id, { add_funds: { sol: 1 } });
		const [{ mint }] = await run('token.launch', launch);
		expect(await run('token.get', { agentOrOwnId: byId(seller.id) })).toEqual([
			expect.objectContaining({ token_mint: mint, token_symbol: 'NIGHT', token_created_at: expect.stringMatching(/Z$/) }),
		]);
		expect((await refused('token.launch', launch)).message).toBe('Atelier answered 409: Agent already has a token [item 0]');
	});

	it('pays out what it earns, and nothing twice', async () => {
		await sandbox.control.changeAgent(seller.id, { add_funds: { earned_fee_sol: 0.5 } });
		expect(await run('token.getClaimableFees')).toEqual([expect.objectContaining({ claimableSol: 0.5, payoutWallet: seller.owner_wallet })]);
		expect(await run('token.claimFees', { confirmed: true })).toEqual([
			expect.objectContaining({ status: 'paid', paidLamports: 500_000_000 }),
		]);
		expect(await run('token.getClaimableFees')).toEqual([expect.objectContaining({ claimableSol: 0 })]);
		expect(await run('token.claimFees', { confirmed: true })).toEqual([
			expect.objectContaining({ status: 'skipped', reason: expect.any(String) }),
		]);
	});
});

describe('A wallet', () => {
	const withdraw = { chain: 'solana', confirmed: true };

	it('shows what it holds and where to send more', async () => {
		await sandbox.control.changeAgent(seller.id, { add_funds: { usdc_solana: 50, usdc_base: 7.5 } });
		expect(await run('wallet.getBalances')).toEqual([
			{ chain: 'base', address: expect.stringMatching(/^0x/), usdc: 7.5, unavailable_because: null, withdraw_address: null },
			{ chain: 'solana', address: expect.any(String), usdc: 50, unavailable_because: null, withdraw_address: null },
		]);
		expect(await run('wallet.getFunding')).toEqual([
			expect.objectContaining({
				deposit_address: expect.any(String),
				balance_usdc: 50,
				requirements: expect.objectContaining({ launch: { cost_sol: 0.025, required_sol: 0.03 } }),
			}),
		]);
	});

	it('sends nothing before the owner has said where to', async () => {
		const { message } = await refused('wallet.withdraw', { ...withdraw, amount: '5' });
		expect(message).toContain('Atelier answered 400: No solana withdraw address set.');
		expect((await run('wallet.getBalances'))[1].usdc).toBe(50);
	});

	it('sends an amount, then the rest', async () => {
		const owner = seller.owner_wallet!;
		await setWithdrawAddress(owner);
		expect(await run('wallet.withdraw', { ...withdraw, amount: '12.50' })).toEqual([
			expect.objectContaining({ amount_usd: 12.5, chain: 'solana', destination: owner }),
		]);
		expect((await run('wallet.getBalances'))[1]).toMatchObject({ usdc: 37.5, withdraw_address: owner });
		const { message } = await refused('wallet.withdraw', { ...withdraw, amount: '38' });
		expect(message).toContain('Atelier answered 400: Insufficient USDC');
		expect(await run('wallet.withdraw', { ...withdraw, withdrawAll: true })).toEqual([expect.objectContaining({ amount_usd: 37.5 })]);
		expect((await run('wallet.getBalances'))[1].usdc).toBe(0);
	});
});

describe('Earn', () => {
	const market = { __rl: true as const, mode: 'key', value: 'solend:usdc' };
	const deposit = { market, amount: '100.00', incomingTransaction: TRANSACTION, confirmed: true };

	it('lists markets and pools', async () => {
		expect(await run('earn.getMarkets')).toEqual([
			expect.objectContaining({ key: 'solend:usdc', apr_pct: 4.2, product: { id: 'solend', label: 'Lending', risk: 'lower' } }),
			expect.objectContaining({ key: 'crypto', fee_apr_pct: 11.4 }),
			expect.objectContaining({ key: 'sports' }),
		]);
		const credential = { apiKey: seller.api_key, baseUrl: sandbox.apiUrl };
		const { results } = await searchList('searchEarnMarkets', { credential });
		expect(results.map(({ value }) => value)).toEqual(['solend:usdc', 'crypto', 'sports']);
		expect((await run('earn.getPools', { marketName: 'crypto' }))[0]).toMatchObject({ market: 'crypto', stressed: false });
	});

	it('says what is wrong with a deposit', async () => {
		const { message } = await refused('earn.deposit', { ...deposit, incomingTransaction: 'not one' });
		expect(message).toBe('Atelier answered 400: Transfer not found on chain [item 0]');
	});

	it('invests, and gives shares back', async () => {
		expect(await run('earn.deposit', deposit)).toEqual([
			expect.objectContaining({ venue: 'solend', market: 'usdc', shares_minted: '100000000' }),
		]);
		expect(await run('earn.getPositions')).toEqual([
			expect.objectContaining({ pool_market: 'solend:usdc', shares: '100000000', principal_usd: '100' }),
		]);
		expect(await run('earn.withdraw', { market, shares: '40000000', confirmed: true })).toEqual([
			expect.objectContaining({ shares_burned: '40000000' }),
		]);
		expect((await refused('earn.withdraw', { market, shares: '60000001' })).message).toContain('Atelier answered 400: ');
		await run('earn.withdraw', { market, withdrawAll: true, confirmed: true });
		expect(await run('earn.getPositions')).toEqual([]);
	});
});

describe('Output schemas', () => sandbox.checkSchemas());
