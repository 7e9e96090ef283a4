import { randomBytes } from 'node:crypto';
import { closeSync, ftruncateSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import sharp from 'sharp';

import { SandboxControl } from '../../sandbox/marketplace/control';
import { startMarketplace } from '../../sandbox/marketplace/process';
import type { RunningMarketplace } from '../../sandbox/marketplace/process';
import { byId, runNode } from './support/engine';
import { DATA_FOLDER } from './support/environment';
import type { TestItem } from './support/nodeTypes';

// The operations against the running sandbox marketplace, over real HTTP, with its rate limiter on as upstream.

let marketplace: RunningMarketplace;
let buyer: SandboxControl;
/** The seller's key, once there is one. */
let apiKey: string;

beforeAll(async () => {
	marketplace = await startMarketplace();
	buyer = new SandboxControl(marketplace.url);
}, 60_000);
afterAll(async () => await marketplace?.stop());
beforeEach(async () => await buyer.resetRateLimit());

/** Runs one operation as the seller. */
async function sell(resource: string, operation: string, parameters: INodeParameters = {}, items?: TestItem[], settings = {}) {
	const { blob_upload_url: largeUploadUrl } = await buyer.status();
	return await runNode({
		parameters: { resource, operation, ...parameters },
		items,
		credential: { apiKey, baseUrl: marketplace.apiUrl, largeUploadUrl },
		...settings,
	});
}

/** Like {@link sell}, for what has to work: its first item. */
async function sold(...settings: Parameters<typeof sell>): Promise<IDataObject> {
	const { items, error } = await sell(...settings);
	if (error) throw error;
	return items[0];
}

async function picture(colour: string): Promise<Buffer> {
	return await sharp({ create: { width: 64, height: 48, channels: 3, background: colour } }).png().toBuffer();
}

async function download(url: unknown): Promise<Buffer> {
	return Buffer.from(await (await fetch(String(url))).arrayBuffer());
}

/** What the order holds now. The buyer sees only previews of pictures before approval, the seller what was sent. */
async function deliveredTo(order: string): Promise<Buffer> {
	return await download((await sold('order', 'get', { orderId: byId(order) })).deliverable_url);
}

const file = (content: Buffer, fileName = 'cover.png', mimeType = 'image/png'): TestItem => ({
	files: { data: { content, fileName, mimeType } },
});

let serviceId: string;
const paidOrder = async (brief = 'A cover in blue, square, for a jazz record') =>
	(await buyer.placeOrder({ service_id: serviceId, brief, pay: true })).id;

it('registers an agent without a credential and gets its key', async () => {
	const { items, error } = await runNode({
		parameters: {
			resource: 'agent',
			operation: 'register',
			name: 'Nightfall Studio',
			description: 'Album covers and posters in a dark, grainy style',
			additionalFields: { capabilities: ['image_gen'], aiModels: 'gpt-image-1' },
			options: { baseUrl: marketplace.apiUrl },
		},
		credential: null,
	});
	expect(error).toBeUndefined();
	expect(items).toEqual([
		expect.objectContaining({ agent_id: expect.stringMatching(/^ext_/), api_key: expect.stringMatching(/^atelier_[0-9a-f]{48}$/) }),
	]);
	apiKey = String(items[0].api_key);
});

it('registers one whose owner has signed, and is told why a name is taken', async () => {
	const { wallet, wallet_sig, wallet_sig_ts } = await buyer.signature();
	const parameters = {
		resource: 'agent',
		operation: 'register',
		name: 'Dawn Studio',
		description: 'Album covers and posters in a light style',
		additionalFields: { ownerWallet: wallet, walletSignature: wallet_sig, walletSignatureTimestamp: String(wallet_sig_ts) },
		options: { baseUrl: marketplace.apiUrl },
	};
	const { items } = await runNode({ parameters, credential: null });
	expect((await buyer.agent(String(items[0].agent_id))).owner_wallet).toBe(wallet);
	const { error } = await runNode({ parameters: { ...parameters, name: 'dawn studio' }, credential: null });
	expect(error).toMatchObject({ httpCode: '409', description: expect.stringContaining('Choose another name') });
});

it('reads and changes the profile, and resets the payout wallet', async () => {
	const wallet = '7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU';
	expect(await sold('agent', 'getProfile')).toMatchObject({ name: 'Nightfall Studio', capabilities: ['image_gen'], payout_wallet: null });
	expect(await sold('agent', 'update', { updateFields: { payoutWallet: wallet, aiModels: 'flux-pro' } })).toMatchObject({
		payout_wallet: wallet,
		ai_models: ['flux-pro'],
	});
	expect(await sold('agent', 'update', { updateFields: { clear: ['payout_wallet'] } })).toMatchObject({ payout_wallet: null });
	await sold('agent', 'update', { updateFields: { payoutWallet: wallet } });
});

it('offers, lists and changes services, and takes one off the marketplace', async () => {
	const fields = {
		title: 'Album cover from your song',
		description: 'You send a song and a mood, you get a square cover in print quality within a day.',
		category: 'image_gen',
		priceType: 'fixed',
		price: 25,
	};
	const service = await sold('service', 'create', { ...fields, additionalFields: { deliverables: '1 image, 2 variations' } });
	expect(service).toMatchObject({ price_usd: '25.00', deliverables: ['1 image', '2 variations'], active: 1 });
	serviceId = String(service.id);
	const other = await sold('service', 'create', { ...fields, title: 'Poster from your song' });
	expect((await sell('service', 'getAll')).items.map(({ title }) => title).sort()).toEqual([
		'Album cover from your song',
		'Poster from your song',
	]);
	expect(await sold('service', 'update', { serviceId: byId(serviceId), updateFields: { price: '30', maxRevisions: 5 } })).toMatchObject({
		price_usd: '30',
		max_revisions: 5,
	});
	expect(await sold('service', 'deactivate', { serviceId: byId(String(other.id)), confirmed: true })).toEqual({ id: other.id, active: 0 });
	expect((await sell('service', 'getAll')).items).toHaveLength(1);
});

it('sells: quote, payment, messages, delivery, revision, second delivery, approval', async () => {
	const quoted = await sold('service', 'create', {
		title: 'Anything you want, painted',
		description: 'Tell me what you want and I name a price for it, usually within an hour or two.',
		category: 'custom',
		priceType: 'quote',
		price: 0,
	});
	const { id } = await buyer.placeOrder({
		service_id: String(quoted.id),
		brief: 'A portrait of my cat, in oil',
		reference_urls: ['https://example.com/cat.png'],
	});
	const orderId = byId(id);
	expect(await sold('order', 'get', { orderId })).toMatchObject({
		status: 'pending_quote',
		brief: 'A portrait of my cat, in oil',
		reference_urls: ['https://example.com/cat.png'],
		created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
	});

	const tooEarly = await sell('order', 'deliver', { orderId }, [file(await picture('red'))]);
	expect(tooEarly.error?.message).toBe(`Order ${id} takes no delivery: its status is pending_quote [item 0]`);

	expect(await sold('order', 'quote', { orderId, price: 45 })).toMatchObject({ status: 'quoted', quoted_price_usd: '45.00' });
	const again = await sell('order', 'quote', { orderId, price: 50 });
	expect(again.error?.message).toMatch(/^Atelier answered 400: Cannot quote order with status "quoted"/);
	await buyer.pay(id);
	expect((await sell('order', 'getAll')).items).toEqual([expect.objectContaining({ id, status: 'paid' })]);

	await sold('message', 'send', { orderId, content: 'Thank you! Which colour is the cat?' });
	await buyer.sendMessage(id, 'Black, of course.');
	expect((await sell('message', 'getAll', { orderId })).items.map(({ sender_type, content }) => [sender_type, content])).toEqual([
		['agent', 'Thank you! Which colour is the cat?'],
		['client', 'Black, of course.'],
	]);

	const first = await picture('black');
	expect(await sold('order', 'deliver', { orderId }, [file(first)])).toMatchObject({ status: 'delivered', already_delivered: false });
	expect((await deliveredTo(id)).equals(first)).toBe(true);
	expect(await sold('order', 'deliver', { orderId }, [file(first)])).toMatchObject({ already_delivered: true });
	expect((await buyer.order(id)).deliverables).toHaveLength(1);

	await buyer.requestRevision(id, 'Please with a hat, and a second one without');
	const hats = [await picture('navy'), await picture('teal')];
	const { items, full } = await sell('order', 'deliver', { orderId }, hats.map((content, index) => file(content, `hat-${index}.png`)));
	expect(items).toEqual([expect.objectContaining({ status: 'delivered', revision_count: 1 })]);
	expect(full[0].pairedItem).toEqual([{ item: 0 }, { item: 1 }]);
	const { deliverables } = await sold('order', 'get', { orderId });
	const urls = (deliverables as IDataObject[]).filter(({ status }) => status === 'completed').map(({ deliverable_url: url }) => url);
	const stored = await Promise.all(urls.slice(-2).map(download));
	expect(stored.map((content, index) => content.equals(hats[index]))).toEqual([true, true]);

	await buyer.approve(id);
	expect(await sold('order', 'get', { orderId })).toMatchObject({ status: 'completed' });
	const tooLate = await sell('order', 'deliver', { orderId }, [file(first)]);
	expect(tooLate.error?.description).toContain('Nothing was uploaded');
});

it('delivers orders side by side, each with its own file, and costs one upload and one delivery an order', async () => {
	const orders = await Promise.all(['one', 'two', 'three'].map(async (word) => await paidOrder(`A cover with the word ${word}`)));
	await buyer.resetStatistics();
	const pictures = await Promise.all(['red', 'green', 'blue'].map(picture));
	const { items } = await sell(
		'order',
		'deliver',
		{ orderId: byId('={{ $json.order }}') },
		orders.map((order, index) => ({ json: { order }, ...file(pictures[index], `${index}.png`) })),
	);
	expect(items.map(({ id, status }) => [id, status])).toEqual(orders.map((order) => [order, 'delivered']));
	const { uploads, orders: perOrder } = await buyer.statistics();
	expect(uploads).toBe(3);
	for (const order of orders) expect(perOrder[order]).toMatchObject({ reads: 1, delivers: 1 });
	for (const [index, order] of orders.entries()) expect((await deliveredTo(order)).equals(pictures[index])).toBe(true);
});

it('delivers a text, a page and web addresses', async () => {
	const text = await paidOrder();
	await sold('order', 'deliver', { orderId: byId(text), source: 'text', text: '# Grüße', fileName: 'letter.md' });
	expect((await buyer.order(text)).order).toMatchObject({ status: 'delivered', deliverable_media_type: 'text' });
	expect((await deliveredTo(text)).toString()).toBe('# Grüße');

	const page = await paidOrder();
	await sold('order', 'deliver', { orderId: byId(page), source: 'text', text: '<h1>Hi</h1>', fileName: 'index.html' });
	expect((await deliveredTo(page)).toString()).toBe('<h1>Hi</h1>');

	const links = await paidOrder();
	await sold('order', 'deliver', { orderId: byId(links), source: 'url', urls: 'https://example.com/a.png\nhttps://example.com/' });
	expect((await buyer.order(links)).deliverables.map(({ deliverable_media_type: type }) => type)).toEqual(['image', 'link']);
});

it.each(['memory', 'filesystem'] as const)('uploads small and large files byte for byte (n8n keeps files in %s)', async (binaryMode) => {
	for (const bytes of [1, 3_000_000, 4_000_001, 12_000_000]) {
		const content = randomBytes(bytes);
		const { items, error } = await sell('file', 'upload', {}, [file(content, 'film.mp4', 'video/mp4')], { binaryMode });
		expect(error).toBeUndefined();
		expect(items[0]).toMatchObject({ media_type: 'video', bytes });
		expect((await download(items[0].url)).equals(content)).toBe(true);
	}
});

describe('bad input', () => {
	let order: string;
	beforeAll(async () => {
		order = await paidOrder();
	});

	const sparse = (bytes: number): TestItem => {
		const path = join(DATA_FOLDER, `sandbox-${bytes}`);
		const handle = openSync(path, 'w');
		ftruncateSync(handle, bytes);
		closeSync(handle);
		return { files: { data: { path, fileName: 'film.mp4', mimeType: 'video/mp4' } } };
	};

	it.each<[string, () => Promise<TestItem[]>, RegExp, string]>([
		['no file', async () => [{}], /^There is no file in the binary field "data" \[item 0\]$/, 'Check that the node before puts one out'],
		['an empty file', async () => [file(Buffer.alloc(0))], /^The file in binary field "data" is empty \[item 0\]$/, 'Nothing was uploaded'],
		['an unsupported type', async () => [file(Buffer.from('x'), 'scan.tiff', 'image/tiff')], /^Atelier answered 400: Invalid file type.* \[item 0\]$/, '"scan.tiff" in binary field "data" is image/tiff'],
		['50 MB and a byte', async () => [sparse(52_428_801)], /has 52428801 bytes, and Atelier stores at most 50 MB .*\[item 0\]$/, 'Make it smaller'],
	])('delivers nothing and says why: %s', async (_what, items, message, advice) => {
		const { error } = await sell('order', 'deliver', { orderId: byId(order) }, await items());
		expect(error?.message).toMatch(message);
		expect(error?.description).toContain(advice);
		expect((await buyer.order(order)).order.status).toBe('paid');
	});

	it('names an unknown order', async () => {
		const { error } = await sell('order', 'deliver', { orderId: byId('ord_0_unknown') }, [file(await picture('red'))]);
		expect(error?.message).toBe('Atelier answered 404: Order not found [item 0]');
	});

	it('names a wrong key, however the route answers it', async () => {
		const wrong = { credential: { apiKey: `atelier_${'0'.repeat(48)}`, baseUrl: marketplace.apiUrl } };
		const profile = await sell('agent', 'getProfile', {}, undefined, wrong);
		expect(profile.error?.message).toBe('Atelier answered 401: Invalid or inactive API key [item 0]');
		const delivery = await sell('order', 'deliver', { orderId: byId(order) }, [file(await picture('red'))], wrong);
		expect(delivery.error?.message).toBe('Atelier answered 403: Not authorized to view this order [item 0]');
		for (const { error } of [profile, delivery]) expect(error?.description).toContain('API Key');
	});

	it('names a message of 2,001 characters, and sends one of 2,000', async () => {
		const { error } = await sell('message', 'send', { orderId: byId(order), content: 'x'.repeat(2001) });
		expect(error?.message).toMatch(/^Atelier answered 400: .* \[item 0\]$/);
		expect(error?.description).toContain('"Message" has 2001 characters');
		expect(await sold('message', 'send', { orderId: byId(order), content: 'x'.repeat(2000) })).toMatchObject({ sender_type: 'agent' });
	});

	it('names an address that is no Atelier API: the buyer\'s page of the sandbox', async () => {
		const { error } = await sell('order', 'get', { orderId: byId(order) }, undefined, { credential: { apiKey, baseUrl: marketplace.url } });
		expect(error?.message).toMatch(/^Atelier answered 404 without JSON to GET /);
		expect(error?.description).toContain('Check the Base URL');
	});
});

it('waits for nobody when the rate limit lasts an hour, and says so on the error output', async () => {
	const order = await paidOrder();
	const lists = await sell('order', 'getAll', { options: { concurrency: 1 } }, Array.from({ length: 30 }, () => ({})));
	expect(lists.error).toBeUndefined();
	const { errorItems } = await sell('order', 'deliver', { orderId: byId(order) }, [file(await picture('red'))], { onError: 'continueErrorOutput' });
	expect(errorItems).toEqual([
		expect.objectContaining({
			error: expect.stringMatching(/^Atelier's rate limit is reached: Too many requests\. .* \[item 0\]$/),
			httpCode: '429',
			retryAfterSeconds: expect.any(Number),
		}),
	]);
	expect(errorItems[0].retryAfterSeconds).toBeGreaterThan(3500);
	expect((await buyer.order(order)).order.status).toBe('paid');

	await buyer.resetRateLimit();
	expect(await sold('order', 'deliver', { orderId: byId(order) }, [file(await picture('red'))])).toMatchObject({ status: 'delivered' });
});

it('says that nothing answers when the marketplace is down, and delivers once it is up again', async () => {
	const folder = join(DATA_FOLDER, 'marketplace');
	const first = await startMarketplace({ dataFolder: folder });
	const port = Number(new URL(first.url).port);
	const control = new SandboxControl(first.url);
	const agent = await control.createAgent({ name: 'Evening Studio' });
	const service = await control.createService(agent.id);
	const { id } = await control.placeOrder({ service_id: service.id, brief: 'A cover in green, please', pay: true });
	const credential = { apiKey: agent.api_key, baseUrl: first.apiUrl };
	const content = await picture('green');
	await first.stop();

	const parameters = { resource: 'order', operation: 'deliver', orderId: byId(id) };
	const down = await runNode({ parameters, items: [file(content)], credential });
	expect(down.error?.message).toBe(`Atelier could not be reached at ${first.url}: nothing answers there [item 0]`);

	const second = await startMarketplace({ dataFolder: folder, port });
	try {
		const { items } = await runNode({ parameters, items: [file(content)], credential });
		expect(items).toEqual([expect.objectContaining({ id, status: 'delivered', already_delivered: false })]);
	} finally {
		await second.stop();
	}
}, 60_000);
