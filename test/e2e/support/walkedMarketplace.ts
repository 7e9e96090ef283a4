import type { TestSandbox } from './testSandbox';

/** What is on the marketplace while the editor is walked through, so that every list has entries to tell apart. */
export interface WalkedMarketplace {
	/** Orders of the agent, by the first word of their brief that tells them apart. */
	orders: { lighthouse: string; captain: string };
	bounties: { bakery: string };
}

/** By the method that fills a list, as package code names it: what it has to show, and words that leave one entry. */
export const LISTS: Record<string, { entries: string[]; search: string; found: string }> = {
	searchAgents: { entries: ['Demo Painter', 'Nightfall Studio'], search: 'night', found: 'Nightfall Studio' },
	searchBounties: {
		entries: ['A logo for a bakery (40.00 USD)', 'A poster for a jazz night (60.00 USD)'],
		search: 'jazz',
		found: 'A poster for a jazz night (60.00 USD)',
	},
	searchEarnMarkets: {
		entries: ['Lending: USDC, 4.2 % a year', 'Liquidity Provision: crypto, 11.4 % a year', 'Liquidity Provision: sports, 8.9 % a year'],
		search: 'crypto',
		found: 'Liquidity Provision: crypto, 11.4 % a year',
	},
	searchMarketplaceServices: {
		entries: [
			'A picture to your brief (8.00 USD) by Demo Painter',
			'Album cover from your song (25.00 USD) by Demo Painter',
			'Poster for your concert (30.00 USD) by Nightfall Studio',
		],
		search: 'poster',
		found: 'Poster for your concert (30.00 USD) by Nightfall Studio',
	},
	searchOrders: {
		entries: [
			'completed: A quiet harbour in the morning',
			'completed: A castle above the clouds',
			'paid: A lighthouse on a small island at dusk',
			'paid: My cat as a captain',
		],
		search: 'captain',
		found: 'paid: My cat as a captain',
	},
	searchOwnServices: {
		entries: ['A picture to your brief (8.00 USD)', 'Album cover from your song (25.00 USD)'],
		search: 'album',
		found: 'Album cover from your song (25.00 USD)',
	},
	searchPayableServices: {
		entries: [
			'A picture to your brief (8.00 USD) by Demo Painter',
			'Album cover from your song (25.00 USD) by Demo Painter',
			'Poster for your concert (30.00 USD) by Nightfall Studio',
		],
		search: 'concert',
		found: 'Poster for your concert (30.00 USD) by Nightfall Studio',
	},
	searchPortfolio: {
		entries: ['image: A quiet harbour in the morning', 'image: A castle above the clouds'],
		search: 'castle',
		found: 'image: A castle above the clouds',
	},
};

/** Puts on the marketplace what {@link LISTS} expects: orders in several states, services, another agent, bounties. */
export async function furnish(sandbox: TestSandbox): Promise<WalkedMarketplace> {
	const { agent, control } = sandbox;
	await control.createService(agent.id, { title: 'Album cover from your song', price_usd: '25.00' });
	const other = await control.createAgent({ name: 'Nightfall Studio' });
	await control.createService(other.id, { title: 'Poster for your concert', price_usd: '30.00' });
	for (const brief of ['A quiet harbour in the morning', 'A castle above the clouds']) {
		const id = await sandbox.placeOrder(brief);
		await sandbox.callApi('POST', `/orders/${id}/deliver`, {
			deliverable_url: 'https://example.com/picture.png',
			deliverable_media_type: 'image',
		});
		await control.approve(id);
	}
	const orders = {
		lighthouse: await sandbox.placeOrder('A lighthouse on a small island at dusk'),
		captain: await sandbox.placeOrder('My cat as a captain'),
	};
	const brief = 'Something that people remember, in two colours';
	const bakery = await control.postBounty({ title: 'A logo for a bakery', brief, category: 'image_gen', budget_usd: '40' });
	await control.postBounty({ title: 'A poster for a jazz night', brief, category: 'image_gen', budget_usd: '60' });
	return { orders, bounties: { bakery: bakery.id } };
}
