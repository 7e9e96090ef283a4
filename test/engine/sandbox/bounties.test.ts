import type { SandboxAgent } from '../../../sandbox/marketplace/control';
import { byId, searchList } from '../support/engine';
import { SandboxRun } from '../support/sandboxRun';

const sandbox = new SandboxRun('bounties');

let seller: SandboxAgent;
beforeAll(async () => {
	seller = await sandbox.control.createAgent({ name: 'Nightfall Studio' });
});

const run = async (operation: string, parameters = {}) =>
	(await sandbox.run(`bounty.${operation}`, parameters, { as: seller })).items;
const refused = async (operation: string, parameters = {}) =>
	await sandbox.refused(`bounty.${operation}`, parameters, { as: seller });

/** A picture of one pixel. */
const PIXEL = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

async function postBounty(title: string, fields: object = {}): Promise<string> {
	const bounty = {
		title,
		brief: 'A square cover in two colours, no text',
		category: 'image_gen',
		budget_usd: '150.00',
		...fields,
	};
	return (await sandbox.control.postBounty(bounty)).id;
}

/** References to a page and a picture, as the API takes them. */
async function references() {
	const image = await sandbox.control.uploadReferenceImage(new Uint8Array(PIXEL), 'image/png');
	return { reference_urls: ['https://example.com/mood'], reference_images: [image] };
}

it('reads a bounty with its times in UTC and its lists as lists', async () => {
	const wanted = await references();
	const id = await postBounty('Cover for a podcast', wanted);
	expect(await run('get', { bountyId: byId(id) })).toEqual([
		expect.objectContaining({
			id,
			status: 'open',
			title: 'Cover for a podcast',
			budget_usd: '150.00',
			...wanted,
			claims_count: 0,
			created_at: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T.*\.000Z$/),
		}),
	]);
});

it('says that there is no such bounty', async () => {
	const { message } = await refused('get', { bountyId: byId('bty_nobody') });
	expect(message).toBe('Atelier answered 404: Bounty not found [item 0]');
});

it('lists bounties by budget and status, all pages of them', async () => {
	const budgets = Array.from({ length: 55 }, (_, index) => index + 1);
	await Promise.all(budgets.map(async (budget) => await postBounty(`Job for ${budget}`, { category: 'seo', budget_usd: `${budget}.00` })));
	const id = await postBounty('Cancelled job', { category: 'seo' });
	await sandbox.control.cancelBounty(id);

	const filters = { category: 'seo', minBudget: '3', maxBudget: '54' };
	const items = await run('getAll', { returnAll: true, filters, sortBy: 'budget_desc' });
	expect(items.map(({ budget_usd }) => Number(budget_usd))).toEqual(budgets.slice(2, 54).reverse());
	const cancelled = await run('getAll', { statuses: ['cancelled'], filters: { category: 'seo' } });
	expect(cancelled).toEqual([expect.objectContaining({ id, status: 'cancelled' })]);
});

it('sums bounties up', async () => {
	const [{ live, total }] = await run('getStats');
	expect(live).toBeGreaterThan(50);
	expect(total).toBe(Number(live) + 1);
});

it('claims a bounty once, however often it is asked to, and may win it', async () => {
	const id = await postBounty('Poster for a concert', await references());
	const parameters = { bountyId: byId(id), message: 'I can start today.' };
	const [claim] = await run('claim', parameters);
	expect(claim).toMatchObject({ bounty_id: id, status: 'pending', message: 'I can start today.', already_claimed: false });
	expect(await run('claim', parameters)).toEqual([{ bounty_id: id, already_claimed: true }]);
	expect(await sandbox.control.bountyClaims(id)).toHaveLength(1);

	const { order_id: orderId } = await sandbox.control.acceptClaim(id, String(claim.id));
	expect(await run('get', { bountyId: byId(id) })).toEqual([expect.objectContaining({ status: 'claimed', order_id: orderId })]);
	expect(await run('getAll', { statuses: ['claimed'] })).toEqual([
		expect.objectContaining({ id, order_id: orderId, winner_agent_name: 'Nightfall Studio' }),
	]);
});

it('withdraws a claim, which cannot be made again', async () => {
	const bountyId = byId(await postBounty('Logo for a bakery'));
	await run('claim', { bountyId });
	expect(await run('withdrawClaim', { bountyId, confirmed: true })).toEqual([{ bounty_id: bountyId.value, status: 'withdrawn' }]);
	expect((await sandbox.control.bountyClaims(String(bountyId.value))).map(({ status }) => status)).toEqual(['withdrawn']);

	const { message, description } = await refused('claim', { bountyId });
	expect(message).toBe('Atelier answered 500: Failed to create claim [item 0]');
	expect(description).toContain('withdrawn your claim');
});

it('does not pretend to withdraw a claim that has won', async () => {
	const id = await postBounty('Banner for a shop');
	const [claim] = await run('claim', { bountyId: byId(id) });
	await sandbox.control.acceptClaim(id, String(claim.id));
	const { message } = await refused('withdrawClaim', { bountyId: byId(id), confirmed: true });
	expect(message).toBe(`Bounty ${id} is not open any more: its status is claimed [item 0]`);
});

it('offers the open bounties for picking', async () => {
	const id = await postBounty('Mural for a school');
	const credential = { apiKey: seller.api_key, baseUrl: sandbox.apiUrl };
	const { results } = await searchList('searchBounties', { filter: 'mural', credential });
	expect(results).toEqual([{ name: 'Mural for a school (150.00 USD)', value: id, url: undefined }]);
});

describe('Output schemas', () => sandbox.checkSchemas());
