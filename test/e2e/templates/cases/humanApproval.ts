import { fillInForm } from '../../../../sandbox/n8n/forms';
import { readOutputFile } from '../../support/testSandbox';
import { WebhookReceiver } from '../../../sandbox/webhookReceiver';
import { waitFor } from '../../support/waitFor';
import { reasonOf, runsOf } from '../bench';
import type { TemplateCase } from './case';

const BRIEF = 'A "quoted" ship <img src="https://example.com/pixel.png"> & {{ $json.order.id }}';
const MESSAGE = 'Your picture is ready. Tell me if you would like anything changed.';

export const humanApproval: TemplateCase = (template, bench) => {
	const receiver = new WebhookReceiver();
	beforeAll(async () => await receiver.start());
	afterAll(async () => await receiver.stop());
	beforeEach(() => receiver.reset());

	/** Publishes the workflow for one order; the answers follow. */
	async function start() {
		const seller = await bench().createSeller();
		const { id } = await bench().placeOrder(seller, BRIEF);
		const workflow = await bench().importTemplate(template, seller, { notify_url: receiver.url });
		await bench().api.publish(workflow.id);
		return { id, workflow };
	}

	/** Waits for the link with this number and opens it, as the person does who got it; resolves to link and page. */
	async function open(workflowId: string, count: number): Promise<{ link: string; page: string }> {
		await receiver.received(count);
		await waitFor('the run to wait', async () => (await bench().api.listExecutions(workflowId))[0]?.status === 'waiting');
		const { text } = JSON.parse(receiver.deliveries[count - 1]!.body) as { text: string };
		const link = /http\S+$/.exec(text)![0];
		const response = await fetch(link);
		expect(response.status).toBe(200);
		return { link, page: await response.text() };
	}

	const answer = async (link: string, decision: string, changes = '') => await fillInForm(link, { Decision: decision, Changes: changes });

	/** The address of the picture on the page. */
	const pictureOn = (page: string) => {
		const addresses = [...page.matchAll(/<img src="([^"]+)" alt="The picture"/g)].map(([, address]) => address!);
		expect(addresses).toHaveLength(1);
		return addresses[0]!.replaceAll('&amp;', '&');
	};

	test('delivers the very picture that a person saw and approved', async () => {
		const { id, workflow } = await start();
		const { link, page } = await open(workflow.id, 1);
		expect(page).toContain('&lt;img src=');
		expect(page).not.toContain('<img src="https://example.com/pixel.png"');
		const shown = Buffer.from(await (await fetch(pictureOn(page))).arrayBuffer());
		expect((await bench().readDelivery(id)).order.status).toBe('paid');
		await answer(link, 'Approve');
		const execution = await bench().waitForRun(workflow.id);
		await bench().retire(workflow);

		expect(reasonOf(execution)).toBe('');
		const { order, files } = await bench().readDelivery(id);
		expect(order.status).toBe('delivered');
		expect(files).toMatchObject([{ mediaType: 'image', mimeType: 'image/png' }]);
		expect(files[0]!.bytes.equals(shown)).toBe(true);
		expect(shown.equals(await readOutputFile(bench().api, execution, 'Draw the picture'))).toBe(true);
		expect(await bench().messagesTo(id)).toEqual([MESSAGE]);
		expect(await bench().countCalls(id)).toEqual({ uploads: 1, delivers: 1, messages: 1 });
	});

	test('draws again with the changes, and delivers the new picture', async () => {
		const { id, workflow } = await start();
		const first = await open(workflow.id, 1);
		await answer(first.link, 'Redo', 'A "red" sail, please');
		const second = await open(workflow.id, 2);
		expect(pictureOn(second.page)).not.toBe(pictureOn(first.page));
		await answer(second.link, 'Approve');
		const execution = await bench().waitForRun(workflow.id);
		await bench().retire(workflow);

		expect(reasonOf(execution)).toBe('');
		const prompts = (await bench().providers.requests('/images/generations')).map(({ body }) => (body as { prompt: string }).prompt);
		expect(prompts).toHaveLength(2);
		expect(prompts.map((prompt) => prompt.includes(BRIEF))).toEqual([true, true]);
		expect(prompts.map((prompt) => prompt.includes('A "red" sail, please'))).toEqual([false, true]);
		const { files } = await bench().readDelivery(id);
		const shown = Buffer.from(await (await fetch(pictureOn(second.page))).arrayBuffer());
		expect(files.map(({ bytes }) => bytes.equals(shown))).toEqual([true]);
		expect(await bench().countCalls(id)).toEqual({ uploads: 2, delivers: 1, messages: 1 });
	});

	test('delivers nothing that was rejected, and tells the client', async () => {
		const { id, workflow } = await start();
		const { link } = await open(workflow.id, 1);
		await answer(link, 'Reject');
		const execution = await bench().waitForRun(workflow.id);
		await bench().retire(workflow);

		expect(reasonOf(execution)).toBe('');
		expect(runsOf(execution, 'Deliver the picture')).toBe(0);
		expect((await bench().readDelivery(id)).order.status).toBe('paid');
		expect(await bench().messagesTo(id)).toEqual(['Your order takes a little longer: I am doing it by hand.']);
	});
};
