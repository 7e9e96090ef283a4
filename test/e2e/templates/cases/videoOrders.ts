import { readOutputFile } from '../../support/testSandbox';
import { QUICK, VIDEO_SERVICE } from '../../../../sandbox/demo/templates/orders';
import { reasonOf, runsOf } from '../bench';
import type { TemplateCase } from './case';
import { AWKWARD_BRIEF } from './pictureOrders';

/** What fits through Atelier's usual upload; bigger files have to be streamed to its storage. */
const USUAL_UPLOAD_BYTES = 4_500_000;

export const videoOrders: TemplateCase = (template, bench) => {
	test('asks until the video is ready, streams it to the storage and delivers it', async () => {
		const seller = await bench().createSeller(VIDEO_SERVICE);
		const { id } = await bench().placeOrder(seller, AWKWARD_BRIEF);
		await bench().providers.setTiming({ queuedPolls: 1, runningPolls: 2 });
		const workflow = await bench().importTemplate(template, seller, QUICK);
		const execution = await bench().publishAndWait(workflow);
		await bench().retire(workflow);

		expect(reasonOf(execution)).toBe('');
		expect(runsOf(execution, 'Ask how far it is')).toBeGreaterThanOrEqual(4);
		const calls = (await bench().providers.requests('text-to-video')).filter(({ method }) => method === 'POST');
		expect(calls).toHaveLength(1);
		expect(calls[0]!.body).toMatchObject({ prompt: expect.stringContaining(AWKWARD_BRIEF), duration: '5', aspect_ratio: '16:9' });

		const { order, files } = await bench().readDelivery(id);
		expect(order.status).toBe('delivered');
		expect(files).toMatchObject([{ mediaType: 'video', mimeType: 'video/mp4' }]);
		const { bytes } = files[0]!;
		expect(bytes.length).toBeGreaterThan(USUAL_UPLOAD_BYTES);
		expect(bytes.subarray(4, 8).toString()).toBe('ftyp');
		expect(bytes.equals(await readOutputFile(bench().api, execution, 'Download the video'))).toBe(true);

		const { routes } = await bench().sandbox.control.statistics();
		expect(routes['POST /api/upload/token']).toMatchObject({ calls: 1 });
		expect(routes['POST /api/upload']).toBeUndefined();
		expect(await bench().messagesTo(id)).toEqual(['Your video is ready. Tell me if you would like anything changed.']);
		expect(await bench().countCalls(id)).toEqual({ uploads: 1, delivers: 1, messages: 1 });
	});

	test('leaves the order open when no video can be made', async () => {
		const seller = await bench().createSeller(VIDEO_SERVICE);
		const { id } = await bench().placeOrder(seller, 'A train in the rain');
		await bench().providers.addFault({ provider: 'fal', path: 'text-to-video', failJob: true, message: 'Content policy violation' });
		const workflow = await bench().importTemplate(template, seller, QUICK);
		const execution = await bench().publishAndWait(workflow);
		await bench().retire(workflow);

		expect(reasonOf(execution)).toBe(`fal.ai did not make the video for order ${id}: Content policy violation`);
		expect((await bench().readDelivery(id)).order.status).toBe('paid');
		expect(await bench().messagesTo(id)).toEqual([]);
	});
};
