import { byId, runNode } from '../support/engine';
import { mockAtelier } from '../support/mockAtelier';
import { orderAnswer, orderRow, profileRow } from '../support/wire';

const atelier = mockAtelier();

/** What Simplify leaves of the order that wire.ts makes. */
const SIMPLIFIED = {
	id: 'ord_1',
	status: 'paid',
	service_id: 'svc_1',
	service_title: 'Album cover',
	brief: 'A cover in blue',
	reference_urls: ['https://example.com/mood.png'],
	reference_images: [],
	requirement_answers: { Size: '3000 px', Deadline_at: '2026-07-09 10:00' },
	quoted_price_usd: '25.00',
	client_name: 'Ada',
	deliverable_url: null,
	deliverable_media_type: null,
	revision_count: 0,
	max_revisions: 3,
	delivered_at: null,
	review_deadline: null,
	created_at: '2026-07-01T12:00:00.000Z',
};

describe('Order > Get', () => {
	const parameters = { resource: 'order', operation: 'get', orderId: byId('ord_1') };

	it('reads an order with what was delivered, as one flat object', async () => {
		const deliverable = {
			id: 'del_1',
			order_id: 'ord_1',
			deliverable_url: 'https://files.atelier.test/cover.png',
			deliverable_media_type: 'image',
			status: 'superseded',
			created_at: '2026-07-01 14:00:00',
		};
		atelier.answers('GET /orders/ord_1', orderAnswer({}, [deliverable]));
		const { items } = await runNode({ parameters });
		expect(atelier.requests()).toEqual([{ call: 'GET /orders/ord_1' }]);
		expect(items).toEqual([
			expect.objectContaining({
				...SIMPLIFIED,
				deliverables: [expect.objectContaining({ id: 'del_1', status: 'superseded' })],
				viewer_role: 'seller',
			}),
		]);
	});

	it('keeps every field, cleaned, when Simplify is off', async () => {
		atelier.answers('GET /orders/ord_1', orderAnswer({ field_of_tomorrow: 7 }));
		const { items } = await runNode({ parameters: { ...parameters, simplify: false } });
		expect(items).toEqual([
			{
				...orderRow(),
				...SIMPLIFIED,
				workspace_expires_at: '2026-07-08T12:00:00.000Z',
				field_of_tomorrow: 7,
				review: null,
				deliverables: [],
				viewer_role: 'seller',
			},
		]);
	});

	it('leaves everything as it came when Raw Response is on', async () => {
		atelier.answers('GET /orders/ord_1', orderAnswer());
		const { items } = await runNode({ parameters: { ...parameters, options: { rawResponse: true } } });
		expect(items).toEqual([{ ...orderRow(), review: null, deliverables: [], viewer_role: 'seller' }]);
	});

	it('says that the order is unknown', async () => {
		atelier.refuses('GET /orders/ord_9', 404, 'Order not found');
		const { error } = await runNode({ parameters: { ...parameters, orderId: byId('ord_9') } });
		expect(error).toMatchObject({
			message: 'Atelier answered 404: Order not found [item 0]',
			httpCode: '404',
			description: expect.stringContaining('Check the ID'),
		});
	});

	it('says that the order may be somebody else\'s or the key wrong, since the server does not tell', async () => {
		atelier.refuses('GET /orders/ord_1', 403, 'Not authorized to view this order');
		const { error } = await runNode({ parameters });
		expect(error?.message).toBe('Atelier answered 403: Not authorized to view this order [item 0]');
		expect(error?.description).toContain('belongs to somebody else');
		expect(error?.description).toContain('API Key');
	});
});

describe('Order > Get Many', () => {
	const parameters = { resource: 'order', operation: 'getAll' };

	it('lists the orders that are to be worked on', async () => {
		atelier.answers('GET /agents/me', profileRow());
		atelier.answers('GET /agents/ext_1/orders', [orderRow(), orderRow({ id: 'ord_2' })]);
		const { items } = await runNode({ parameters });
		expect(atelier.requests()).toEqual([
			{ call: 'GET /agents/me' },
			{ call: 'GET /agents/ext_1/orders', query: { status: 'paid,in_progress,revision_requested' } },
		]);
		expect(items).toEqual([SIMPLIFIED, { ...SIMPLIFIED, id: 'ord_2' }]);
	});

	it('asks for all statuses when none is chosen, and gives all when told to', async () => {
		atelier.answers('GET /agents/me', profileRow());
		atelier.answers('GET /agents/ext_1/orders', Array.from({ length: 120 }, (_, index) => orderRow({ id: `ord_${index}` })));
		const { items } = await runNode({ parameters: { ...parameters, statuses: [], returnAll: true } });
		expect(atelier.requests()[1]).toEqual({ call: 'GET /agents/ext_1/orders' });
		expect(items).toHaveLength(120);
	});

	it('gives 50 unless told otherwise', async () => {
		atelier.answers('GET /agents/me', profileRow());
		atelier.answers('GET /agents/ext_1/orders', Array.from({ length: 51 }, (_, index) => orderRow({ id: `ord_${index}` })));
		expect((await runNode({ parameters })).items).toHaveLength(50);
	});
});

describe('Order > Quote', () => {
	const parameters = { resource: 'order', operation: 'quote', orderId: byId('ord_1') };

	it.each([
		[45, '45.00'],
		[12.5, '12.50'],
		[0.1 + 0.2, '0.30'],
		['45', '45'],
		[' 1250.755 ', '1250.755'],
	])('sends the price %p as the decimal text %p', async (price, priceText) => {
		atelier.answers('POST /orders/ord_1/quote', orderRow({ status: 'quoted' }));
		const { items } = await runNode({ parameters: { ...parameters, price } });
		expect(atelier.requests()).toEqual([{ call: 'POST /orders/ord_1/quote', body: { price_usd: priceText } }]);
		expect(items).toEqual([{ ...SIMPLIFIED, status: 'quoted' }]);
	});

	describe('after a lost answer', () => {
		const QUOTE = 'POST /orders/ord_1/quote';
		const LOOK = 'GET /orders/ord_1';
		const calls = () => atelier.requests().map(({ call }) => call);
		const quote = async () => await runNode({ parameters: { ...parameters, price: '45.5' } });

		it('finds the quote that was made', async () => {
			atelier.replies(QUOTE, { status: 502, body: '' });
			atelier.answers(LOOK, { order: orderRow({ status: 'quoted', quoted_price_usd: '45.50' }), deliverables: [] });
			const { items } = await quote();
			expect(calls()).toEqual([QUOTE, LOOK]);
			expect(items).toEqual([{ ...SIMPLIFIED, status: 'quoted', quoted_price_usd: '45.50' }]);
		});

		it('quotes again when the order still waits for a price', async () => {
			atelier.replies(QUOTE, { body: 'cut off' });
			atelier.answers(LOOK, { order: orderRow({ status: 'pending_quote', quoted_price_usd: null }), deliverables: [] });
			atelier.answers(QUOTE, orderRow({ status: 'quoted', quoted_price_usd: '45.50' }));
			const { items } = await quote();
			expect(calls()).toEqual([QUOTE, LOOK, QUOTE]);
			expect(items).toEqual([{ ...SIMPLIFIED, status: 'quoted', quoted_price_usd: '45.50' }]);
		});

		it.each([
			['has another price', { order: orderRow({ status: 'quoted', quoted_price_usd: '60.00' }), deliverables: [] }],
			['was cancelled', { order: orderRow({ status: 'cancelled' }), deliverables: [] }],
		])('fails with the answer when the order %s', async (_what, order) => {
			atelier.replies(QUOTE, { status: 502, body: '' });
			atelier.answers(LOOK, order);
			const { error } = await quote();
			expect(calls()).toEqual([QUOTE, LOOK]);
			expect(error?.message).toMatch(/^Atelier answered 502/);
		});

		it('takes a repeated quote that is there already for done', async () => {
			atelier.refuses(QUOTE, 400, 'Cannot quote order with status "quoted". Must be "pending_quote".');
			atelier.answers(LOOK, { order: orderRow({ status: 'quoted', quoted_price_usd: '45.50' }), deliverables: [] });
			expect((await quote()).items).toEqual([{ ...SIMPLIFIED, status: 'quoted', quoted_price_usd: '45.50' }]);
		});
	});

	it('explains a refusal in terms of the order and the price', async () => {
		const words = 'Cannot quote order with status "paid". Must be "pending_quote".';
		atelier.refuses('POST /orders/ord_1/quote', 400, words);
		const { error } = await runNode({ parameters: { ...parameters, price: '45.00' } });
		expect(error?.message).toBe(`Atelier answered 400: ${words} [item 0]`);
		expect(error?.description).toContain('Only an order with status pending_quote can be quoted');
	});

	it.each([['={{ "" }}'], ['free'], ['1e3'], [true]])('does not send %p as a price', async (price) => {
		const { error } = await runNode({ parameters: { ...parameters, price } });
		expect(error?.message).toMatch(/^"Price \(USD\)" is not a price: .* \[item 0\]$/);
		expect(error?.description).toContain('25.00');
	});
});
