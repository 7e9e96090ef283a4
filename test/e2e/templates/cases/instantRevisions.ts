import { readOutputFile } from '../../support/testSandbox';
import { waitFor } from '../../support/waitFor';
import { reasonOf, runsOf, type ImportedTemplate } from '../bench';
import type { TemplateCase } from './case';
import { deliverPicture } from '../delivery';

const FEEDBACK = 'Please make the "sky" warmer \\ {and} add {{ 1 + 1 }} gulls';
const MESSAGE = 'Here is the picture with your changes. Tell me if anything is missing.';
const QUESTION = 'I would like to get your revision right: what exactly shall I change? Please answer here.';
const INSTANT = 'When a revision is wanted';
const SAFETY_NET = 'Look for missed requests';

export const instantRevisions: TemplateCase = (template, bench) => {
	beforeEach(async () => await bench().sandbox.control.allowLoopbackWebhooks(true));
	afterEach(async () => await bench().sandbox.control.allowLoopbackWebhooks(false));

	/** A seller whose client has a picture that is not right yet. */
	async function createDelivered() {
		const seller = await bench().createSeller();
		const { id } = await bench().placeOrder(seller, 'A harbour in the morning');
		const first = await deliverPicture(bench(), seller, id);
		await bench().sandbox.control.resetStatistics();
		return { seller, id, first };
	}

	/** The safety net looks every time that the workflow is published, however soon. */
	async function importQuick(seller: ImportedTemplate['seller']): Promise<ImportedTemplate> {
		const workflow = await bench().importTemplate(template, seller);
		await bench().setTriggerOptions(workflow, { minimumSeconds: 1 });
		return workflow;
	}

	test('changes the delivered picture as the client says, the moment the client says it', async () => {
		const { seller, id, first } = await createDelivered();
		const workflow = await bench().importTemplate(template, seller);
		await bench().api.publish(workflow.id);
		await bench().sandbox.control.requestRevision(id, FEEDBACK);
		const execution = await bench().waitForRun(workflow.id);
		await bench().retire(workflow);

		expect(reasonOf(execution)).toBe('');
		expect([runsOf(execution, INSTANT), runsOf(execution, SAFETY_NET)]).toEqual([1, 0]);
		const [edit] = await bench().providers.requests('/images/edits');
		expect(JSON.stringify(edit!.body)).toContain(JSON.stringify(FEEDBACK).slice(1, -1));
		expect((await readOutputFile(bench().api, execution, 'Fetch the picture')).equals(first)).toBe(true);

		const { order, files } = await bench().readDelivery(id);
		expect(order).toMatchObject({ status: 'delivered', revision_count: 1 });
		const made = await readOutputFile(bench().api, execution, 'Change the picture');
		expect(files.at(-1)).toMatchObject({ mediaType: 'image', mimeType: 'image/png' });
		expect(files.at(-1)!.bytes.equals(made)).toBe(true);
		expect(made.equals(first)).toBe(false);
		expect(await bench().messagesTo(id)).toEqual([MESSAGE]);
		expect(await bench().countCalls(id)).toEqual({ uploads: 1, delivers: 1, messages: 1 });
	});

	test('does a request once that both triggers bring, and says so when the picture cannot be changed', async () => {
		const { seller, id } = await createDelivered();
		await bench().providers.addFault({ provider: 'openai', path: '/images/edits', status: 400, message: 'Rejected by the safety system.' });
		const workflow = await importQuick(seller);
		await bench().api.publish(workflow.id);
		await bench().sandbox.control.requestRevision(id, FEEDBACK);
		const instant = await bench().waitForRun(workflow.id);
		expect(instant.status).toBe('error');
		expect(reasonOf(instant)).toContain(`The picture of order ${id} could not be changed`);

		await bench().retire(workflow);
		await bench().api.publish(workflow.id);
		await waitFor('the run of the safety net', async () => (await bench().api.listExecutions(workflow.id)).length === 2);
		const net = await bench().waitForRun(workflow.id);
		await bench().retire(workflow);
		expect(runsOf(net, SAFETY_NET)).toBe(1);
		expect(runsOf(net, 'Each request once')).toBe(1);
		expect(runsOf(net, 'Settings')).toBe(0);
		expect(await bench().providers.requests('/images/edits')).toHaveLength(1);
		expect((await bench().readDelivery(id)).order.status).toBe('revision_requested');
	});

	test('finds a request whose event was lost, and takes what the client wrote', async () => {
		const { seller, id } = await createDelivered();
		await bench().sandbox.control.requestRevision(id, 'Lost on its way');
		await bench().sandbox.control.sendMessage(id, FEEDBACK);
		const workflow = await bench().importTemplate(template, seller);
		const execution = await bench().publishAndWait(workflow);
		await bench().retire(workflow);

		expect(reasonOf(execution)).toBe('');
		expect(runsOf(execution, SAFETY_NET)).toBe(1);
		const [edit] = await bench().providers.requests('/images/edits');
		expect(JSON.stringify(edit!.body)).toContain(JSON.stringify(FEEDBACK).slice(1, -1));
		expect((await bench().readDelivery(id)).order.status).toBe('delivered');
		expect(await bench().messagesTo(id)).toEqual([MESSAGE]);
	});

	test('asks the client when there is nothing to go by', async () => {
		const { seller, id } = await createDelivered();
		await bench().sandbox.control.requestRevision(id, 'Lost on its way');
		const workflow = await bench().importTemplate(template, seller);
		const execution = await bench().publishAndWait(workflow);
		await bench().retire(workflow);

		expect(reasonOf(execution)).toBe('');
		expect(await bench().messagesTo(id)).toEqual([QUESTION]);
		expect(await bench().providers.requests('/images/edits')).toEqual([]);
		expect((await bench().readDelivery(id)).order.status).toBe('revision_requested');
	});
};
