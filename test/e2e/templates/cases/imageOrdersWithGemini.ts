import sharp from 'sharp';

import { reasonOf } from '../bench';
import type { TemplateCase } from './case';
import { pictureOrders } from './pictureOrders';

interface GeminiBody {
	contents: Array<{ parts: Array<{ text?: string; fileData?: { fileUri: string; mimeType: string } }> }>;
}

const partsOf = ({ contents }: GeminiBody) => contents.flatMap(({ parts }) => parts);

const usual = pictureOrders({
	provider: 'gemini',
	path: ':generateContent',
	promptOf: (body: GeminiBody) => partsOf(body).map(({ text }) => text ?? '').join(''),
	source: 'Draw the picture',
	size: { width: 1024, height: 1024 },
	failure: { fault: { status: 400, message: 'Unable to process input image' }, words: 'Bad request' },
});

export const imageOrdersWithGemini: TemplateCase = (template, bench) => {
	usual(template, bench);

	test("gives the client's references to the model, byte by byte", async () => {
		const references = await Promise.all(
			['crimson', 'teal'].map(async (background) => {
				const png = await sharp({ create: { width: 64, height: 64, channels: 3, background } }).png().toBuffer();
				return new Uint8Array(png);
			}),
		);
		const urls = await Promise.all(references.map(async (bytes) => await bench().sandbox.control.uploadReferenceImage(bytes, 'image/png')));
		const seller = await bench().createSeller();
		const { id } = await bench().placeOrder(seller, 'Our mug, on a beach', { reference_images: urls });
		const workflow = await bench().importTemplate(template, seller);
		const execution = await bench().publishAndWait(workflow);
		await bench().retire(workflow);

		expect(reasonOf(execution)).toBe('');
		const [call] = await bench().providers.requests(':generateContent');
		const files = partsOf(call!.body as GeminiBody).flatMap(({ fileData }) => fileData ?? []);
		expect(files.map(({ mimeType }) => mimeType)).toEqual(['image/png', 'image/png']);
		for (const [index, { fileUri }] of files.entries()) {
			const response = await fetch(`${fileUri}:download?alt=media`, { headers: { 'x-goog-api-key': 'sandbox' } });
			expect(Buffer.from(await response.arrayBuffer()).equals(references[index]!)).toBe(true);
		}
		expect((await bench().readDelivery(id)).order.status).toBe('delivered');
		expect(await bench().countCalls(id)).toEqual({ uploads: 1, delivers: 1, messages: 1 });
	});
};
