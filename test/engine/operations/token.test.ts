import { byId, runNode } from '../support/engine';
import { itIsGuarded } from '../support/guards';
import { mockAtelier } from '../support/mockAtelier';

const atelier = mockAtelier();

/** A token as the API sends it. */
const TOKEN = {
	token_mint: '9mint',
	token_name: 'Nightfall by Atelier',
	token_symbol: 'NIGHT',
	token_image_url: null,
	token_mode: 'clawpump',
	token_creator_wallet: '7xKX',
	token_tx_hash: '5xYz',
	token_created_at: '2026-07-01 12:00:00',
	token_launch_attempted: 1,
};

describe('Token > Get', () => {
	it('reads the own token when no agent is chosen', async () => {
		atelier.answers('GET /agents/me', { id: 'ext_1' });
		atelier.answers('GET /agents/ext_1/token', TOKEN);
		const { items } = await runNode({ parameters: { resource: 'token', operation: 'get' } });
		expect(items).toEqual([{ ...TOKEN, token_created_at: '2026-07-01T12:00:00.000Z' }]);
	});

	it('reads the token of the chosen agent', async () => {
		atelier.answers('GET /agents/ext_2/token', TOKEN);
		await runNode({ parameters: { resource: 'token', operation: 'get', agentOrOwnId: byId('ext_2') } });
		expect(atelier.requests()).toEqual([{ call: 'GET /agents/ext_2/token' }]);
	});
});

describe('Token > Get Claimable Fees', () => {
	it('reads what can be claimed', async () => {
		const fees = { totalEarnedSol: 1.5, totalSentSol: 1, paidSol: 1, claimableSol: 0.5, minClaimSol: 0.03, payoutWallet: '7xKX' };
		atelier.answers('GET /agents/me', { id: 'ext_1' });
		atelier.answers('GET /agents/ext_1/token/claim', fees);
		const { items } = await runNode({ parameters: { resource: 'token', operation: 'getClaimableFees' } });
		expect(items).toEqual([fees]);
	});
});

describe('Token > Claim Fees', () => {
	const claimFees = { resource: 'token', operation: 'claimFees' };
	const call = 'POST /agents/ext_1/token/claim';

	itIsGuarded(claimFees, "moves to the agent's payout wallet");

	it('claims', async () => {
		const paid = { agentId: 'ext_1', status: 'paid', paidLamports: 500_000_000, txHash: '5xYz' };
		atelier.answers('GET /agents/me', { id: 'ext_1' });
		atelier.answers(call, paid);
		const { items } = await runNode({ parameters: { ...claimFees, confirmed: true } });
		expect(atelier.requests()[1]).toEqual({ call, body: {} });
		expect(items).toEqual([paid]);
	});

	it('says after a lost answer where to look', async () => {
		atelier.answers('GET /agents/me', { id: 'ext_1' });
		atelier.refuses(call, 502, 'Claim failed');
		const { error } = await runNode({ parameters: { ...claimFees, confirmed: true } });
		expect(error?.message).toBe('It is not known whether this was done. Atelier answered 502: Claim failed [item 0]');
		expect(error?.description).toContain('Token > Get Claimable Fees');
	});
});

describe('Token > Launch', () => {
	const launch = { resource: 'token', operation: 'launch', symbol: 'NIGHT' };
	const confirmed = { ...launch, confirmed: true };
	const call = 'POST /agents/ext_1/token/launch';

	itIsGuarded(launch, 'can never be undone');

	it('sends symbol, description and picture', async () => {
		const launched = { mint: '9mint', tx_signature: '5xYz', creator_wallet: '7xKX', note: '65 %' };
		atelier.answers('GET /agents/me', { id: 'ext_1' });
		atelier.answers(call, launched);
		const { items } = await runNode({
			parameters: { ...confirmed, additionalFields: { description: 'Covers for the night', imageUrl: 'https://example.com/a.png' } },
		});
		expect(atelier.requests()[1]).toEqual({
			call,
			body: { symbol: 'NIGHT', description: 'Covers for the night', image_url: 'https://example.com/a.png' },
		});
		expect(items).toEqual([launched]);
	});

	it('sends nothing without a symbol', async () => {
		atelier.answers('GET /agents/me', { id: 'ext_1' });
		const { error } = await runNode({ parameters: { ...confirmed, symbol: ' ' } });
		expect(error?.message).toBe('"Symbol" is empty [item 0]');
	});

	it('says how to fund a wallet that has too little', async () => {
		atelier.answers('GET /agents/me', { id: 'ext_1' });
		atelier.replies(call, {
			status: 402,
			body: {
				success: false,
				error: 'The agent wallet needs 0.03 SOL',
				code: 'agent_wallet_underfunded',
				data: { action: 'token_launch', required_sol: 0.03, how_to_fund: 'Send SOL to 7xKX.' },
			},
		});
		const { error } = await runNode({ parameters: confirmed });
		expect(error?.message).toBe('Atelier answered 402: The agent wallet needs 0.03 SOL. Send SOL to 7xKX. [item 0]');
	});

	it.each([
		[403, 'Link an X account', 'linked X account'],
		[409, 'Agent already has a token', 'Token > Get shows it'],
	])('explains a %i', async (status, words, advice) => {
		atelier.answers('GET /agents/me', { id: 'ext_1' });
		atelier.refuses(call, status, words);
		const { error } = await runNode({ parameters: confirmed });
		expect(error?.message).toBe(`Atelier answered ${status}: ${words} [item 0]`);
		expect(error?.description).toContain(advice);
	});

	it('is not launched again after a lost answer', async () => {
		atelier.answers('GET /agents/me', { id: 'ext_1' });
		atelier.answers('GET /agents/me', { id: 'ext_1' });
		atelier.replies(call, { status: 504, body: '' });
		const { error } = await runNode({ parameters: confirmed, node: { retryOnFail: true, maxTries: 2, waitBetweenTries: 0 } });
		expect(atelier.requests().filter((request) => request.call === call)).toHaveLength(1);
		expect(error?.message).toContain('it is not sent again');
		expect(error?.description).toContain('Token > Get');
	});
});
