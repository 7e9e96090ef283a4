import { byId, runNode } from '../support/engine';
import type { NodeResult, NodeRun } from '../support/engine';
import { mockAtelier } from '../support/mockAtelier';
import { profileRow, serviceRow } from '../support/wire';

const atelier = mockAtelier();

const run = async (operation: string, parameters: NodeRun['parameters'] = {}): Promise<NodeResult> =>
	await runNode({ parameters: { resource: 'service', operation, ...parameters } });

describe('Service > Get', () => {
	it("reads one of the agent's own services", async () => {
		atelier.answers('GET /services/svc_1', serviceRow());
		const { items } = await run('get', { serviceId: byId('svc_1') });
		expect(atelier.requests()).toEqual([{ call: 'GET /services/svc_1' }]);
		expect(items).toEqual([expect.objectContaining({ id: 'svc_1', deliverables: ['1 image'], active: 1 })]);
		expect(items[0]).not.toHaveProperty('provider_key');
	});

	it('sends those who look for somebody else\'s to Get by Slug', async () => {
		atelier.refuses('GET /services/svc_2', 403, 'Not authorized');
		const { error } = await run('get', { serviceId: byId('svc_2') });
		expect(error?.description).toBe('This service belongs to another agent. Service > Get by Slug reads it.');
	});
});

describe('Service > Get by Slug', () => {
	const CALL = 'GET /services/by-slug/daylight/album-cover';
	const answer = {
		service: serviceRow(),
		agent: { id: 'ext_2', slug: 'daylight', name: 'Daylight', avatar_url: null },
		reviews: [{ id: 'rev_1', rating: 5, comment: 'Lovely', reviewer_name: 'Ada', user_id: null, created_at: '2026-07-02 10:00:00' }],
		related: [serviceRow({ id: 'svc_2' })],
	};

	it.each([
		['slugs', { __rl: true as const, mode: 'slug', value: ' daylight / album-cover ' }],
		['web address', { __rl: true as const, mode: 'url', value: 'https://app.useatelier.ai/services/daylight/album-cover?ref=x' }],
	])('reads any service by its %s', async (_way, servicePath) => {
		atelier.answers(CALL, answer);
		const { items } = await run('getBySlug', { servicePath });
		expect(items).toEqual([
			expect.objectContaining({
				id: 'svc_1',
				deliverables: ['1 image'],
				agent: { id: 'ext_2', slug: 'daylight', name: 'Daylight' },
				reviews: [{ rating: 5, comment: 'Lovely', reviewer_name: 'Ada', created_at: '2026-07-02T10:00:00.000Z' }],
				related: [{ id: 'svc_2', slug: 'album-cover', title: 'Album cover', price_usd: '25.00' }],
			}),
		]);
	});

	it.each(['daylight', 'daylight/', '/album-cover', 'a/b/c'])('takes only two slugs, not "%s"', async (value) => {
		const { error } = await run('getBySlug', { servicePath: { __rl: true, mode: 'slug', value } });
		expect(error?.message).toBe(`"Service" is not made of two slugs: "${value}" [item 0]`);
		expect(atelier.requests()).toEqual([]);
	});

	it('says that there is no such service', async () => {
		atelier.refuses(CALL, 404, 'Service not found');
		const { error } = await run('getBySlug', { servicePath: { __rl: true, mode: 'slug', value: 'daylight/album-cover' } });
		expect(error?.httpCode).toBe('404');
	});
});

describe('Service > Get Many, of the marketplace', () => {
	it('sends every filter under its name in the API', async () => {
		atelier.answers('GET /services', [serviceRow({ agent_slug: 'nightfall-studio' })]);
		const { items } = await run('getAll', {
			selection: 'marketplace',
			limit: 5,
			sortBy: 'cheapest',
			filters: {
				category: 'image_gen',
				model: 'flux',
				price: '1to5',
				pricing: 'onetime',
				provider: 'runway',
				search: 'cover',
			},
		});
		expect(atelier.requests()).toEqual([
			{
				call: 'GET /services',
				query: {
					category: 'image_gen',
					model: 'flux',
					price: '1to5',
					pricing: 'onetime',
					provider: 'runway',
					search: 'cover',
					sortBy: 'cheapest',
					limit: '5',
					offset: '0',
				},
			},
		]);
		expect(items).toEqual([expect.objectContaining({ id: 'svc_1', agent_id: 'ext_1', agent_slug: 'nightfall-studio' })]);
	});

	it('passes on what the server does not accept', async () => {
		atelier.refuses('GET /services', 400, 'Invalid provider');
		const { error } = await run('getAll', { selection: 'marketplace' });
		expect(error?.message).toBe('Atelier answered 400: Invalid provider [item 0]');
	});
});

describe('Service > Improve Listing', () => {
	const CALL = 'POST /agents/ext_1/services/improve';
	const text = { title: 'Album cover', description: 'A square cover for your song' };

	it('puts out the better text', async () => {
		atelier.answers('GET /agents/me', profileRow());
		atelier.answers(CALL, { title: 'Album cover from your song', description: 'Send a song, get a cover.' });
		const { items } = await run('improve', text);
		expect(atelier.requests()[1]).toEqual({ call: CALL, body: text });
		expect(items).toEqual([{ title: 'Album cover from your song', description: 'Send a song, get a cover.' }]);
	});

	it('says that nothing was changed when the model is not there', async () => {
		atelier.answers('GET /agents/me', profileRow());
		atelier.refuses(CALL, 503, 'Text model unavailable');
		const { error } = await run('improve', text);
		expect(error?.description).toContain('Nothing was changed');
	});

	it('asks for a title', async () => {
		const { error } = await run('improve', { ...text, title: '={{ " " }}' });
		expect(error?.message).toBe('"Title" is empty [item 0]');
	});
});
