import { DATABASE_TIME, ISO_TIME, MarketplaceClient, Wallet, queryOf, transaction } from './marketplaceClient';

const shop = new MarketplaceClient();
beforeAll(async () => await shop.start());
afterAll(async () => await shop.stop());
afterEach(async () => await shop.control.resetClock());

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const LIST_KEYS = [
	...['id', 'service_id', 'service_title', 'client_wallet', 'client_agent_id', 'client_name', 'client_type'],
	...['provider_agent_id', 'provider_name', 'provider_slug', 'brief', 'reference_urls', 'reference_images'],
	...['requirement_answers', 'brief_spec', 'brief_english', 'quoted_price_usd', 'platform_fee_usd', 'payment_method'],
	...['payment_chain', 'payer_address', 'escrow_tx_hash', 'payout_tx_hash', 'payment_tx_signature', 'status'],
	...['deliverable_url', 'deliverable_media_type', 'deliverable_preview_url', 'deliverable_post_id', 'quota_total'],
	...['quota_used', 'workspace_expires_at', 'revision_count', 'max_revisions', 'delivered_at', 'review_deadline'],
	...['completed_at', 'created_at', 'bounty_id', 'referral_partner', 'user_id'],
];
const SINGLE_KEYS = [
	...LIST_KEYS,
	...['client_username', 'client_display_name', 'client_twitter', 'client_avatar', 'provider_avatar'],
	...['provider_twitter', 'provider_official'],
];

const seconds = (text: string) => Date.parse(`${text.replace(' ', 'T')}Z`) / 1000;

describe('order rows', () => {
	it('have 41 keys in the list and 48 elsewhere, unset ones as null', async () => {
		expect([LIST_KEYS.length, SINGLE_KEYS.length]).toEqual([41, 48]);
		const { agent, order } = await shop.order();
		const list = await shop.get(`/agents/${agent.id}/orders`, agent.api_key);
		expect(Object.keys(list.data[0]).sort()).toEqual([...LIST_KEYS].sort());
		const single = await shop.get(`/orders/${order.id}`, agent.api_key);
		expect(Object.keys(single.data.order).sort()).toEqual([...SINGLE_KEYS].sort());
		const delivered = await shop.deliver(order.id, agent.api_key, 'one');
		expect(Object.keys(delivered.data).sort()).toEqual([...SINGLE_KEYS].sort());
		expect(single.data.order).toMatchObject({
			deliverable_url: null,
			delivered_at: null,
			payout_tx_hash: null,
			bounty_id: null,
		});
		const quote = await shop.order({ service: { price_type: 'quote' } });
		const quoted = await shop.post(`/orders/${quote.order.id}/quote`, quote.agent.api_key, { price_usd: '5' });
		expect(Object.keys(quoted.data).sort()).toEqual([...SINGLE_KEYS].sort());
	});

	it('hold their lists as JSON text', async () => {
		const agent = await shop.agent();
		const { id } = await shop.control.createService(agent.id);
		const image = await shop.control.uploadReferenceImage(new Uint8Array([1, 2, 3]), 'image/png');
		const order = await shop.control.placeOrder({
			service_id: id,
			brief: 'With references, please',
			reference_urls: ['https://example.com/a', 'https://example.com/b'],
			reference_images: [image],
			requirement_answers: { Colour: 'blue' },
		});
		expect(order).toMatchObject({
			reference_urls: '["https://example.com/a","https://example.com/b"]',
			reference_images: JSON.stringify([image]),
			requirement_answers: '{"Colour":"blue"}',
		});
	});

	it('mix two forms of time in one object', async () => {
		const { agent, order } = await shop.order({ service: { quota_limit: 2 } });
		const { data } = await shop.deliver(order.id, agent.api_key, 'one');
		expect(data.workspace_expires_at).toMatch(ISO_TIME);
		for (const field of ['created_at', 'delivered_at', 'review_deadline']) expect(data[field]).toMatch(DATABASE_TIME);
	});

	it('show fees without padding', async () => {
		for (const [price, fee] of [
			['30', '3'],
			['25.00', '2.5'],
			['12.51', '1.251'],
		]) {
			const { order } = await shop.order({ service: { price_usd: price }, pay: false });
			expect([price, order.quoted_price_usd, order.platform_fee_usd]).toEqual([price, price, fee]);
		}
	});
});

describe('GET /agents/{id}/orders', () => {
	it('lists newest first by the second, oldest first within one', async () => {
		const agent = await shop.agent();
		const { id } = await shop.control.createService(agent.id);
		const { ids: spread } = await shop.control.insertOrders({ service_id: id, count: 3, seconds_apart: 60 });
		await shop.control.advanceClock(MINUTE);
		const { ids: same } = await shop.control.insertOrders({ service_id: id, count: 3 });
		const { data } = await shop.get(`/agents/${agent.id}/orders`, agent.api_key);
		const bySecond = new Map<string, string[]>();
		for (const order of data) bySecond.set(order.created_at, [...(bySecond.get(order.created_at) ?? []), order.id]);
		expect([...bySecond.keys()]).toEqual([...bySecond.keys()].sort().reverse());
		expect([...bySecond.values()].slice(-3)).toEqual([[spread[2]], [spread[1]], [spread[0]]]);
		// All of one call are in one second, unless the second ended in between.
		expect([...bySecond.values()].slice(0, -3).reverse().flat()).toEqual(same);
	});

	it('filters by a list of statuses, of which unknown ones match nothing', async () => {
		const { agent, serviceId } = await shop.order();
		await shop.control.insertOrders({ service_id: serviceId, count: 2, status: 'pending_quote' });
		const list = async (query: string) =>
			(await shop.get(`/agents/${agent.id}/orders${query}`, agent.api_key)).data.length;
		expect(await list('')).toBe(3);
		expect(await list('?status=paid,in_progress')).toBe(1);
		expect(await list('?status=paid,%20pending_quote')).toBe(3);
		expect(await list('?status=nonsense')).toBe(0);
	});

	it("answers another agent's key with a mismatch, and notes when it was polled", async () => {
		const { agent } = await shop.order();
		const stranger = await shop.agent();
		const answer = await shop.get(`/agents/${agent.id}/orders`, stranger.api_key);
		expect([answer.status, answer.body.error]).toEqual([403, 'Agent ID mismatch']);
		await shop.get(`/agents/${agent.id}/orders`, agent.api_key);
		const page = await shop.get(`/agents/${agent.id}`, agent.api_key);
		expect(page.data.agent.last_poll_at).toMatch(DATABASE_TIME);
	});
});

describe('quote', () => {
	const open = () => shop.order({ service: { price_type: 'quote' } });

	it('takes text alone, up to a million, and rounds to cents', async () => {
		const { agent, order } = await open();
		const quote = (price_usd: unknown) => shop.post(`/orders/${order.id}/quote`, agent.api_key, { price_usd });
		expect((await quote(12)).body.error).toBe('price_usd is required as a string');
		expect((await quote('0')).status).toBe(400);
		expect((await quote('1000001')).status).toBe(400);
		expect((await quote('12.505')).data).toMatchObject({
			status: 'quoted',
			quoted_price_usd: '12.51',
			platform_fee_usd: '1.251',
		});
		expect((await quote('9')).body.error).toBe('Cannot quote order with status "quoted". Must be "pending_quote".');
	});
});

describe('deliver', () => {
	it('sets 48 hours of review at first, and keeps them at a replacement unless a day is more', async () => {
		const { agent, order } = await shop.order();
		const first = (await shop.deliver(order.id, agent.api_key, 'one')).data;
		expect(seconds(first.review_deadline) - seconds(first.delivered_at)).toBe(48 * 3600);
		await shop.control.advanceClock(HOUR);
		const second = (await shop.deliver(order.id, agent.api_key, 'two')).data;
		expect(second.review_deadline).toBe(first.review_deadline);
		await shop.control.advanceClock(30 * HOUR);
		const third = (await shop.deliver(order.id, agent.api_key, 'three')).data;
		expect(seconds(third.review_deadline) - seconds(third.delivered_at)).toBe(24 * 3600);
	});

	it('replaces the set on a delivered order: the old one is superseded', async () => {
		const { agent, order } = await shop.order();
		await shop.deliver(order.id, agent.api_key, 'one', 'two');
		const { data } = await shop.deliver(order.id, agent.api_key, 'three', 'four');
		expect(data.deliverable_url).toBe('https://example.com/three');
		const { deliverables } = (await shop.get(`/orders/${order.id}`, agent.api_key)).data;
		expect(deliverables.map((item: Record<string, string>) => [item.deliverable_url.slice(20), item.status])).toEqual([
			['one', 'superseded'],
			['two', 'superseded'],
			['three', 'completed'],
			['four', 'completed'],
		]);
		expect(Object.keys(deliverables[0])).toEqual([
			...[
				'id',
				'order_id',
				'prompt',
				'deliverable_url',
				'deliverable_media_type',
				'preview_url',
				'status',
				'error',
				'created_at',
			],
		]);
	});

	it('adds to the set after a revision or a dispute, and begins 48 hours anew', async () => {
		const { agent, order } = await shop.order();
		const first = (await shop.deliver(order.id, agent.api_key, 'one')).data;
		const asked = (await shop.control.requestRevision(order.id, 'More red')) as Record<string, string | number>;
		expect(asked).toMatchObject({
			status: 'revision_requested',
			revision_count: 1,
			delivered_at: first.delivered_at,
			review_deadline: first.review_deadline,
		});
		await shop.control.advanceClock(HOUR);
		const second = (await shop.deliver(order.id, agent.api_key, 'two')).data;
		expect(seconds(second.review_deadline) - seconds(second.delivered_at)).toBe(48 * 3600);
		await shop.control.dispute(order.id, 'Still not red');
		await shop.deliver(order.id, agent.api_key, 'three');
		const { deliverables } = (await shop.get(`/orders/${order.id}`, agent.api_key)).data;
		expect(deliverables.map(({ status }: { status: string }) => status)).toEqual([
			'completed',
			'completed',
			'completed',
		]);
	});

	it.each([
		[{}, 'deliverable_url is required'],
		[{ deliverables: [] }, 'deliverables must be a non-empty array'],
		[
			{ deliverables: [{}], deliverable_url: 'https://example.com', deliverable_media_type: 'image' },
			'deliverable_url is required',
		],
		[{ deliverable_url: 'nowhere', deliverable_media_type: 'image' }, 'deliverable_url must be a valid URL'],
		[
			{ deliverable_url: 'ftp://example.com/a', deliverable_media_type: 'image' },
			'deliverable_url must use http or https',
		],
		[
			{ deliverable_url: 'https://example.com/a', deliverable_media_type: 'audio' },
			'deliverable_media_type must be one of: image, video, link, document, code, text',
		],
	])('refuses %j', async (body, error) => {
		const { agent, order } = await shop.order();
		expect(await shop.post(`/orders/${order.id}/deliver`, agent.api_key, body)).toMatchObject({
			status: 400,
			body: { error },
		});
	});

	it.each(['pending_quote', 'quoted', 'completed', 'cancelled'])('is refused from %s', async (status) => {
		const { agent, serviceId } = await shop.order();
		const [id] = (await shop.control.insertOrders({ service_id: serviceId, count: 1, status })).ids;
		expect((await shop.deliver(id, agent.api_key, 'one')).body.error).toBe(
			`Cannot deliver order with status "${status}". ` +
				'Must be one of: paid, in_progress, disputed, revision_requested, delivered.',
		);
	});
});

describe('reads that write', () => {
	it('put an order back to paid that is in progress for ten minutes without a deliverable', async () => {
		const { agent, serviceId } = await shop.order();
		const [id] = (await shop.control.insertOrders({ service_id: serviceId, count: 1, status: 'in_progress' })).ids;
		const status = async () => (await shop.get(`/orders/${id}`, agent.api_key)).data.order.status;
		const listed = async () =>
			(await shop.get(`/agents/${agent.id}/orders`, agent.api_key)).data.find(
				(order: { id: string }) => order.id === id,
			).status;
		expect(await status()).toBe('in_progress');
		await shop.control.advanceClock(11 * MINUTE);
		expect(await listed()).toBe('in_progress');
		expect(await status()).toBe('paid');
		expect(await listed()).toBe('paid');
	});

	it('deliver an expired workspace, with nothing in it', async () => {
		const { agent, order } = await shop.order({ service: { quota_limit: 3 } });
		expect(order).toMatchObject({ status: 'in_progress', quota_total: 3, quota_used: 0 });
		expect(Date.parse(String(order.workspace_expires_at)) - Date.now()).toBeCloseTo(24 * HOUR, -4);
		await shop.control.advanceClock(25 * HOUR);
		const { order: read } = (await shop.get(`/orders/${order.id}`, agent.api_key)).data;
		expect(read).toMatchObject({ status: 'delivered', deliverable_url: null });
	});

	it('start a workspace of a week or a month for subscriptions', async () => {
		for (const [type, days] of [
			['weekly', 7],
			['monthly', 30],
		] as const) {
			const { order } = await shop.order({ service: { price_type: type } });
			expect(order.status).toBe('in_progress');
			expect(Date.parse(String(order.workspace_expires_at)) - Date.now()).toBeCloseTo(days * 24 * HOUR, -4);
		}
	});
});

describe('the buyer', () => {
	it('pays, approves and reviews with a wallet through the API itself', async () => {
		const wallet = new Wallet();
		const agent = await shop.agent();
		const { id: service_id } = await shop.control.createService(agent.id);
		const placed = await shop.post('/orders', undefined, {
			service_id,
			brief: 'A lighthouse at night',
			client_wallet: wallet.address,
			...wallet.signature(),
		});
		expect([placed.status, placed.data.status]).toEqual([200, 'quoted']);
		const path = `/orders/${placed.data.id}`;
		const act = (body: Record<string, unknown>) => shop.patch(path, undefined, { ...body, ...wallet.signature() });
		expect((await act({})).body.error).toBe('action is required');
		expect((await act({ action: 'dance' })).body.error).toBe('Unknown action: dance');
		expect((await act({ action: 'approve' })).body.error).toBe('Cannot approve order in status quoted');
		expect((await act({ action: 'pay' })).body.error).toBe('escrow_tx_hash required for pay action');
		const payment = transaction();
		expect((await act({ action: 'pay', escrow_tx_hash: payment })).data).toMatchObject({
			status: 'paid',
			payment_method: 'usdc-sol',
			payer_address: wallet.address,
			escrow_tx_hash: payment,
		});
		expect((await act({ action: 'pay', escrow_tx_hash: payment })).status).toBe(409);
		await shop.deliver(placed.data.id, agent.api_key, 'one');
		expect((await act({ action: 'revision', feedback: '  ' })).body.error).toBe(
			'feedback is required when requesting a revision',
		);
		const approved = await act({ action: 'approve' });
		expect(approved.body).not.toHaveProperty('warning');
		expect(approved.data).toMatchObject({
			status: 'completed',
			payout_tx_hash: expect.any(String),
			completed_at: expect.stringMatching(DATABASE_TIME),
		});
		const review = await shop.post(`${path}/review`, undefined, {
			rating: 5,
			comment: 'Bright',
			...wallet.signature(),
		});
		expect(review.data).toMatchObject({ rating: 5, comment: 'Bright', reviewer_agent_id: wallet.address });
		expect((await shop.post(`${path}/review`, undefined, { rating: 4, ...wallet.signature() })).status).toBe(409);
		const seen = await shop.get(`${path}?${wallet.query()}`);
		expect(seen.data).toMatchObject({ viewer_role: 'buyer', review: { rating: 5 } });
		expect((await shop.get(`/agents/${agent.id}`)).data.stats).toMatchObject({ completed_orders: 1, avg_rating: 5 });
		expect((await shop.get(`/orders?${wallet.query()}`)).data).toMatchObject([
			{ id: placed.data.id, viewer_role: 'client' },
		]);
	});

	it.each([
		[{ brief: 'Too short' }, 400, 'Brief must be 10-3000 characters'],
		[{ brief: undefined }, 400, 'Missing required fields: service_id, brief'],
		[{ reference_urls: Array(6).fill('https://example.com') }, 400, 'reference_urls must be an array of max 5 URLs'],
		[{ reference_urls: ['ftp://example.com'] }, 400, 'Invalid reference URL scheme: ftp://example.com'],
		[{ reference_images: ['https://example.com/a.png'] }, 400, 'reference_images must contain valid Vercel Blob URLs'],
		[{ service_id: 'svc_none' }, 404, 'Service not found or inactive'],
	])('is refused an order with %j', async (fields, status, error) => {
		const agent = await shop.agent();
		const { id: service_id } = await shop.control.createService(agent.id);
		const answer = await shop.post('/orders', undefined, { service_id, brief: 'A lighthouse at night', ...fields });
		expect([answer.status, answer.body.error]).toEqual([status, error]);
	});

	it('cannot hire an agent that is hidden or under review', async () => {
		const agent = await shop.agent();
		const { id: service_id } = await shop.control.createService(agent.id);
		for (const change of [
			{ moderation_status: 'review' as const },
			{ moderation_status: 'ok' as const, owner_wallet: null },
		]) {
			await shop.control.changeAgent(agent.id, change);
			expect((await shop.post('/orders', undefined, { service_id, brief: 'A lighthouse at night' })).status).toBe(403);
		}
	});

	it('may ask for more revisions than the maximum: they are counted', async () => {
		const { agent, order } = await shop.order();
		for (let round = 1; round <= 5; round += 1) {
			await shop.deliver(order.id, agent.api_key, `round-${round}`);
			expect(await shop.control.requestRevision(order.id, 'Again')).toMatchObject({
				revision_count: round,
				max_revisions: 3,
			});
		}
	});

	it('completes an order whose agent has no payout wallet with a warning; the retry says what is missing', async () => {
		const { agent, order } = await shop.order();
		await shop.deliver(order.id, agent.api_key, 'one');
		await shop.control.changeAgent(agent.id, { owner_wallet: null, twitter_username: 'painter' });
		const signature = await shop.control.signature();
		const approved = await shop.patch(`/orders/${order.id}`, undefined, { action: 'approve', ...signature });
		expect(approved.body.warning).toBe('Order completed but payout failed. Contact support.');
		const retry = () => shop.post(`/orders/${order.id}/request-payout-retry`, agent.api_key);
		expect((await retry()).status).toBe(422);
		const destination = new Wallet().address;
		await shop.patch('/agents/me', agent.api_key, { payout_wallet: destination });
		expect((await retry()).body).toMatchObject({
			success: true,
			message: expect.any(String),
			data: { order_id: order.id, destination },
		});
	});

	it('makes a payout that exists a 409 at the retry, and an open order a 400', async () => {
		const { agent, order } = await shop.order();
		const retry = () => shop.post(`/orders/${order.id}/request-payout-retry`, agent.api_key);
		expect((await retry()).body.error).toBe("Order is in status 'paid', expected 'completed'");
		await shop.deliver(order.id, agent.api_key, 'one');
		const { payout_tx_hash } = await shop.control.approve(order.id);
		expect(await retry()).toMatchObject({ status: 409, body: { error: 'Order already has a payout', payout_tx_hash } });
	});

	it('gets the money back when cancelling a paid order', async () => {
		const { order } = await shop.order();
		expect(await shop.control.cancel(order.id)).toMatchObject({
			status: 'cancelled',
			payout_tx_hash: expect.any(String),
		});
		const { order: open } = await shop.order({ pay: false });
		expect(await shop.control.cancel(open.id)).toMatchObject({ status: 'cancelled', payout_tx_hash: null });
	});

	it('is taken to approve after 48 hours', async () => {
		await shop.control.reset();
		const { agent, order } = await shop.order();
		await shop.deliver(order.id, agent.api_key, 'one');
		expect((await shop.control.advanceClock(47 * HOUR)).completed_orders).toBe(0);
		expect((await shop.control.advanceClock(2 * HOUR)).completed_orders).toBe(1);
		expect((await shop.get(`/orders/${order.id}`, agent.api_key)).data.order.status).toBe('completed');
	});

	it('generates in a workspace until the quota is used, which delivers the order', async () => {
		const wallet = await shop.control.signature();
		const { order, agent } = await shop.order({ service: { quota_limit: 2 } });
		const generate = () => shop.post(`/orders/${order.id}/generate`, undefined, { prompt: 'A kite', ...wallet });
		expect((await generate()).data).toMatchObject({
			quota_used: 1,
			quota_total: 2,
			deliverable: { status: 'completed', prompt: 'A kite' },
		});
		expect((await generate()).data.quota_used).toBe(2);
		expect((await shop.get(`/orders/${order.id}`, agent.api_key)).data.order.status).toBe('delivered');
		expect((await generate()).status).toBe(400);
	});

	it('gets the deliverable of a service that the platform runs as soon as it is paid', async () => {
		const { agent, order } = await shop.order({ pay: false });
		await shop.control.changeAgent(agent.id, { provider_key: 'grok' });
		expect(await shop.control.pay(order.id)).toMatchObject({ status: 'delivered', deliverable_media_type: 'image' });
	});
});

describe('the masking of images', () => {
	it('shows a buyer the preview until completion, and the original in the answer to a revision', async () => {
		const { agent, order } = await shop.order();
		const upload = await shop.upload('/upload', agent.api_key, await picture(), 'image/png');
		const { data } = await shop.post(`/orders/${order.id}/deliver`, agent.api_key, {
			deliverable_url: upload.data.url,
			deliverable_media_type: 'image',
		});
		expect(data.deliverable_url).toBe(upload.data.url);
		const buyer = async () => (await shop.get(`/orders/${order.id}?${queryOf(await shop.control.signature())}`)).data;
		expect(await buyer()).toMatchObject({
			viewer_role: 'buyer',
			order: { deliverable_url: null, deliverable_preview_url: data.deliverable_preview_url },
			deliverables: [{ deliverable_url: null, preview_url: data.deliverable_preview_url }],
		});
		const preview = await fetch(data.deliverable_preview_url);
		expect([preview.status, preview.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
		expect(await shop.control.requestRevision(order.id, 'Bluer')).toMatchObject({ deliverable_url: upload.data.url });
		expect((await shop.get(`/orders/${order.id}`, agent.api_key)).data).toMatchObject({
			viewer_role: 'seller',
			order: { deliverable_url: upload.data.url },
		});
		await shop.deliver(order.id, agent.api_key, 'text');
		await shop.control.approve(order.id);
		expect((await buyer()).deliverables[0].deliverable_url).toBe(upload.data.url);
	});
});

describe('messages', () => {
	it('of an order: 57 stored, 50 returned, oldest first', async () => {
		const { agent, order } = await shop.order();
		for (let number = 1; number <= 57; number += 1) await shop.control.sendMessage(order.id, `Message ${number}`);
		const { data } = await shop.get(`/orders/${order.id}/messages`, agent.api_key);
		expect(data.map(({ content }: { content: string }) => content)).toEqual(
			Array.from({ length: 50 }, (_, index) => `Message ${index + 1}`),
		);
	});

	it('are trimmed, have 1 to 2000 characters, and name their sender', async () => {
		const { agent, order } = await shop.order();
		const send = (content: unknown) => shop.post(`/orders/${order.id}/messages`, agent.api_key, { content });
		for (const content of ['', '   ', 'x'.repeat(2001), undefined]) {
			expect((await send(content)).body.error).toBe('Content must be 1-2000 characters');
		}
		const { status, data } = await send('  Hello  ');
		expect(status).toBe(200);
		expect(data).toEqual({
			id: expect.stringMatching(/^msg_/),
			order_id: order.id,
			sender_type: 'agent',
			sender_id: agent.id,
			sender_name: agent.name,
			user_id: null,
			content: 'Hello',
			created_at: expect.stringMatching(DATABASE_TIME),
		});
	});

	it.each(['pending_quote', 'quoted', 'accepted', 'cancelled'])('are closed while the order is %s', async (status) => {
		const { agent, serviceId } = await shop.order();
		const [id] = (await shop.control.insertOrders({ service_id: serviceId, count: 1, status })).ids;
		expect((await shop.post(`/orders/${id}/messages`, agent.api_key, { content: 'Hello' })).body.error).toBe(
			'Messaging not available for this order status',
		);
	});

	it('are counted as unread on the dashboard until they are read', async () => {
		const { agent, order } = await shop.order();
		await shop.control.sendMessage(order.id, 'Are you there?');
		const unread = async () => (await shop.get('/dashboard', agent.api_key)).data.unreadCounts[agent.id];
		expect(await unread()).toEqual({ [order.id]: 1 });
		await shop.get(`/orders/${order.id}/messages`, agent.api_key);
		expect(await unread()).toEqual({});
	});
});

describe('POST /orders/check-brief', () => {
	it('names what a short brief lacks, and never stands in the way', async () => {
		const { serviceId } = await shop.order();
		const check = (body: unknown) => shop.post('/orders/check-brief', undefined, body);
		expect((await check({ service_id: serviceId, brief: 'Draw a horse' })).data).toMatchObject({ complete: false });
		const brief = 'Draw a brown horse for the cover of a notebook, in pencil, A5, portrait format.';
		expect((await check({ service_id: serviceId, brief })).data).toEqual({ complete: true, missing: [] });
		expect((await check({ service_id: serviceId, brief: 'short' })).status).toBe(400);
		expect((await shop.call('POST', '/orders/check-brief', { raw: '{' })).data).toEqual({
			complete: true,
			missing: [],
		});
	});
});

async function picture(): Promise<Uint8Array<ArrayBuffer>> {
	const { default: sharp } = await import('sharp');
	return new Uint8Array(
		await sharp({ create: { width: 320, height: 200, channels: 3, background: '#2a6f97' } })
			.png()
			.toBuffer(),
	);
}
