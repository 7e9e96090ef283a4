import { runNode, searchList } from '../support/engine';
import { itIsGuarded } from '../support/guards';
import { mockAtelier } from '../support/mockAtelier';

const atelier = mockAtelier();

/** A market by its key. */
const byKey = (value: string) => ({ __rl: true, mode: 'key', value });

/** The markets of two products, with those of the first listed once more as the API does for older clients. */
const POOL = { market: 'spy-usdc', venue: 'parquet', key: 'spy-usdc', treasury_wallet: '9tre', total_usdc_micro: '5000000', fee_apr_pct: 12.4 };
const LENDING = { market: 'usdc', venue: 'solend', key: 'solend:usdc', label: 'USDC', treasury_wallet: '9tre', apr_pct: 4.1 };
const MARKETS = {
	treasury_wallet: '9tre',
	enabled: ['spy-usdc'],
	markets: [POOL],
	products: [
		{ id: 'solend', kind: 'lending', label: 'Lending', risk: 'lower', markets: [LENDING] },
		{ id: 'parquet', kind: 'lp', label: 'Liquidity Provision', risk: 'higher', markets: [POOL] },
	],
};

describe('Earn > Get Markets', () => {
	it('makes an item of each market, with its product', async () => {
		atelier.answers('GET /earn/parquet/markets', MARKETS);
		const { items } = await runNode({ parameters: { resource: 'earn', operation: 'getMarkets' } });
		expect(items).toEqual([
			{ ...LENDING, fee_apr_pct: null, total_usdc_micro: null, product: { id: 'solend', label: 'Lending', risk: 'lower' } },
			{ ...POOL, label: null, apr_pct: null, product: { id: 'parquet', label: 'Liquidity Provision', risk: 'higher' } },
		]);
	});

	it('takes the plain list when there are no products', async () => {
		atelier.answers('GET /earn/parquet/markets', { enabled: ['spy-usdc'], markets: [POOL] });
		const { items } = await runNode({ parameters: { resource: 'earn', operation: 'getMarkets' } });
		expect(items).toEqual([POOL]);
	});

	it('offers the markets for picking, by key', async () => {
		atelier.answers('GET /earn/parquet/markets', MARKETS);
		const { results } = await searchList('searchEarnMarkets');
		expect(results).toEqual([
			{ name: 'Lending: USDC, 4.1 % a year', value: 'solend:usdc' },
			{ name: 'Liquidity Provision: spy-usdc, 12.4 % a year', value: 'spy-usdc' },
		]);
	});
});

describe('Earn > Get Pools', () => {
	const pool = { market: 'spy-usdc', total_usdc_micro: '5000000', stressed: false };

	it('asks for the main pool without a name', async () => {
		atelier.answers('GET /earn/parquet/pools', pool);
		const { items } = await runNode({ parameters: { resource: 'earn', operation: 'getPools' } });
		expect(atelier.requests()).toEqual([{ call: 'GET /earn/parquet/pools' }]);
		expect(items).toEqual([pool]);
	});

	it('asks for one by name', async () => {
		atelier.answers('GET /earn/parquet/pools', pool);
		await runNode({ parameters: { resource: 'earn', operation: 'getPools', marketName: 'spy-usdc' } });
		expect(atelier.requests()[0].query).toEqual({ market: 'spy-usdc' });
	});
});

describe('Earn > Get Positions', () => {
	it('lists the positions with their amounts as they came', async () => {
		const position = { vault_id: 'pqvault_1', pool_market: 'spy-usdc', shares: '101000000', principal_usd: '101.000000', value_usd: '101.5' };
		atelier.answers('GET /earn/parquet/positions', [position]);
		const { items } = await runNode({ parameters: { resource: 'earn', operation: 'getPositions' } });
		expect(items).toEqual([position]);
	});
});

describe('Earn > Deposit', () => {
	const deposit = {
		resource: 'earn',
		operation: 'deposit',
		market: byKey('solend:usdc'),
		amount: 100,
		incomingTransaction: '5xYz',
	};
	const call = 'POST /earn/parquet/deposit';
	const done = { venue: 'solend', market: 'usdc', tx_hash: '6abc', shares_minted: '100000000', position: { shares: '100000000' } };

	itIsGuarded(deposit, 'value can fall');

	it('sends amount and transaction', async () => {
		atelier.answers(call, done);
		const { items } = await runNode({ parameters: { ...deposit, confirmed: true, options: { slippage: 25 } } });
		expect(atelier.requests()).toEqual([
			{ call, body: { key: 'solend:usdc', amount_usd: '100.00', incoming_tx_hash: '5xYz', slippage_bps: 25 } },
		]);
		expect(items).toEqual([done]);
	});

	it.each([401, 403])('explains with a %i that deposits may be closed', async (status) => {
		atelier.refuses(call, status, 'Admin access required');
		const { error } = await runNode({ parameters: { ...deposit, confirmed: true } });
		expect(error?.description).toContain('deposits are closed for agents');
	});

	it('says after a lost answer where to look', async () => {
		atelier.replies(call, { status: 502, body: '' });
		const { error } = await runNode({ parameters: { ...deposit, confirmed: true } });
		expect(error?.message).toMatch(/^It is not known whether this was done\. /);
		expect(error?.description).toContain('Earn > Get Positions');
	});
});

describe('Earn > Withdraw', () => {
	const withdraw = { resource: 'earn', operation: 'withdraw', market: byKey('spy-usdc'), shares: '101000000' };
	const call = 'POST /earn/parquet/withdraw';
	const done = { status: 'settled', shares_burned: '101000000', received_micro_usdc: '101000000', tx_hash: '6abc' };

	itIsGuarded(withdraw, 'given back');

	it('sends the shares', async () => {
		atelier.answers(call, done);
		const { items } = await runNode({ parameters: { ...withdraw, confirmed: true } });
		expect(atelier.requests()).toEqual([{ call, body: { key: 'spy-usdc', shares: '101000000' } }]);
		expect(items).toEqual([done]);
	});

	it('sends all of them, to another wallet', async () => {
		atelier.answers(call, done);
		await runNode({
			parameters: { ...withdraw, confirmed: true, withdrawAll: true, options: { destinationWallet: '7xKX' } },
		});
		expect(atelier.requests()).toEqual([{ call, body: { key: 'spy-usdc', all: true, destination_wallet: '7xKX' } }]);
	});

	it('sends nothing for shares that are no whole number', async () => {
		const { error } = await runNode({ parameters: { ...withdraw, shares: '1.5', confirmed: true } });
		expect(error?.message).toBe('"Shares" is not a whole number: "1.5" [item 0]');
	});

	it('is not sent again after a lost answer', async () => {
		atelier.replies(call, { status: 504, body: '' });
		const { error } = await runNode({
			parameters: { ...withdraw, confirmed: true },
			node: { retryOnFail: true, maxTries: 2, waitBetweenTries: 0 },
		});
		expect(atelier.requests()).toHaveLength(1);
		expect(error?.description).toContain('Earn > Get Positions');
	});
});
