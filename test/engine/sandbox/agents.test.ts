import type { IDataObject } from 'n8n-workflow';

import { resources } from '../../../nodes/Atelier/operations';
import type { SandboxAgent } from '../../../sandbox/marketplace/control';
import { byId } from '../support/engine';
import type { NodeRun } from '../support/engine';
import { RESOURCES_OF_FILE, SandboxRun } from '../support/sandboxRun';
import type { RunSettings } from '../support/sandboxRun';

const sandbox = new SandboxRun('agents');

const WALLET = '7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU';
const BASE_ADDRESS = '0x52908400098527886E0F7030069857D2E4169EE7';

/** The seller, of whose work the tests tell. */
let seller: SandboxAgent;
let serviceId: string;
/** An order of the seller that the buyer has completed and reviewed. */
let orderId: string;

/** Runs an operation, as the seller unless it says otherwise. */
const run = async (operation: string, parameters: NodeRun['parameters'] = {}, settings: RunSettings = {}) =>
	await sandbox.run(operation, parameters, { as: seller, ...settings });
const refused = async (operation: string, parameters: NodeRun['parameters'] = {}, settings: RunSettings = {}) =>
	await sandbox.refused(operation, parameters, { as: seller, ...settings });

beforeAll(async () => {
	seller = await sandbox.control.createAgent({ name: 'Nightfall Studio', avatar_url: 'https://example.com/face.png' });
	await sandbox.control.changeAgent(seller.id, { twitter_username: 'nightfall', verified: 1, featured: 1, add_funds: { sol: 1 } });
});

it('every resource is run by one of the files', () => {
	expect(Object.values(RESOURCES_OF_FILE).flat().sort()).toEqual(resources.map(({ value }) => value).sort());
});

describe('Services of the own agent', () => {
	it('are created, listed, read and changed', async () => {
		const { items } = await run('service.create', {
			title: 'Album cover from your song',
			description: 'You send a song and a mood, you get a square cover in print quality.',
			price: '25.00',
			additionalFields: {
				deliverables: '1 image, 2 variations',
				demoUrl: 'https://example.com/samples',
				requirementFields: '[{"label": "Size", "type": "text", "required": true, "placeholder": "e.g. 3000 px", "options": ["S"]}]',
			},
		});
		expect(items[0]).toMatchObject({ price_usd: '25.00', deliverables: ['1 image', '2 variations'], active: 1 });
		serviceId = String(items[0].id);

		const own = await run('service.getAll');
		expect(own.items).toMatchObject([{ id: serviceId, agent_slug: seller.slug }]);
		const changed = await run('service.update', { serviceId: byId(serviceId), updateFields: { title: 'Cover from your song' } });
		expect(changed.items).toMatchObject([{ title: 'Cover from your song', price_usd: '25.00' }]);
		const read = await run('service.get', { serviceId: byId(serviceId) });
		expect(read.items).toMatchObject([{ id: serviceId, title: 'Cover from your song' }]);
	});

	it('another agent is sent to Get by Slug', async () => {
		const other = await sandbox.control.createAgent({ name: 'Daylight Studio' });
		const error = await refused('service.get', { serviceId: byId(serviceId) }, { as: other });
		expect(error.description).toContain('Service > Get by Slug');
	});

	it('get better words', async () => {
		const { items } = await run('service.improve', { title: 'album cover', description: 'a cover for your song, square' });
		expect(items[0].description).toEqual(expect.any(String));
	});
});

describe('The marketplace', () => {
	beforeAll(async () => {
		const { control } = sandbox;
		await control.createService(seller.id, { title: 'Poster', price_usd: '3.00', turnaround_hours: 12 });
		const order = await control.placeOrder({ service_id: serviceId, brief: 'A cover with a lighthouse', pay: true });
		orderId = order.id;
		await run('order.deliver', { orderId: byId(orderId), source: 'url', urls: 'https://example.com/cover.png' });
		await control.approve(orderId);
		await control.review(orderId, 5, 'Lovely');
	});

	it('lists services by filter and price', async () => {
		const { items } = await run('service.getAll', { selection: 'marketplace', sortBy: 'cheapest', filters: { category: 'image_gen', search: 'song' } });
		expect(items).toMatchObject([{ id: serviceId, agent_name: 'Nightfall Studio', completed_orders: 1, avg_rating: 5 }]);
		const cheapest = await run('service.getAll', { selection: 'marketplace', sortBy: 'cheapest' });
		expect(cheapest.items.map(({ title }) => title)).toEqual(['Poster', 'Cover from your song']);
	});

	it('says which filter it does not know', async () => {
		const error = await refused(
			'service.getAll',
			{ selection: 'marketplace', filters: { category: '={{ "paintings" }}' } },
		);
		expect(error).toMatchObject({ httpCode: '400' });
	});

	it('shows a service with agent, reviews and similar ones', async () => {
		const [{ slug }] = (await run('service.get', { serviceId: byId(serviceId) })).items;
		const servicePath = { __rl: true as const, mode: 'url', value: `https://app.useatelier.ai/services/${seller.slug}/${String(slug)}` };
		const { items } = await run('service.getBySlug', { servicePath });
		expect(items).toMatchObject([
			{ id: serviceId, agent: { id: seller.id }, reviews: [{ rating: 5, comment: 'Lovely' }], related: [{ title: 'Poster' }] },
		]);
	});

	it('lists agents, all and featured', async () => {
		const { items } = await run('agent.getAll', { filters: { search: 'nightfall', withServices: true } });
		expect(items).toMatchObject([{ id: seller.id, categories: ['image_gen'] }]);
		const featured = await run('agent.getAll', { selection: 'featured' });
		expect(featured.items).toMatchObject([{ id: seller.id }]);
	});

	it('shows an agent by slug', async () => {
		const { items } = await run('agent.get', { agentId: byId(seller.slug) });
		expect(items).toMatchObject([{ id: seller.id, stats: { completed_orders: 1 }, services: [{}, {}], portfolio: [{ source_type: 'order' }] }]);
	});
});

describe('The own agent', () => {
	it('is registered', async () => {
		const { items } = await run(
			'agent.register',
			{
				name: 'Morning Studio',
				description: 'Posters in a light style',
				options: { baseUrl: sandbox.apiUrl },
				additionalFields: { endpointUrl: 'https://n8n.example.com/webhook/other' },
			},
			{ as: null },
		);
		expect(items[0]).toMatchObject({ api_key: expect.stringMatching(/^atelier_/), webhook_secret: expect.stringMatching(/^whsec_/) });
	});

	it('is read and changed', async () => {
		const { items } = await run(
			'agent.update',
			{
				updateFields: { aiModels: 'flux-pro', endpointUrl: 'https://n8n.example.com/webhook/atelier', payoutWallet: WALLET, payoutAddressBase: BASE_ADDRESS, payoutChain: 'base' },
			},
		);
		expect(items[0]).toMatchObject({ ai_models: ['flux-pro'], payout_wallet: WALLET, payout_chain: 'base' });
		const profile = await run('agent.getProfile');
		expect(profile.items[0]).toMatchObject({ id: seller.id, capabilities: ['image_gen'], payout_address_base: BASE_ADDRESS });
	});

	it('hides a piece of work and shows it again', async () => {
		const piece = { sourceType: 'order', sourceId: byId(orderId) };
		const shown = async () => {
			const [{ portfolio }] = (await run('agent.get', { agentId: byId(seller.id) })).items;
			return (portfolio as IDataObject[]).map(({ source_id }) => source_id);
		};
		expect(await shown()).toContain(orderId);
		await run('agent.updatePortfolio', { portfolioAction: 'hide', ...piece });
		expect(await shown()).not.toContain(orderId);
		await run('agent.updatePortfolio', { portfolioAction: 'unhide', ...piece });
		expect(await shown()).toContain(orderId);
	});

	it('gets an identity', async () => {
		await run('agent.createIdentity', { confirmed: true });
		await run('agent.getIdentity', { agentOrOwnId: byId(seller.id) });
	});

	it('is switched off, knows no call but one, and is switched on again', async () => {
		const off = await run('agent.setAvailability', { availability: 'unavailable', confirmed: true });
		expect(off.items).toEqual([{ id: seller.id, active: 0 }]);
		expect(await refused('agent.getProfile')).toMatchObject({ httpCode: '401' });
		const again = await refused('agent.setAvailability', { availability: 'unavailable', confirmed: true });
		expect(again.description).toContain('choose Available to switch it on');
		const on = await run('agent.setAvailability', { availability: 'available', ownAgentId: seller.id });
		expect(on.items).toEqual([{ id: seller.id, active: 1 }]);
		await run('agent.getProfile');
	});
});

describe('A service of the own agent', () => {
	it('leaves the marketplace', async () => {
		await run('service.deactivate', { serviceId: byId(serviceId), confirmed: true });
		const { items } = await run('service.getAll');
		expect(items.map(({ id }) => id)).not.toContain(serviceId);
	});
});

describe('Output schemas', () => sandbox.checkSchemas());
