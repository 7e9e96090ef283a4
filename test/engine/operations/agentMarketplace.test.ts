import type { IDataObject } from 'n8n-workflow';

import { byId, runNode } from '../support/engine';
import type { NodeResult, NodeRun } from '../support/engine';
import { mockAtelier } from '../support/mockAtelier';
import { profileRow, serviceRow } from '../support/wire';

const atelier = mockAtelier();

const run = async (operation: string, parameters: NodeRun['parameters'] = {}, type = 'atelier'): Promise<NodeResult> =>
	await runNode({ type, parameters: { resource: 'agent', operation, ...parameters } });

const listed = (number: number): IDataObject => ({
	id: `ext_${number}`,
	slug: `agent-${number}`,
	name: `Agent ${number}`,
	categories: ['image_gen'],
	min_price_usd: 5,
	said_wallet: null,
});

describe('Agent > Get', () => {
	const answer = {
		agent: { id: 'ext_2', slug: 'daylight', name: 'Daylight', capabilities: ['image_gen'], said_wallet: null, token: null },
		services: [serviceRow({ portfolio_post_ids: '[1]' })],
		portfolio: [
			{
				source_type: 'order',
				source_id: 'ord_9',
				deliverable_url: 'https://files.atelier.test/9.png',
				deliverable_media_type: 'image',
				prompt: 'Sun',
				created_at: '2026-07-01 12:00:00',
			},
		],
		stats: { completed_orders: 4, avg_rating: 4.75, followers: 1, services_count: 1 },
		reviews: [],
		recentOrders: [],
	};

	it.each([
		['ID or slug', byId('daylight')],
		['web address', { __rl: true as const, mode: 'url', value: 'https://app.useatelier.ai/agents/daylight#work' }],
	])('finds an agent by %s and simplifies its services', async (_way, agentId) => {
		atelier.answers('GET /agents/daylight', answer);
		const { items } = await run('get', { agentId });
		expect(items).toEqual([
			expect.objectContaining({
				id: 'ext_2',
				capabilities: ['image_gen'],
				stats: answer.stats,
				services: [expect.objectContaining({ id: 'svc_1', price_usd: '25.00', deliverables: ['1 image'] })],
				portfolio: [expect.objectContaining({ source_id: 'ord_9', prompt: 'Sun' })],
			}),
		]);
		expect(items[0]).not.toHaveProperty('recentOrders');
		expect((items[0].services as IDataObject[])[0]).not.toHaveProperty('portfolio_post_ids');
	});

	it('gives everything when it is not to simplify', async () => {
		atelier.answers('GET /agents/daylight', answer);
		const { items } = await run('get', { agentId: byId('daylight'), simplify: false });
		expect(items[0]).toMatchObject({ id: 'ext_2', token: null, recentOrders: [], services: [{ portfolio_post_ids: [1] }] });
		expect(items[0]).toHaveProperty(['portfolio', 0, 'created_at'], '2026-07-01T12:00:00.000Z');
	});

	it('refuses an address that is no page of an agent', async () => {
		const { error } = await run('get', { agentId: { __rl: true, mode: 'url', value: '={{ "https://app.useatelier.ai/bounties/bty_1" }}' } });
		expect(error?.message).toContain('This is likely because the URL entered is incorrect');
		expect(atelier.requests()).toEqual([]);
	});

	it('says that there is no such agent', async () => {
		atelier.refuses('GET /agents/nobody', 404, 'Agent not found');
		const { error } = await run('get', { agentId: byId('nobody') });
		expect(error).toMatchObject({ httpCode: '404', message: 'Atelier answered 404: Agent not found [item 0]' });
	});
});

describe('Agent > Get Many', () => {
	it('sends every filter under its name in the API', async () => {
		atelier.answers('GET /agents', [listed(1)]);
		const { items } = await run('getAll', {
			limit: 10,
			sortBy: 'rating',
			filters: { category: 'image_gen', model: 'flux', search: 'cover', source: 'external', withServices: true, withToken: true },
		});
		expect(atelier.requests()).toEqual([
			{
				call: 'GET /agents',
				query: {
					category: 'image_gen',
					model: 'flux',
					search: 'cover',
					source: 'external',
					sortBy: 'rating',
					services: 'with',
					tokenized: 'true',
					limit: '10',
					offset: '0',
				},
			},
		]);
		expect(items).toEqual([{ id: 'ext_1', slug: 'agent-1', name: 'Agent 1', categories: ['image_gen'], min_price_usd: 5 }]);
	});

	it('reads page after page for all of them', async () => {
		const agents = Array.from({ length: 130 }, (_, index) => listed(index));
		atelier.answers('GET /agents', agents.slice(0, 100));
		atelier.answers('GET /agents', agents.slice(100));
		const { items } = await run('getAll', { returnAll: true });
		expect(atelier.requests().map(({ query }) => [query?.limit, query?.offset])).toEqual([
			['100', '0'],
			['100', '100'],
		]);
		expect(items.map(({ id }) => id)).toEqual(agents.map(({ id }) => id));
	});

	it('does not turn in circles when every page is the first', async () => {
		const agents = Array.from({ length: 100 }, (_, index) => listed(index));
		atelier.answers('GET /agents', agents);
		atelier.answers('GET /agents', agents);
		const { error } = await run('getAll', { returnAll: true });
		expect(error?.message).toBe('Atelier answered with something other than the next page of the list [item 0]');
	});

	it('leaves out filters that are switched off', async () => {
		atelier.answers('GET /agents', []);
		await run('getAll', { filters: { withServices: false, withToken: false, search: '' } });
		expect(atelier.requests()[0].query).toEqual({ sortBy: 'popular', limit: '50', offset: '0' });
	});

	it('lists the featured ones', async () => {
		atelier.answers('GET /agents/featured', [listed(1), listed(2)]);
		const { items } = await run('getAll', { selection: 'featured', limit: 1 });
		expect(atelier.requests()).toEqual([{ call: 'GET /agents/featured' }]);
		expect(items.map(({ id }) => id)).toEqual(['ext_1']);
	});

	it('passes on what the server does not accept', async () => {
		atelier.refuses('GET /agents', 400, 'Invalid category');
		const { error } = await run('getAll');
		expect(error?.message).toBe('Atelier answered 400: Invalid category [item 0]');
	});
});

describe('Agent > Set Availability', () => {
	const CALL = 'PATCH /agents/ext_1/active';

	it('switches the agent off when that is confirmed', async () => {
		atelier.answers('GET /agents/me', profileRow());
		atelier.answers(CALL, { id: 'ext_1', active: 0 });
		const { items } = await run('setAvailability', { availability: 'unavailable', confirmed: true });
		expect(atelier.requests()[1]).toEqual({ call: CALL, body: { active: false } });
		expect(items).toEqual([{ id: 'ext_1', active: 0 }]);
	});

	it.each([{}, { confirmed: false }, { availability: '={{ "unavailable" }}', ownAgentId: 'ext_1' }])('does not switch it off unconfirmed: %j', async (parameters) => {
		const { error } = await run('setAvailability', { availability: 'unavailable', ...parameters });
		expect(error?.message).toContain('was not confirmed: until the agent is switched on again');
		expect(atelier.requests()).toEqual([]);
	});

	it('does not let an AI agent switch it off by itself', async () => {
		const { error } = await run('setAvailability', { availability: 'unavailable', confirmed: true }, 'atelierTool');
		expect(error?.message).toContain('is not allowed for an AI agent');
		expect(atelier.requests()).toEqual([]);
	});

	it('switches it on by its ID alone, for an agent that is off cannot read its profile', async () => {
		atelier.answers(CALL, { id: 'ext_1', active: 1 });
		const { items } = await run('setAvailability', { availability: 'available', ownAgentId: ' ext_1 ' });
		expect(atelier.requests()).toEqual([{ call: CALL, body: { active: true } }]);
		expect(items).toEqual([{ id: 'ext_1', active: 1 }]);
	});

	it('asks for the ID to switch it on', async () => {
		const { error } = await run('setAvailability', { availability: 'available', ownAgentId: '={{ $json.gone }}' });
		expect(error?.message).toBe('"Agent ID" is empty [item 0]');
	});

	it('takes no other availability', async () => {
		const { error } = await run('setAvailability', { availability: '={{ "off" }}', ownAgentId: 'ext_1' });
		expect(error?.message).toBe('"Availability" cannot be "off" [item 0]');
		expect(atelier.requests()).toEqual([]);
	});

	it('says that the ID is not of this agent', async () => {
		atelier.refuses('PATCH /agents/ext_2/active', 403, 'Not authorized to manage this agent');
		const { error } = await run('setAvailability', { availability: 'available', ownAgentId: 'ext_2' });
		expect(error?.description).toBe('Check "Agent ID": it must be the ID of the agent that the credential belongs to.');
	});
});

describe('Agent > Update Portfolio', () => {
	const CALL = 'PATCH /agents/ext_1/portfolio';

	it.each(['hide', 'unhide'])('%s: puts out what was done, though the server answers without data', async (portfolioAction) => {
		atelier.answers('GET /agents/me', profileRow());
		atelier.replies(CALL, { body: { success: true } });
		const { items } = await run('updatePortfolio', { portfolioAction, sourceType: 'deliverable', sourceId: byId('del_1') });
		const change = { action: portfolioAction, source_type: 'deliverable', source_id: 'del_1' };
		expect(atelier.requests()[1]).toEqual({ call: CALL, body: change });
		expect(items).toEqual([{ success: true, ...change }]);
	});

	it('passes on a refusal', async () => {
		atelier.answers('GET /agents/me', profileRow());
		atelier.refuses(CALL, 403, 'Agent ID mismatch');
		const { error } = await run('updatePortfolio', { sourceId: byId('ord_1') });
		expect(error?.message).toBe('Atelier answered 403: Agent ID mismatch [item 0]');
	});
});
