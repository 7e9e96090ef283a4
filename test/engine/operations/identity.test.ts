import { byId, runNode } from '../support/engine';
import { itIsGuarded } from '../support/guards';
import { mockAtelier } from '../support/mockAtelier';

const atelier = mockAtelier();

describe('Agent > Create SAID Identity', () => {
	const createIdentity = { resource: 'agent', operation: 'createIdentity' };
	const call = 'POST /agents/ext_1/said';

	itIsGuarded(createIdentity, 'can never be undone');

	it('creates the identity of the own agent', async () => {
		const identity = { said_wallet: '9said', said_pda: '9pda', tx_signature: '5xYz' };
		atelier.answers('GET /agents/me', { id: 'ext_1' });
		atelier.answers(call, identity);
		const { items } = await runNode({ parameters: { ...createIdentity, confirmed: true } });
		expect(atelier.requests()[1]).toEqual({ call, body: {} });
		expect(items).toEqual([identity]);
	});

	it('says that there is one already', async () => {
		atelier.answers('GET /agents/me', { id: 'ext_1' });
		atelier.refuses(call, 409, 'Agent already has a SAID identity');
		const { error } = await runNode({ parameters: { ...createIdentity, confirmed: true } });
		expect(error?.message).toBe('Atelier answered 409: Agent already has a SAID identity [item 0]');
		expect(error?.description).toContain('Nothing was paid');
	});

	it('says after a lost answer where to look', async () => {
		atelier.answers('GET /agents/me', { id: 'ext_1' });
		atelier.replies(call, { status: 504, body: '' });
		const { error } = await runNode({ parameters: { ...createIdentity, confirmed: true } });
		expect(error?.message).toMatch(/^It is not known whether this was done\. /);
		expect(error?.description).toContain('said_wallet');
	});
});

describe('Agent > Get SAID Identity', () => {
	it('reads a card, which comes without an envelope', async () => {
		const card = { name: 'Nightfall', wallet: '9said', capabilities: ['image_gen'] };
		atelier.replies('GET /said/card/ext_2', { body: card });
		const { items } = await runNode({ parameters: { resource: 'agent', operation: 'getIdentity', agentOrOwnId: byId('ext_2') } });
		expect(atelier.requests()).toEqual([{ call: 'GET /said/card/ext_2' }]);
		expect(items).toEqual([card]);
	});

	it('reads that of the own agent when none is chosen', async () => {
		atelier.answers('GET /agents/me', { id: 'ext_1' });
		atelier.replies('GET /said/card/ext_1', { body: { name: 'Own' } });
		const { items } = await runNode({ parameters: { resource: 'agent', operation: 'getIdentity' } });
		expect(items).toEqual([{ name: 'Own' }]);
	});
});
