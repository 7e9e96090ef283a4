import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { INodeParameters } from 'n8n-workflow';

import { byId, runNode } from '../support/engine';
import { breakOff, localServer, sendData, sendJson } from '../support/localServer';
import { mockAtelier } from '../support/mockAtelier';
import { readMultipart } from '../support/multipart';
import type { TestItem } from '../support/nodeTypes';
import { orderAnswer, orderRow } from '../support/wire';

const FILES = 'https://files.atelier.test';

const parametersFor = (parameters: INodeParameters = {}): INodeParameters => ({
	resource: 'order',
	operation: 'deliver',
	orderId: byId('={{ $json.order ?? "ord_1" }}'),
	...parameters,
});

const image = (content: string, fileName = `${content}.png`) => ({ content, fileName, mimeType: 'image/png' });

describe('Order > Deliver, request by request', () => {
	const atelier = mockAtelier();

	const deliver = async (parameters: INodeParameters = {}, items: TestItem[] = [{ files: { data: image('cover') } }], settings = {}) =>
		await runNode({ parameters: parametersFor(parameters), items, ...settings });
	const answersRead = (status: string, orderId = 'ord_1') =>
		atelier.answers(`GET /orders/${orderId}`, orderAnswer({ id: orderId, status }));
	const answersUpload = (name: string, mediaType = 'image') =>
		atelier.answers('POST /upload', { url: `${FILES}/${name}`, media_type: mediaType });
	const answersDelivery = (orderId = 'ord_1') =>
		atelier.answers(`POST /orders/${orderId}/deliver`, orderRow({ id: orderId, status: 'delivered' }));
	const calls = () => atelier.requests().map(({ call }) => call);
	const bodyOf = (call: string) => atelier.requests().find((request) => request.call === call)?.body;
	/** File names in the order in which they were uploaded. */
	const uploaded = () =>
		atelier.requests().flatMap(({ call, body }, index) =>
			call === 'POST /upload' ? readMultipart(body as Buffer, atelier.headers(index)['content-type']).map(({ content }) => content.toString()) : [],
		);

	it('looks at the order, uploads the file and delivers it', async () => {
		answersRead('paid');
		answersUpload('cover.png');
		answersDelivery();
		const { items, full } = await deliver();
		expect(calls()).toEqual(['GET /orders/ord_1', 'POST /upload', 'POST /orders/ord_1/deliver']);
		const delivered = { deliverable_url: `${FILES}/cover.png`, deliverable_media_type: 'image' };
		expect(bodyOf('POST /orders/ord_1/deliver')).toEqual(delivered);
		expect(items).toEqual([
			expect.objectContaining({ id: 'ord_1', status: 'delivered', deliverables: [delivered], already_delivered: false }),
		]);
		expect(full[0].pairedItem).toEqual({ item: 0 });
	});

	it('delivers several items and several files of each in one call, all in order', async () => {
		answersRead('paid');
		for (const name of ['a1', 'a2', 'b1', 'b2']) answersUpload(`${name}.png`);
		answersDelivery();
		const { items, full } = await deliver({ binaryFields: 'first, second' }, [
			{ files: { first: image('a1'), second: image('a2') } },
			{ files: { first: image('b1'), second: image('b2') } },
		]);
		expect(uploaded()).toEqual(['a1', 'a2', 'b1', 'b2']);
		expect(bodyOf('POST /orders/ord_1/deliver')).toEqual({
			deliverables: ['a1', 'a2', 'b1', 'b2'].map((name) => ({
				deliverable_url: `${FILES}/${name}.png`,
				deliverable_media_type: 'image',
			})),
		});
		expect(items).toHaveLength(1);
		expect(full[0].pairedItem).toEqual([{ item: 0 }, { item: 1 }]);
	});

	describe('run again by Retry On Fail', () => {
		const retry = { node: { retryOnFail: true, maxTries: 2, waitBetweenTries: 0 } };
		const two = ['ord_1', 'ord_2'].map((order) => ({ json: { order }, files: { data: image(order) } }));

		it('says of what it delivered itself that it is new, and uploads nothing again', async () => {
			answersRead('paid', 'ord_1');
			answersUpload('1.png');
			answersDelivery('ord_1');
			answersRead('paid', 'ord_2');
			answersUpload('2.png');
			atelier.refuses('POST /orders/ord_2/deliver', 409, 'Busy');
			atelier.answers('GET /orders/ord_1', orderAnswer({ id: 'ord_1', status: 'delivered', deliverable_url: `${FILES}/1.png` }));
			answersRead('paid', 'ord_2');
			answersDelivery('ord_2');
			const { items } = await deliver({ options: { concurrency: 1 } }, two, retry);
			expect(items.map(({ id, already_delivered }) => [id, already_delivered])).toEqual([
				['ord_1', false],
				['ord_2', false],
			]);
			expect(items[0].deliverables).toEqual([{ deliverable_url: `${FILES}/1.png`, deliverable_media_type: 'image' }]);
			expect(calls().filter((call) => call === 'POST /upload')).toHaveLength(2);
		});

		it('knows its own delivery although the answer was lost and nobody could look', async () => {
			answersRead('paid');
			answersUpload('cover.png');
			atelier.replies('POST /orders/ord_1/deliver', { status: 502, body: '' });
			atelier.refuses('GET /orders/ord_1', 403, 'Not now');
			atelier.answers('GET /orders/ord_1', orderAnswer({ status: 'delivered', deliverable_url: `${FILES}/cover.png` }));
			const { items } = await deliver({}, undefined, retry);
			expect(items).toEqual([expect.objectContaining({ id: 'ord_1', already_delivered: false })]);
			expect(calls().filter((call) => call.startsWith('POST'))).toEqual(['POST /upload', 'POST /orders/ord_1/deliver']);
		});

		it('does not replace its own delivery, although it is to deliver again', async () => {
			answersRead('delivered', 'ord_1');
			answersUpload('1.png');
			answersDelivery('ord_1');
			answersRead('cancelled', 'ord_2');
			atelier.answers('GET /orders/ord_1', orderAnswer({ id: 'ord_1', status: 'delivered', deliverable_url: `${FILES}/1.png` }));
			answersRead('cancelled', 'ord_2');
			const { error } = await deliver({ options: { concurrency: 1, deliverAgain: true } }, two, retry);
			expect(error?.message).toContain('ord_2 takes no delivery');
			expect(calls().filter((call) => call.startsWith('POST'))).toEqual(['POST /upload', 'POST /orders/ord_1/deliver']);
		});

		it('goes on with the file whose upload failed, and delivers all in order', async () => {
			answersRead('paid');
			answersUpload('1.png');
			atelier.refuses('POST /upload', 429, 'Slow down', { 'retry-after': '3600' });
			answersRead('paid');
			for (const name of ['2.png', '3.png']) answersUpload(name);
			answersDelivery();
			const files = { first: image('1'), second: image('2'), third: image('3') };
			await deliver({ binaryFields: 'first, second, third' }, [{ files }], retry);
			expect(uploaded()).toEqual(['1', '2', '2', '3']);
			expect(bodyOf('POST /orders/ord_1/deliver')).toMatchObject({
				deliverables: ['1.png', '2.png', '3.png'].map((name) => ({ deliverable_url: `${FILES}/${name}` })),
			});
		});

		it('says of what somebody else delivered that it is not new', async () => {
			answersRead('paid');
			answersUpload('cover.png');
			atelier.refuses('POST /orders/ord_1/deliver', 409, 'Busy');
			atelier.answers('GET /orders/ord_1', orderAnswer({ status: 'delivered', deliverable_url: `${FILES}/other.png` }));
			const { items } = await deliver({}, undefined, retry);
			expect(items).toEqual([expect.objectContaining({ already_delivered: true })]);
		});
	});

	it('delivers each order by itself when items of several come mixed', async () => {
		for (const orderId of ['ord_1', 'ord_2']) {
			answersRead('in_progress', orderId);
			answersDelivery(orderId);
		}
		const { items, full } = await deliver({ source: 'url', urls: '={{ $json.url }}', options: { concurrency: 1 } }, [
			{ json: { order: 'ord_1', url: 'https://example.com/1.png' } },
			{ json: { order: 'ord_2', url: 'https://example.com/2.mp4' } },
			{ json: { order: 'ord_1', url: 'https://example.com/3' } },
		]);
		expect(bodyOf('POST /orders/ord_1/deliver')).toEqual({
			deliverables: [
				{ deliverable_url: 'https://example.com/1.png', deliverable_media_type: 'image' },
				{ deliverable_url: 'https://example.com/3', deliverable_media_type: 'link' },
			],
		});
		expect(bodyOf('POST /orders/ord_2/deliver')).toEqual({
			deliverable_url: 'https://example.com/2.mp4',
			deliverable_media_type: 'video',
		});
		expect(items.map(({ id }) => id)).toEqual(['ord_1', 'ord_2']);
		expect(full.map(({ pairedItem }) => pairedItem)).toEqual([[{ item: 0 }, { item: 2 }], { item: 1 }]);
	});

	it('delivers items one by one when told to', async () => {
		for (const status of ['paid', 'delivered']) {
			answersRead(status);
			answersDelivery();
		}
		await deliver({ source: 'url', urls: '={{ $json.url }}', options: { separately: true } }, [
			{ json: { url: 'https://example.com/1.png' } },
			{ json: { url: 'https://example.com/2.png' } },
		]);
		const deliveries = atelier.requests().filter(({ call }) => call.startsWith('POST'));
		expect(deliveries.map(({ body }) => (body as { deliverable_url: string }).deliverable_url)).toEqual([
			'https://example.com/1.png',
			'https://example.com/2.png',
		]);
	});

	it('leaves an order alone that is delivered already', async () => {
		answersRead('delivered');
		const { items } = await deliver();
		expect(calls()).toEqual(['GET /orders/ord_1']);
		expect(items).toEqual([expect.objectContaining({ status: 'delivered', already_delivered: true })]);
	});

	it('replaces what was delivered when told to', async () => {
		answersRead('delivered');
		answersUpload('cover.png');
		answersDelivery();
		expect((await deliver({ options: { deliverAgain: true } })).items[0]).toMatchObject({ already_delivered: false });
	});

	it.each(['paid', 'in_progress', 'revision_requested', 'disputed', 'accepted', 'a_status_of_tomorrow'])(
		'lets the server decide about an order that is %s',
		async (status) => {
			answersRead(status);
			answersDelivery();
			expect((await deliver({ source: 'url', urls: 'https://example.com/' })).error).toBeUndefined();
		},
	);

	it.each([
		['pending_quote', 'it has no price yet. Quote it first'],
		['quoted', 'the client has not paid yet'],
		['cancelled', 'the client cancelled it'],
		['completed', 'the client has approved it'],
	])('uploads nothing for an order that is %s', async (status, reason) => {
		answersRead(status);
		const { error } = await deliver();
		expect(error?.message).toBe(`Order ord_1 takes no delivery: its status is ${status} [item 0]`);
		expect(error?.description).toContain(reason);
		expect(error?.description).toContain('Nothing was uploaded');
	});

	it('says that the order is unknown, before anything is uploaded', async () => {
		atelier.refuses('GET /orders/ord_1', 404, 'Order not found');
		const { error } = await deliver();
		expect(error?.message).toBe('Atelier answered 404: Order not found [item 0]');
	});

	it('says that the key may be wrong when the order may not be read, since the server answers both alike', async () => {
		atelier.refuses('GET /orders/ord_1', 403, 'Not authorized to view this order');
		const { error } = await deliver();
		expect(error?.message).toBe('Atelier answered 403: Not authorized to view this order [item 0]');
		expect(error?.description).toMatch(/belongs to another agent.*API Key/);
	});

	it("keeps the server's words when the state changed meanwhile", async () => {
		answersRead('paid');
		const words = 'Cannot deliver order with status "cancelled"';
		atelier.refuses('POST /orders/ord_1/deliver', 400, words);
		const { error } = await deliver({ source: 'url', urls: 'https://example.com/' });
		expect(error?.message).toBe(`Atelier answered 400: ${words} [item 0]`);
	});

	describe('a text', () => {
		it.each([
			['article.md', 'text/markdown', '/upload'],
			['table.csv', 'text/csv', '/upload'],
			['page.html', 'text/html', '/orders/ord_1/upload'],
			['script.js', 'text/javascript', '/orders/ord_1/upload'],
			['letter', 'text/plain', '/upload'],
		])('becomes the file %s of type %s', async (fileName, mimeType, path) => {
			answersRead('paid');
			atelier.answers(`POST ${path}`, { url: `${FILES}/${fileName}`, media_type: 'text' });
			answersDelivery();
			await deliver({ source: 'text', text: 'Grüße', fileName });
			expect(readMultipart(bodyOf(`POST ${path}`) as Buffer, atelier.headers(1)['content-type'])).toEqual([
				{
					headers: [`Content-Disposition: form-data; name="file"; filename="${fileName}"`, `Content-Type: ${mimeType}`],
					content: Buffer.from('Grüße'),
				},
			]);
		});
	});

	describe('URLs', () => {
		it('may stand on lines or behind commas, and may contain commas', async () => {
			answersRead('paid');
			answersDelivery();
			await deliver({
				source: 'url',
				urls: 'https://example.com/a,b.png?size=1,2, HTTP://example.com/c.pdf\n\nhttps://example.com/d.py,https://example.com/',
			});
			expect(bodyOf('POST /orders/ord_1/deliver')).toEqual({
				deliverables: [
					{ deliverable_url: 'https://example.com/a,b.png?size=1,2', deliverable_media_type: 'image' },
					{ deliverable_url: 'HTTP://example.com/c.pdf', deliverable_media_type: 'document' },
					{ deliverable_url: 'https://example.com/d.py', deliverable_media_type: 'code' },
					{ deliverable_url: 'https://example.com/', deliverable_media_type: 'link' },
				],
			});
		});

		it('may be of another kind than they look', async () => {
			answersRead('paid');
			answersDelivery();
			await deliver({ source: 'url', urls: 'https://example.com/film', options: { mediaType: 'video' } });
			expect(bodyOf('POST /orders/ord_1/deliver')).toMatchObject({ deliverable_media_type: 'video' });
		});
	});

	it('takes the binary value itself, as an expression gives it', async () => {
		answersRead('paid');
		answersUpload('cover.png');
		answersDelivery();
		await deliver({ binaryFields: '={{ $binary.data }}' });
		expect(uploaded()).toEqual(['cover']);
	});

	describe('bad input', () => {
		const second = { json: { order: 'ord_1' } };
		const good = { files: { data: image('good') } };

		it.each<[string, INodeParameters, TestItem[], string, string]>([
			[
				'a missing binary field',
				{},
				[good, { ...second, files: { picture: image('x') } }],
				'There is no file in the binary field "data" [item 1]',
				'The item has these binary fields: picture',
			],
			['no file at all', {}, [good, second], 'There is no file in the binary field "data" [item 1]', 'no file at all'],
			[
				'an empty file',
				{},
				[good, { ...second, files: { data: image('', 'empty.png') } }],
				'The file in binary field "data" is empty [item 1]',
				'Nothing was uploaded',
			],
			['an empty field name', { binaryFields: '={{ "" }}' }, [good], '"Input Binary Field" is empty [item 0]', 'usually data'],
			['an empty text', { source: 'text', text: '={{ $json.text ?? "x" }}' }, [{}, { json: { text: '' } }], 'The file in "Text" is empty [item 1]', 'Nothing was uploaded'],
			['no URL', { source: 'url', urls: '={{ "" }}' }, [good], '"URLs" is empty [item 0]', 'at least one web address'],
			[
				'a URL that is none',
				{ source: 'url', urls: '={{ $json.url ?? "https://example.com/" }}' },
				[{}, { json: { url: 'https://example.com/ ftp://x' } }],
				'"URLs" holds something that is no web address: "ftp://x" [item 1]',
				'https://',
			],
			['an empty file name', { source: 'text', text: 'x', fileName: '={{ "" }}' }, [{}], '"File Name" is empty [item 0]', 'Fill in'],
			[
				'something that is neither name nor file',
				{ binaryFields: '={{ { a: 1 } }}' },
				[good],
				'"Input Binary Field" is neither the name of a binary field nor a file [item 0]',
				'usually data',
			],
		])('is named with its item before anything is uploaded: %s', async (_what, parameters, items, message, advice) => {
			answersRead('paid');
			const { error } = await deliver(parameters, items);
			expect(error?.message).toBe(message);
			expect(error?.description).toContain(advice);
			expect(error?.context.itemIndex).toBe(Number(/\[item (\d)\]$/.exec(message)![1]));
			expect(calls()).toEqual(['GET /orders/ord_1']);
		});

		it('is named when the order is missing, and other orders are delivered all the same', async () => {
			answersRead('paid', 'ord_2');
			answersDelivery('ord_2');
			const { items, errorItems } = await deliver(
				{ orderId: byId('={{ $json.order }}'), source: 'url', urls: 'https://example.com/' },
				[{ json: {} }, { json: { order: 'ord_2' } }, { json: {} }],
				{ onError: 'continueErrorOutput' },
			);
			expect(items.map(({ id }) => id)).toEqual(['ord_2']);
			expect(errorItems.map(({ error }) => error)).toEqual(['"Order" is empty [item 0]', '"Order" is empty [item 2]']);
		});

		it('of one order keeps the pairing of all its items', async () => {
			answersRead('paid');
			const { fullErrors } = await deliver({}, [good, second], { onError: 'continueErrorOutput' });
			expect(fullErrors).toEqual([
				{
					json: {
						error: 'There is no file in the binary field "data" [item 1]',
						advice: expect.any(String),
						httpCode: null,
					},
					pairedItem: [{ item: 0 }, { item: 1 }],
				},
			]);
		});
	});
});

describe('Order > Deliver over a bad connection', () => {
	const server = localServer();
	const URL_1 = 'https://example.com/1.png';
	const URL_2 = 'https://example.com/2.png';
	const deliver = async (urls = URL_1, options: INodeParameters = {}) =>
		await runNode({
			parameters: parametersFor({ source: 'url', urls, options }),
			credential: { baseUrl: server.apiUrl },
		});
	const calls = () => server.received.map(({ call }) => call.replace('/api/orders/ord_1', ''));

	/** An order that remembers what was delivered; the first `failures` deliveries get no answer. */
	function orderThatForgets(failures: number, { takesEffect, fail = breakOff }: { takesEffect: boolean; fail?: typeof breakOff }) {
		let delivered: string[] = [];
		server.respond((response, { call, body }) => {
			const row = () =>
				orderRow({ status: delivered.length > 0 ? 'delivered' : 'paid', deliverable_url: delivered[0] ?? null });
			if (call.startsWith('GET')) {
				return sendData(response, {
					order: row(),
					deliverables: delivered.map((url) => ({ deliverable_url: url, status: 'completed' })),
				});
			}
			const fails = failures-- > 0;
			if (!fails || takesEffect) {
				const sent = JSON.parse(body.toString()) as { deliverable_url: string; deliverables?: Array<{ deliverable_url: string }> };
				delivered = (sent.deliverables ?? [sent]).map(({ deliverable_url: url }) => url);
			}
			if (fails) fail(response);
			else sendData(response, row());
		});
		return () => delivered;
	}

	it('does not deliver again when the delivery took effect although its answer was lost', async () => {
		orderThatForgets(1, { takesEffect: true });
		const { items, error } = await deliver(`${URL_1}\n${URL_2}`);
		expect(error).toBeUndefined();
		expect(items[0]).toMatchObject({ status: 'delivered', already_delivered: false });
		expect(calls()).toEqual(['GET ', 'POST /deliver', 'GET ']);
	});

	it('delivers again when the order does not have it', async () => {
		const delivered = orderThatForgets(2, { takesEffect: false });
		const { error } = await deliver();
		expect(error).toBeUndefined();
		expect(delivered()).toEqual([URL_1]);
		expect(calls()).toEqual(['GET ', 'POST /deliver', 'GET ', 'POST /deliver', 'GET ', 'POST /deliver']);
	});

	it('treats a 500 like a broken connection', async () => {
		orderThatForgets(1, { takesEffect: true, fail: (response) => void response.writeHead(500).end() });
		expect((await deliver()).error).toBeUndefined();
		expect(calls()).toEqual(['GET ', 'POST /deliver', 'GET ']);
	});

	it('gives up after three attempts', async () => {
		orderThatForgets(Infinity, { takesEffect: false });
		const { error } = await deliver();
		expect(error?.message).toContain('the connection was closed half-way');
		expect(error?.description).toContain('The order was not delivered.');
		expect(calls().filter((call) => call.startsWith('POST'))).toHaveLength(3);
	});

	describe('that others deliver meanwhile', () => {
		const OTHERS = 'https://example.com/others.png';
		const theirs = { status: 'delivered', deliverable_url: OTHERS, delivered_at: '2026-03-01 10:00:00' };

		/** An order that others deliver as soon as `call` is answered, by `answer`. */
		function orderTakenDuring(call: string, answer: (response: ServerResponse) => void | Promise<void>) {
			let isTaken = false;
			server.respond(async (response, request) => {
				if (request.call === call && !isTaken) {
					isTaken = true;
					return await answer(response);
				}
				if (request.call.startsWith('GET')) return sendData(response, { order: orderRow(isTaken ? theirs : { status: 'paid' }) });
				return sendData(response, orderRow({ status: 'delivered' }));
			});
		}
		const slowUpload = async (response: ServerResponse) => {
			await sleep(1_100);
			sendData(response, { url: URL_1, media_type: 'image' });
		};
		const deliverFile = async (options: INodeParameters = {}) =>
			await runNode({
				parameters: parametersFor({ options }),
				items: [{ files: { data: image('cover') } }],
				credential: { baseUrl: server.apiUrl },
			});

		it('leaves the order alone when that happened during a long upload', async () => {
			orderTakenDuring('POST /api/upload', slowUpload);
			const { items } = await deliverFile();
			expect(items).toEqual([expect.objectContaining({ already_delivered: true, deliverable_url: OTHERS })]);
			expect(calls()).toEqual(['GET ', 'POST /api/upload', 'GET ']);
		});

		it('leaves the order alone when that happened while it waited for the rate limit', async () => {
			orderTakenDuring('POST /api/orders/ord_1/deliver', (response) =>
				sendJson(response, { success: false, error: 'Too many requests.' }, 429, { 'retry-after': '1' }),
			);
			const { items } = await deliver(URL_1, { waitWhenRateLimited: 60 });
			expect(items).toEqual([expect.objectContaining({ already_delivered: true, deliverable_url: OTHERS })]);
			expect(calls()).toEqual(['GET ', 'POST /deliver', 'GET ']);
		});

		it('leaves the order alone when that happened instead of its own delivery', async () => {
			orderTakenDuring('POST /api/orders/ord_1/deliver', breakOff);
			const { items } = await deliver();
			expect(items).toEqual([expect.objectContaining({ already_delivered: true, deliverable_url: OTHERS })]);
			expect(calls()).toEqual(['GET ', 'POST /deliver', 'GET ']);
		});

		it('replaces their work when told to deliver again', async () => {
			orderTakenDuring('POST /api/upload', slowUpload);
			const { items } = await deliverFile({ deliverAgain: true });
			expect(items).toEqual([expect.objectContaining({ already_delivered: false })]);
			expect(calls().at(-1)).toBe('POST /deliver');
		});
	});

	it('is not content with an older delivery that starts alike', async () => {
		let lost = false;
		server.respond((response, { call }) => {
			if (call.startsWith('GET')) {
				return sendData(response, {
					order: orderRow({ status: 'delivered', deliverable_url: URL_1 }),
					deliverables: [{ deliverable_url: URL_1, status: 'completed' }],
				});
			}
			if (lost) return sendData(response, orderRow({ status: 'delivered' }));
			lost = true;
			return breakOff(response);
		});
		await deliver(`${URL_1}\n${URL_2}`, { deliverAgain: true });
		expect(calls()).toEqual(['GET ', 'POST /deliver', 'GET ', 'POST /deliver']);
	});

	it('says that it may have been delivered when the order cannot be read afterwards', async () => {
		server.respond((response, { call }) => {
			if (call.startsWith('GET') && server.received.length === 1) return sendData(response, orderAnswer());
			return breakOff(response);
		});
		const { error } = await deliver();
		expect(error?.message).toContain('the connection was closed half-way');
		expect(error?.description).toBe(
			'It may have been delivered all the same. Run the node again: it looks first, and leaves a delivered order alone.',
		);
	});

	it('does not repeat a refusal', async () => {
		server.respond((response, { call }) => {
			if (call.startsWith('GET')) sendData(response, orderAnswer());
			else sendJson(response, { success: false, error: 'Too many requests.' }, 429, { 'retry-after': '3600' });
		});
		const { error } = await deliver();
		expect(error).toMatchObject({ httpCode: '429', context: { retryAfterSeconds: 3600 } });
		expect(calls()).toEqual(['GET ', 'POST /deliver']);
	});
});
