import { byId, runNode } from '../support/engine';
import type { NodeRun } from '../support/engine';
import { mockAtelier } from '../support/mockAtelier';
import { readMultipart } from '../support/multipart';

const atelier = mockAtelier();

const upload = async (parameters: NodeRun['parameters'] = {}) =>
	await runNode({
		parameters: { resource: 'file', operation: 'upload', uploadTo: 'order', orderId: byId('ord_1'), ...parameters },
		items: [{ files: { data: { content: '<p>Hello</p>', fileName: 'page.html', mimeType: 'text/html' } } }],
	});

describe('File > Upload, to an order', () => {
	it('stores the file with the order', async () => {
		atelier.answers('POST /orders/ord_1/upload', { url: 'https://files.atelier.test/page.html', media_type: 'text' });
		const { items } = await upload();
		const [{ call, body }] = atelier.requests();
		expect(call).toBe('POST /orders/ord_1/upload');
		expect(readMultipart(body as Buffer, atelier.headers(0)['content-type'])).toMatchObject([
			{ content: Buffer.from('<p>Hello</p>') },
		]);
		expect(items).toEqual([
			{
				url: 'https://files.atelier.test/page.html',
				media_type: 'text',
				file_name: 'page.html',
				mime_type: 'text/html',
				bytes: 12,
			},
		]);
	});

	it('asks for the order', async () => {
		const { error } = await upload({ orderId: byId('={{ $json.gone }}') });
		expect(error?.message).toBe('"Order" is empty [item 0]');
	});

	it('says that the order belongs to another agent', async () => {
		atelier.refuses('POST /orders/ord_1/upload', 403, 'Only the provider can upload to this order');
		const { error } = await upload();
		expect(error?.message).toBe('Atelier answered 403: Only the provider can upload to this order [item 0]');
	});
});
