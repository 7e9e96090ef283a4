import type { IDataObject } from 'n8n-workflow';

import type { SandboxAgent } from '../../../sandbox/marketplace/control';
import { byId, contentOf } from '../support/engine';
import type { NodeRun } from '../support/engine';
import { SandboxRun } from '../support/sandboxRun';
import type { RunSettings } from '../support/sandboxRun';

const sandbox = new SandboxRun('orders');

/** A picture of one pixel. */
const PNG = Buffer.from(
	'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
	'base64',
);

const file = (fileName: string, mimeType: string, content: Buffer | string = PNG) => ({ fileName, mimeType, content });

let seller: SandboxAgent;
let serviceId: string;

/** Runs an operation, as the seller unless it says otherwise. */
const run = async (operation: string, parameters: NodeRun['parameters'] = {}, settings: RunSettings = {}) =>
	await sandbox.run(operation, parameters, { as: seller, ...settings });
const refused = async (operation: string, parameters: NodeRun['parameters'] = {}, settings: RunSettings = {}) =>
	await sandbox.refused(operation, parameters, { as: seller, ...settings });

beforeAll(async () => {
	seller = await sandbox.control.createAgent({ name: 'Nightfall Studio', avatar_url: 'https://example.com/face.png' });
	serviceId = (await sandbox.control.createService(seller.id)).id;
});

const placeOrder = async (fields: Partial<Parameters<typeof sandbox.control.placeOrder>[0]> = {}): Promise<string> =>
	(await sandbox.control.placeOrder({ service_id: serviceId, brief: 'A lighthouse at night', pay: true, ...fields })).id;

const deliver = async (orderId: string): Promise<void> => {
	const items = [{ files: { data: file('cover.png', 'image/png') } }];
	await run('order.deliver', { orderId: byId(orderId) }, { items });
};

describe('An order', () => {
	it('is checked, quoted, read, made and talked about', async () => {
		const quoteService = await sandbox.control.createService(seller.id, { price_type: 'quote', title: 'Something special' });
		const brief = { serviceId: byId(quoteService.id), brief: 'A lighthouse' };
		expect((await run('order.checkBrief', brief)).items[0]).toHaveProperty('complete');

		const orderId = await placeOrder({
			service_id: quoteService.id,
			pay: false,
			reference_urls: ['https://example.com/mood'],
			requirement_answers: { Size: 'A4' },
		});
		const quoted = await run('order.quote', { orderId: byId(orderId), price: '45' });
		expect(quoted.items).toMatchObject([{ id: orderId, status: 'quoted', quoted_price_usd: '45.00' }]);
		await sandbox.control.pay(orderId);

		const sent = await run('message.send', { orderId: byId(orderId), content: 'I have begun.' });
		expect(sent.items).toMatchObject([{ sender_type: 'agent', content: 'I have begun.' }]);
		await sandbox.control.sendMessage(orderId, 'Lovely, thank you');
		const messages = await run('message.getAll', { orderId: byId(orderId) });
		expect(messages.items.map(({ content }) => content)).toEqual(['I have begun.', 'Lovely, thank you']);

		await deliver(orderId);
		await sandbox.control.approve(orderId);
		await sandbox.control.review(orderId, 4, 'Good light');
		const { items } = await run('order.get', { orderId: byId(orderId) });
		expect(items).toMatchObject([{ status: 'completed', review: { rating: 4 }, deliverables: [{ status: 'completed' }] }]);
		const listed = await run('order.getAll', { statuses: ['completed'], returnAll: true });
		expect(listed.items.map(({ id }) => id)).toEqual([orderId]);
	});

	it('takes a delivery once', async () => {
		const orderId = await placeOrder();
		await deliver(orderId);
		const again = await run('order.deliver', { orderId: byId(orderId), source: 'text', text: 'x' });
		expect(again.items).toMatchObject([{ already_delivered: true }]);
	});
});

describe('The files of an order', () => {
	it('come from the client and from earlier deliveries', async () => {
		const image = await sandbox.control.uploadReferenceImage(new Uint8Array(PNG), 'image/png');
		const orderId = await placeOrder({ reference_images: [image] });
		const references = await run('order.getFiles', { orderId: byId(orderId) });
		expect(references.items).toMatchObject([{ order_id: orderId, files: [{ source: 'reference_image', url: image, mime_type: 'image/png' }] }]);
		expect(await contentOf(references.full[0].binary?.data)).toEqual(PNG);

		await deliver(orderId);
		await sandbox.control.requestRevision(orderId, 'Darker');
		await deliver(orderId);
		const parameters = { orderId: byId(orderId), output: 'file', fileSources: ['deliverable', 'superseded_deliverable'] };
		const delivered = await run('order.getFiles', parameters);
		expect(delivered.items).not.toEqual([]);
		for (const { binary } of delivered.full) expect(await contentOf(binary?.data)).toEqual(PNG);
	});

	it('of somebody else stay unseen', async () => {
		const stranger = await sandbox.control.createAgent({ name: 'Curious Studio' });
		const error = await refused('order.getFiles', { orderId: byId(await placeOrder()) }, { as: stranger });
		expect(error).toMatchObject({ httpCode: '403' });
	});
});

describe('A file', () => {
	it.each([
		['account', 'notes.md', 'text/markdown', 'text'],
		['order', 'page.html', 'text/html', 'text'],
		['order', 'cover.png', 'image/png', 'image'],
	])('is stored for the %s: %s', async (uploadTo, fileName, mimeType, mediaType) => {
		const parameters = { uploadTo, orderId: byId(await placeOrder()) };
		const items = [{ files: { data: file(fileName, mimeType, uploadTo === 'order' ? '<p>Hello</p>' : '# Hello') } }];
		const stored = await run('file.upload', parameters, { items });
		expect(stored.items).toMatchObject([{ media_type: mediaType, file_name: fileName }]);
		expect((await fetch(String(stored.items[0].url))).status).toBe(200);
	});

	it('goes to the storage with a token', async () => {
		const items = [{ files: { data: file('cover.png', 'image/png') } }];
		const stored = await run('file.upload', { options: { uploadMethod: 'token' } }, { items });
		expect(stored.items).toMatchObject([{ media_type: 'image', file_name: 'cover.png' }]);
		expect((await fetch(String(stored.items[0].url))).status).toBe(200);
	});

	it('is not stored for an order of another agent', async () => {
		const stranger = await sandbox.control.createAgent({ name: 'Hopeful Studio' });
		const items = [{ files: { data: file('cover.png', 'image/png') } }];
		const error = await refused(
			'file.upload',
			{ uploadTo: 'order', orderId: byId(await placeOrder()) },
			{ as: stranger, items },
		);
		expect(error).toMatchObject({ httpCode: '403' });
	});
});

describe('A payout', () => {
	it('is asked for again when it failed', async () => {
		const unpaid = await sandbox.control.createAgent({ name: 'Unpaid Studio' });
		const { id } = await sandbox.control.createService(unpaid.id);
		const orderId = byId(await placeOrder({ service_id: id }));
		await run('order.deliver', { orderId, source: 'url', urls: 'https://example.com/cover.png' }, { as: unpaid });
		await sandbox.control.changeAgent(unpaid.id, { owner_wallet: null, payout_wallet: null });
		await sandbox.control.approve(orderId.value as string);

		const error = await refused('order.requestPayoutRetry', { orderId }, { as: unpaid });
		expect(error).toMatchObject({ httpCode: '422', description: 'Set a payout wallet with Agent > Update, then try again.' });
		await sandbox.control.changeAgent(unpaid.id, { payout_wallet: '7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU' });
		const { items } = await run('order.requestPayoutRetry', { orderId }, { as: unpaid });
		expect(items).toMatchObject([{ order_id: orderId.value, message: expect.any(String) }]);
	});
});

describe('As the buying agent', () => {
	let buyer: SandboxAgent;

	beforeAll(async () => {
		buyer = await sandbox.control.createAgent({ name: 'Record Label' });
	});

	/** Buys from the seller by the x402 protocol; on the sandbox any new transaction pays. */
	const buy = async (): Promise<string> => {
		const response = await fetch(`${sandbox.apiUrl}/x402/pay`, {
			method: 'POST',
			headers: { authorization: `Bearer ${buyer.api_key}`, 'x-payment': transaction() },
			body: JSON.stringify({ service_id: serviceId, brief: 'A quiet harbour' }),
		});
		return ((await response.json()) as { data: { order_id: string } }).data.order_id;
	};
	const act = async (operation: string, orderId: string, parameters: IDataObject = {}): Promise<IDataObject> =>
		(await run(operation, { boughtOrderId: byId(orderId), confirmed: true, ...(parameters as object) }, { as: buyer })).items[0];

	it('a delivery is sent back and then approved', async () => {
		const orderId = await buy();
		await deliver(orderId);
		expect(await act('order.requestRevision', orderId, { feedback: 'Bluer' })).toMatchObject({ status: 'revision_requested' });
		await deliver(orderId);
		expect(await act('order.approve', orderId)).toMatchObject({ status: 'completed', warning: null });
	});

	it('a delivery is disputed', async () => {
		const orderId = await buy();
		await deliver(orderId);
		expect(await act('order.dispute', orderId, { reason: 'Not a harbour' })).toMatchObject({ status: 'disputed' });
	});

	it('an order is called off', async () => {
		expect(await act('order.cancel', await buy())).toMatchObject({ status: 'cancelled' });
	});

	it('nothing is done to what was not bought, or at the wrong time', async () => {
		const boughtOrderId = byId(await buy());
		const early = await refused('order.approve', { boughtOrderId, confirmed: true }, { as: buyer });
		expect(early.description).toContain("only while the order's status is delivered");
		const foreign = await refused('order.cancel', { boughtOrderId: byId(await placeOrder()), confirmed: true }, { as: buyer });
		expect(foreign.description).toContain('Only the agent that has bought the order may do this');
	});
});

describe('Output schemas', () => sandbox.checkSchemas());

/** A Solana transaction reference that no other call returns. */
function transaction(): string {
	const LETTERS = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
	return Array.from(crypto.getRandomValues(new Uint8Array(87)), (byte) => LETTERS[byte % LETTERS.length]).join('');
}
