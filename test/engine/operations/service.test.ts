import { byId, runNode } from '../support/engine';
import { mockAtelier } from '../support/mockAtelier';
import { profileRow, serviceRow } from '../support/wire';

const atelier = mockAtelier();

const SIMPLIFIED = {
	id: 'svc_1',
	slug: 'album-cover',
	title: 'Album cover',
	description: 'You send a song and a mood, you get a square cover in print quality.',
	category: 'image_gen',
	price_usd: '25.00',
	price_type: 'fixed',
	turnaround_hours: 48,
	deliverables: ['1 image'],
	max_revisions: 3,
	active: 1,
	total_orders: 0,
	completed_orders: 0,
	avg_rating: null,
};

describe('Service > Create', () => {
	const parameters = {
		resource: 'service',
		operation: 'create',
		title: 'Album cover',
		description: 'You send a song and a mood, you get a square cover in print quality.',
		category: 'image_gen',
		priceType: 'fixed',
		price: 25,
	};
	const required = {
		title: 'Album cover',
		description: 'You send a song and a mood, you get a square cover in print quality.',
		category: 'image_gen',
		price_type: 'fixed',
		price_usd: '25.00',
	};

	it("offers a service of the key's agent", async () => {
		atelier.answers('GET /agents/me', profileRow());
		atelier.replies('POST /agents/ext_1/services', { status: 201, body: { success: true, data: serviceRow() } });
		const { items } = await runNode({ parameters });
		expect(atelier.requests()).toEqual([
			{ call: 'GET /agents/me' },
			{ call: 'POST /agents/ext_1/services', body: required },
		]);
		expect(items).toEqual([SIMPLIFIED]);
	});

	it('sends every optional field under its name in the API, zeros included', async () => {
		atelier.answers('GET /agents/me', profileRow());
		atelier.answers('POST /agents/ext_1/services', serviceRow());
		await runNode({
			parameters: {
				...parameters,
				price: 0,
				additionalFields: {
					deliverables: '1 image in 4K,\n 2 variations ,',
					demoUrl: 'https://example.com/portfolio',
					maxRevisions: 0,
					quotaLimit: 0,
					turnaroundHours: 24,
					requirementFields: '[{"label": "Size", "type": "text", "required": true}]',
				},
			},
		});
		expect(atelier.requests()[1].body).toEqual({
			...required,
			price_usd: '0.00',
			deliverables: ['1 image in 4K', '2 variations'],
			demo_url: 'https://example.com/portfolio',
			max_revisions: 0,
			quota_limit: 0,
			turnaround_hours: 24,
			requirement_fields: [{ label: 'Size', type: 'text', required: true }],
		});
	});

	it.each([
		['Title', { title: '={{ "" }}' }, '"Title" is empty [item 0]'],
		['Description', { description: ' ' }, '"Description" is empty [item 0]'],
		['Price (USD)', { price: '={{ "" }}' }, '"Price (USD)" is not a price: it is empty [item 0]'],
		['Price (USD)', { price: '$25' }, '"Price (USD)" is not a price: "$25" [item 0]'],
		['Price (USD)', { price: '25,00' }, '"Price (USD)" is not a price: "25,00" [item 0]'],
		['Price (USD)', { price: -1 }, '"Price (USD)" is not a price: "-1" [item 0]'],
		[
			'Questions for the Buyer (JSON)',
			{ additionalFields: { requirementFields: '{"label": "Size"}' } },
			'"Questions for the Buyer (JSON)" is not a list in JSON [item 0]',
		],
	])('names %s when it cannot be right, before anything is sent', async (_label, changed, message) => {
		const { error } = await runNode({ parameters: { ...parameters, ...changed } });
		expect(error?.message).toBe(message);
		expect(error?.description).toBeTruthy();
	});

	it("passes on the server's rules", async () => {
		atelier.answers('GET /agents/me', profileRow());
		atelier.refuses('POST /agents/ext_1/services', 400, 'Title must be 5-80 characters');
		const { error } = await runNode({ parameters: { ...parameters, title: 'Art' } });
		expect(error?.message).toBe('Atelier answered 400: Title must be 5-80 characters [item 0]');
	});
});

describe('Service > Get Many', () => {
	it("lists the services of the key's agent up to the limit", async () => {
		atelier.answers('GET /agents/me', profileRow());
		atelier.answers('GET /agents/ext_1/services', [serviceRow(), serviceRow({ id: 'svc_2' }), serviceRow({ id: 'svc_3' })]);
		const { items } = await runNode({ parameters: { resource: 'service', operation: 'getAll', limit: 2 } });
		expect(atelier.requests()).toEqual([{ call: 'GET /agents/me' }, { call: 'GET /agents/ext_1/services' }]);
		const listed = { ...SIMPLIFIED, agent_id: 'ext_1' };
		expect(items).toEqual([listed, { ...listed, id: 'svc_2' }]);
	});

	it('puts out nothing when there are none', async () => {
		atelier.answers('GET /agents/me', profileRow());
		atelier.answers('GET /agents/ext_1/services', []);
		const { items, error } = await runNode({ parameters: { resource: 'service', operation: 'getAll', returnAll: true } });
		expect({ items, error }).toEqual({ items: [], error: undefined });
	});
});

describe('Service > Update', () => {
	const parameters = { resource: 'service', operation: 'update', serviceId: byId('svc_1') };

	it('changes what is filled in', async () => {
		atelier.answers('PATCH /services/svc_1', serviceRow({ price_usd: '30' }));
		const { items } = await runNode({
			parameters: { ...parameters, updateFields: { price: '30', title: 'Album cover, square', removeDemoUrl: true } },
		});
		expect(atelier.requests()).toEqual([
			{
				call: 'PATCH /services/svc_1',
				body: { price_usd: '30', title: 'Album cover, square', demo_url: null },
			},
		]);
		expect(items).toEqual([{ ...SIMPLIFIED, price_usd: '30' }]);
	});

	it('refuses to change nothing', async () => {
		const { error } = await runNode({ parameters: { ...parameters, updateFields: { title: '' } } });
		expect(error?.message).toBe('"Update Fields" is empty, so there is nothing to change [item 0]');
	});

	it('says that the service is unknown', async () => {
		atelier.refuses('PATCH /services/svc_9', 404, 'Service not found');
		const { error } = await runNode({
			parameters: { ...parameters, serviceId: byId('svc_9'), updateFields: { title: 'Album cover' } },
		});
		expect(error?.message).toBe('Atelier answered 404: Service not found [item 0]');
		expect(error?.description).toContain('Check the ID');
	});
});

describe('Service > Deactivate', () => {
	const parameters = { resource: 'service', operation: 'deactivate', serviceId: byId('svc_1') };

	it('takes the service off the marketplace', async () => {
		atelier.answers('DELETE /services/svc_1', { id: 'svc_1', active: 0 });
		const { items } = await runNode({ parameters: { ...parameters, confirmed: true } });
		expect(atelier.requests()).toEqual([{ call: 'DELETE /services/svc_1' }]);
		expect(items).toEqual([{ id: 'svc_1', active: 0 }]);
	});

	it('asks for a confirmation first', async () => {
		const { error } = await runNode({ parameters });
		expect(error?.message).toBe(
			'"Deactivate" was not confirmed: the service leaves the marketplace and cannot be put back [item 0]',
		);
		expect(error?.description).toContain('Switch on "I Know What This Does"');
	});
});
