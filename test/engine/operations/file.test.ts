import { runNode } from '../support/engine';
import { mockAtelier } from '../support/mockAtelier';
import { readMultipart } from '../support/multipart';

const atelier = mockAtelier();

const PNG = Buffer.from('89504e470d0a1a0a00ff2d2d0d0a', 'hex');

describe('File > Upload', () => {
	it.each(['memory', 'filesystem'] as const)('sends the file as the form field "file" (n8n keeps files in %s)', async (binaryMode) => {
		atelier.answers('POST /upload', { url: 'https://files.atelier.test/cover.png', media_type: 'image' });
		const { items } = await runNode({
			parameters: { resource: 'file', operation: 'upload' },
			items: [{ files: { data: { content: PNG, fileName: 'cover.png', mimeType: 'image/png' } } }],
			binaryMode,
		});
		const [{ call, body }] = atelier.requests();
		expect(call).toBe('POST /upload');
		expect(readMultipart(body as Buffer, atelier.headers(0)['content-type'])).toEqual([
			{
				headers: ['Content-Disposition: form-data; name="file"; filename="cover.png"', 'Content-Type: image/png'],
				content: PNG,
			},
		]);
		expect(items).toEqual([
			{
				url: 'https://files.atelier.test/cover.png',
				media_type: 'image',
				file_name: 'cover.png',
				mime_type: 'image/png',
				bytes: PNG.length,
			},
		]);
	});
});
