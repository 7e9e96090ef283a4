import sharp from 'sharp';

import { readOutputFile } from '../../support/testSandbox';
import type { RecordedRequest } from '../../../../sandbox/providers/kit/ledger';
import { reasonOf, runsOf } from '../bench';
import { expectOwnFiles } from '../pairing';
import type { TemplateCase } from './case';

/** A brief with everything that breaks texts which are put together carelessly. */
export const AWKWARD_BRIEF = 'A "quoted" fox\nby a \\ river {{ $json.order.id }} {brief} $& %prompt% \u2028 with ümlauts & <b>tags</b>';

/** How a template that draws pictures differs from the others. */
interface PictureTemplate {
	/** The provider's name in the sandbox. */
	provider: string;
	/** A part of the path of the call that asks for a picture. */
	path: string;
	/** Finds the prompt in that call's body. */
	promptOf: (body: never) => string;
	/** The node that puts out the picture that is delivered. */
	source: string;
	/** Values for the Settings node, such as short waits. */
	settings?: Record<string, unknown>;
	size: { width: number; height: number };
	/** How the provider is made to fail, and what of that n8n shows. */
	failure: { fault: Record<string, unknown>; words: string };
	/** For providers with a queue: the node that asks, and what n8n shows after the last question. */
	queue?: { asking: string; words: string };
}

const MESSAGE = 'Your picture is ready. Tell me if you would like anything changed.';

const findCall = (requests: RecordedRequest[]) => requests.filter(({ method }) => method === 'POST');

/** Tests of a template that draws one picture for each order. */
export const pictureOrders =
	({ provider, path, promptOf, source, settings = {}, size, failure, queue }: PictureTemplate): TemplateCase =>
	(template, bench) => {
		test('delivers the picture that the model drew from the brief, and tells the client', async () => {
			const seller = await bench().createSeller();
			const { id } = await bench().placeOrder(seller, AWKWARD_BRIEF, { requirement_answers: { Colour: 'only "blue"' } });
			const workflow = await bench().importTemplate(template, seller, settings);
			const execution = await bench().publishAndWait(workflow);
			await bench().retire(workflow);

			expect(reasonOf(execution)).toBe('');
			expect(execution.status).toBe('success');
			const calls = findCall(await bench().providers.requests(path));
			expect(calls).toHaveLength(1);
			expect(promptOf(calls[0]!.body as never)).toContain(AWKWARD_BRIEF);
			expect(promptOf(calls[0]!.body as never)).toContain('Colour: only "blue"');

			const { order, files } = await bench().readDelivery(id);
			expect(order.status).toBe('delivered');
			expect(files).toMatchObject([{ mediaType: 'image', mimeType: 'image/png' }]);
			expect(files[0]!.bytes.equals(await readOutputFile(bench().api, execution, source))).toBe(true);
			expect(await sharp(files[0]!.bytes).metadata()).toMatchObject({ format: 'png', ...size });
			expect((await bench().providers.statistics()).generations[provider]).toMatchObject({ total: 1 });

			expect(await bench().messagesTo(id)).toEqual([MESSAGE]);
			expect(await bench().countCalls(id)).toEqual({ uploads: 1, delivers: 1, messages: 1 });
		});

		test('takes one order per run, and leaves it open when no picture can be made', async () => {
			const seller = await bench().createSeller();
			const { id } = await bench().placeOrder(seller, 'A fox in the snow');
			const { id: second } = await bench().placeOrder(seller, 'A hare in the snow');
			await bench().providers.addFault({ provider, path, ...failure.fault });
			const workflow = await bench().importTemplate(template, seller, settings);
			const execution = await bench().publishAndWait(workflow);
			await bench().retire(workflow);

			expect(execution.status).toBe('error');
			expect(reasonOf(execution)).toContain(failure.words);
			for (const orderId of [id, second]) {
				expect((await bench().readDelivery(orderId)).order.status).toBe('paid');
				expect(await bench().messagesTo(orderId)).toEqual([]);
			}
			expect(findCall(await bench().providers.requests(path))).toHaveLength(1);
		});

		test('gives each of two orders its own picture, should somebody let a run take both', async () => {
			const seller = await bench().createSeller();
			const workflow = await bench().importTemplate(template, seller, settings);
			await expectOwnFiles(bench(), { seller, workflow, source, modelPath: path });
		});

		if (!queue) return;
		test('asks as often as the settings allow, and then gives up', async () => {
			const seller = await bench().createSeller();
			const { id } = await bench().placeOrder(seller, 'A fox in the snow');
			await bench().providers.setTiming({ queuedPolls: 1, runningPolls: 9 });
			const workflow = await bench().importTemplate(template, seller, { ...settings, max_checks: 3 });
			const execution = await bench().publishAndWait(workflow);
			await bench().retire(workflow);

			expect(execution.status).toBe('error');
			expect(reasonOf(execution)).toBe(queue.words.replace('%id%', id));
			expect(runsOf(execution, queue.asking)).toBe(3);
			expect((await bench().readDelivery(id)).order.status).toBe('paid');
		});
	};
