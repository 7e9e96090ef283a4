import { DATABASE_TIME, MarketplaceClient } from './marketplaceClient';

const shop = new MarketplaceClient();
beforeAll(async () => await shop.start());
afterAll(async () => await shop.stop());

const SERVICE = {
	category: 'image_gen',
	title: 'Portrait of your pet',
	description: 'One portrait of your pet in the style of your choice, ready to print.',
	price_usd: '25.00',
	price_type: 'fixed',
};

async function agentWithService(fields: Record<string, unknown> = {}) {
	const agent = await shop.agent();
	const answer = await shop.post(`/agents/${agent.id}/services`, agent.api_key, { ...SERVICE, ...fields });
	return { agent, answer, service: answer.data };
}

describe('POST /agents/{id}/services', () => {
	it('answers 201 with the whole object, lists in it as JSON text', async () => {
		const { agent, answer } = await agentWithService({ deliverables: ['PNG', 'PSD'] });
		expect(answer.status).toBe(201);
		expect(Object.keys(answer.data)).toHaveLength(37);
		expect(answer.data).toMatchObject({
			id: expect.stringMatching(/^svc_/),
			slug: 'portrait-of-your-pet',
			agent_id: agent.id,
			agent_name: agent.name,
			deliverables: '["PNG","PSD"]',
			portfolio_post_ids: '[]',
			requirement_fields: null,
			turnaround_hours: 48,
			max_revisions: 3,
			quota_limit: 0,
			active: 1,
			provider_key: null,
			system_prompt: null,
			created_at: expect.stringMatching(DATABASE_TIME),
		});
	});

	it('keeps a price as it was typed', async () => {
		expect((await agentWithService({ price_usd: 12.5 })).service.price_usd).toBe('12.5');
		expect((await agentWithService({ price_usd: '25.00' })).service.price_usd).toBe('25.00');
		expect((await agentWithService({ price_usd: '0.00' })).service.price_usd).toBe('0.00');
		expect((await agentWithService({ price_usd: 0 })).answer.status).toBe(400);
	});

	it.each([
		[{ category: 'cooking' }, 'category is required. Valid: image_gen,'],
		[{ title: 'Four' }, 'title must be 5-80 characters'],
		[{ title: '!Portrait' }, 'title may only contain'],
		[{ title: 'Official portrait' }, 'title contains a blocked word ("official")'],
		[{ description: 'Too short to be of use to a buyer.' }, 'description must be 40-1000 characters'],
		[{ price_usd: '-1' }, 'price_usd must be a valid non-negative number'],
		[{ price_type: 'hourly' }, 'price_type must be one of: fixed, quote, weekly, monthly'],
		[{ quota_limit: 1.5 }, 'quota_limit must be a non-negative integer'],
		[{ max_revisions: 11 }, 'max_revisions must be an integer between 0 and 10'],
		[{ demo_url: 'no address' }, 'demo_url must be a valid URL'],
		[{ description: `${SERVICE.description} It is risk-free.` }, '"risk-free" claims'],
	])('refuses %j', async (fields, error) => {
		const { answer } = await agentWithService(fields);
		expect([answer.status, answer.body.error]).toEqual([400, expect.stringContaining(error)]);
	});

	it('clamps the turnaround, and takes 48 hours for 0', async () => {
		expect((await agentWithService({ turnaround_hours: 99_999 })).service.turnaround_hours).toBe(8760);
		expect((await agentWithService({ turnaround_hours: 0 })).service.turnaround_hours).toBe(48);
	});

	it('attaches a template of questions to technical categories alone', async () => {
		const { service } = await agentWithService({ category: 'coding' });
		expect(JSON.parse(service.requirement_fields)).toContainEqual(
			expect.objectContaining({ label: 'Repository', type: 'url' }),
		);
		const own = [{ label: 'Colour', type: 'text', required: true }];
		expect(JSON.parse((await agentWithService({ requirement_fields: own })).service.requirement_fields)).toEqual(own);
	});

	it("uses the key's own agent whatever the path says", async () => {
		const agent = await shop.agent();
		const { data } = await shop.post('/agents/anything/services', agent.api_key, SERVICE);
		expect(data.agent_id).toBe(agent.id);
		expect((await shop.get('/agents/something-else/services', agent.api_key)).data).toMatchObject([{ id: data.id }]);
	});
});

describe('/services/{id}', () => {
	it('is for the owner alone', async () => {
		const { service } = await agentWithService();
		const stranger = await shop.agent();
		expect((await shop.get(`/services/${service.id}`)).status).toBe(401);
		expect((await shop.get(`/services/${service.id}`, stranger.api_key)).status).toBe(403);
		expect((await shop.get('/services/svc_none', stranger.api_key)).status).toBe(404);
	});

	it('stays unchanged by an empty edit and ignores what cannot be edited', async () => {
		const { agent, service } = await agentWithService();
		const empty = await shop.patch(`/services/${service.id}`, agent.api_key, {});
		expect([empty.status, empty.data]).toEqual([200, service]);
		const ignored = await shop.patch(`/services/${service.id}`, agent.api_key, {
			requirement_fields: [],
			active: 0,
			colour: 'red',
		});
		expect(ignored.data).toEqual(service);
	});

	it('takes edits, does not clamp the turnaround, and re-moderates text', async () => {
		const { agent, service } = await agentWithService({ demo_url: 'https://example.com/demo' });
		const edit = (body: unknown) => shop.patch(`/services/${service.id}`, agent.api_key, body);
		expect((await edit({ turnaround_hours: 99_999, demo_url: null })).data).toMatchObject({
			turnaround_hours: 99_999,
			demo_url: null,
		});
		expect((await edit({ price_usd: 3 })).data).not.toHaveProperty('moderation');
		expect((await edit({ title: 'Portrait of your cat' })).data).toMatchObject({
			title: 'Portrait of your cat',
			moderation: { status: 'ok', reason: null },
		});
	});

	it('stays readable and editable for its owner once deleted; only the lists drop it', async () => {
		const { agent, service } = await agentWithService();
		const remove = () => shop.call('DELETE', `/services/${service.id}`, { key: agent.api_key });
		expect((await remove()).data).toEqual({ id: service.id, active: 0 });
		expect((await remove()).status).toBe(200);
		expect((await shop.get(`/services/${service.id}`, agent.api_key)).data.active).toBe(0);
		expect((await shop.patch(`/services/${service.id}`, agent.api_key, { price_usd: '1' })).status).toBe(200);
		expect((await shop.get(`/agents/${agent.id}/services`, agent.api_key)).data).toEqual([]);
		expect(JSON.stringify((await shop.get('/services?limit=100')).data)).not.toContain(service.id);
	});

	it('improves a text', async () => {
		const agent = await shop.agent();
		const improve = (body: unknown) => shop.post(`/agents/${agent.id}/services/improve`, agent.api_key, body);
		expect((await improve({ title: 'portrait', description: 'a portrait of you' })).data).toMatchObject({
			title: 'Portrait',
		});
		expect((await improve({ title: 'x', description: 'a portrait of you' })).status).toBe(400);
	});
});

describe('GET /services', () => {
	it('shows what can be hired, without the owner fields', async () => {
		const { service } = await agentWithService({ title: 'A very particular service' });
		const { data } = await shop.get('/services?search=very particular');
		expect(data).toMatchObject([{ id: service.id }]);
		expect(Object.keys(data[0])).toHaveLength(35);
		expect(data[0]).not.toHaveProperty('system_prompt');
		await shop.control.changeAgent(service.agent_id, { owner_wallet: null });
		expect((await shop.get('/services?search=very particular')).data).toEqual([]);
	});

	it('filters and sorts', async () => {
		await agentWithService({ category: 'seo', price_usd: '3', title: 'Second cheapest' });
		await agentWithService({ category: 'seo', price_usd: '0.50', title: 'First cheapest' });
		await agentWithService({ category: 'seo', price_usd: '90', price_type: 'weekly', title: 'Most expensive' });
		const titles = async (query: string) =>
			(await shop.get(`/services?category=seo&${query}`)).data.map(({ title }: { title: string }) => title);
		expect(await titles('sortBy=cheapest')).toEqual(['First cheapest', 'Second cheapest', 'Most expensive']);
		expect(await titles('pricing=subscription')).toEqual(['Most expensive']);
		expect(await titles('price=1to5')).toEqual(['Second cheapest']);
		expect(await titles('sortBy=cheapest&limit=1&offset=1')).toEqual(['Second cheapest']);
		for (const query of ['sortBy=luck', 'provider=me']) expect((await shop.get(`/services?${query}`)).status).toBe(400);
	});

	it('finds one by its slugs, with its agent and what is alike', async () => {
		const { agent, service } = await agentWithService({ category: 'analytics' });
		const other = await agentWithService({ category: 'analytics' });
		const { data } = await shop.get(`/services/by-slug/${agent.slug}/${service.slug}`);
		expect(data).toMatchObject({
			service: { id: service.id },
			agent: { id: agent.id },
			reviews: [],
			related: [{ id: other.service.id }],
		});
		expect((await shop.get(`/services/by-slug/${agent.slug}/none`)).status).toBe(404);
	});
});
