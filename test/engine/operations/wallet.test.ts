import { runNode } from '../support/engine';
import { itIsGuarded } from '../support/guards';
import { mockAtelier } from '../support/mockAtelier';

const atelier = mockAtelier();

describe('Wallet > Get Funding', () => {
	it('reads the funding of the own agent', async () => {
		const funding = {
			deposit_address: '7xKX',
			balance_sol: 0.05,
			balance_usdc: 12.5,
			requirements: { launch: { cost_sol: 0.025, required_sol: 0.03 }, said: { cost_sol: 0.006, required_sol: 0.01 } },
			note: 'Send SOL on Solana mainnet to deposit_address.',
		};
		atelier.answers('GET /agents/me', { id: 'ext_1' });
		atelier.answers('GET /agents/ext_1/funding', funding);
		const { items } = await runNode({ parameters: { resource: 'wallet', operation: 'getFunding' } });
		expect(atelier.requests().map(({ call }) => call)).toEqual(['GET /agents/me', 'GET /agents/ext_1/funding']);
		expect(items).toEqual([funding]);
	});
});

describe('Wallet > Get Balances', () => {
	const getBalances = { resource: 'wallet', operation: 'getBalances' };

	it('returns one item a chain', async () => {
		atelier.answers('GET /agents/me', {
			id: 'ext_1',
			server_wallets: { solana: { address: '7xKX', usdc: '12.500000' }, base: { address: '0x52', usdc: '0' } },
			withdraw_address_solana: '9owner',
			withdraw_address_base: null,
		});
		const { items } = await runNode({ parameters: getBalances });
		expect(atelier.requests()).toEqual([{ call: 'GET /agents/me', query: { balances: '1' } }]);
		expect(items).toEqual([
			{ chain: 'base', address: '0x52', usdc: '0', unavailable_because: null, withdraw_address: null },
			{ chain: 'solana', address: '7xKX', usdc: '12.500000', unavailable_because: null, withdraw_address: '9owner' },
		]);
	});

	it('says which balance could not be read, and which wallet there is not', async () => {
		atelier.answers('GET /agents/me', {
			id: 'ext_1',
			server_wallets: { solana: { error: 'balance_unavailable' }, base: null },
			wallets: { solana: '7xKX', base: null },
		});
		const { items } = await runNode({ parameters: getBalances });
		expect(items).toEqual([
			{ chain: 'base', address: null, usdc: null, unavailable_because: null, withdraw_address: null },
			{ chain: 'solana', address: '7xKX', usdc: null, unavailable_because: 'balance_unavailable', withdraw_address: null },
		]);
	});
});

describe('Wallet > Withdraw', () => {
	const withdraw = { resource: 'wallet', operation: 'withdraw', chain: 'solana', amount: '25.50' };
	const confirmed = { ...withdraw, confirmed: true };
	const done = { tx_hash: '5xYz', amount_usd: 25.5, chain: 'solana', destination: '9owner' };
	const call = 'POST /agents/me/withdraw';
	const lost = { status: 504, body: '<html>Gateway Timeout</html>' };

	itIsGuarded(withdraw, 'cannot be called back');

	it('sends the amount as a number', async () => {
		atelier.answers(call, done);
		const { items } = await runNode({ parameters: confirmed });
		expect(atelier.requests()).toEqual([{ call, body: { chain: 'solana', amount: 25.5 } }]);
		expect(items).toEqual([done]);
	});

	it('sends no amount to withdraw everything', async () => {
		atelier.answers(call, { ...done, chain: 'base' });
		await runNode({ parameters: { ...confirmed, chain: 'base', withdrawAll: true } });
		expect(atelier.requests()).toEqual([{ call, body: { chain: 'base' } }]);
	});

	it.each([
		['={{ $json.missing }}', '"Amount (USDC)" is not a price: it is empty [item 0]'],
		['all', '"Amount (USDC)" is not a price: "all" [item 0]'],
		['0.00', '"Amount (USDC)" is 0 [item 0]'],
	])('sends nothing for the amount "%s"', async (amount, message) => {
		const { error } = await runNode({ parameters: { ...confirmed, amount } });
		expect(error?.message).toBe(message);
	});

	it('runs as an AI agent’s tool when both switches are on', async () => {
		atelier.answers(call, done);
		const { items } = await runNode({ type: 'atelierTool', parameters: { ...confirmed, allowAsTool: true } });
		expect(items).toEqual([done]);
	});

	it('explains what a withdrawal needs', async () => {
		atelier.refuses(call, 400, 'No solana withdraw address set.');
		const { error } = await runNode({ parameters: confirmed });
		expect(error?.message).toBe('Atelier answered 400: No solana withdraw address set. [item 0]');
		expect(error?.description).toContain('must have set a withdraw address');
	});

	it('says after a lost answer that it may have happened, and where to look', async () => {
		atelier.replies(call, lost);
		const { error } = await runNode({ parameters: confirmed });
		expect(error?.message).toMatch(/^It is not known whether this was done\. Atelier answered 504 .+ \[item 0\]$/);
		expect(error?.description).toMatch(/^It may have been done all the same\. Look at Wallet > Get Balances/);
	});

	it('is not sent again after a lost answer, although the node is to retry on fail', async () => {
		atelier.replies(call, lost);
		const { error } = await runNode({
			parameters: confirmed,
			node: { retryOnFail: true, maxTries: 3, waitBetweenTries: 0 },
		});
		expect(atelier.requests()).toHaveLength(1);
		expect(error?.message).toBe(
			'The same was sent before in this execution and got no answer. It may have been done, so it is not sent again [item 0]',
		);
	});

	it('is not sent again by another item that asks the same after a lost answer', async () => {
		atelier.replies(call, lost);
		const { items } = await runNode({ parameters: confirmed, items: [{}, {}], onError: 'continueRegularOutput' });
		expect(atelier.requests()).toHaveLength(1);
		expect(items.map(({ error }) => String(error).slice(0, 20))).toEqual(['It is not known whet', 'The same was sent be']);
	});

	it('does not pay an item twice when a later item fails and the node is to retry on fail', async () => {
		atelier.answers(call, done);
		atelier.refuses(call, 400, 'Insufficient USDC');
		atelier.answers(call, { ...done, tx_hash: '6second' });
		const { items } = await runNode({
			parameters: { ...confirmed, amount: '={{ $json.amount }}' },
			items: [{ json: { amount: '1' } }, { json: { amount: '2' } }],
			node: { retryOnFail: true, maxTries: 2, waitBetweenTries: 0 },
		});
		expect(atelier.requests().map(({ body }) => body)).toEqual([
			{ chain: 'solana', amount: 1 },
			{ chain: 'solana', amount: 2 },
			{ chain: 'solana', amount: 2 },
		]);
		expect(items.map(({ tx_hash }) => tx_hash)).toEqual(['5xYz', '6second']);
	});

	it('pays two items that ask the same', async () => {
		atelier.answers(call, done);
		atelier.answers(call, { ...done, tx_hash: '6second' });
		const { items } = await runNode({ parameters: confirmed, items: [{}, {}] });
		expect(items.map(({ tx_hash }) => tx_hash)).toEqual(['5xYz', '6second']);
	});

	it('knows that nothing happened when withdrawing is switched off', async () => {
		atelier.refuses(call, 503, 'Server wallets are not enabled');
		const { error } = await runNode({ parameters: confirmed });
		expect(error?.message).toBe('Atelier answered 503: Server wallets are not enabled [item 0]');
	});
});
