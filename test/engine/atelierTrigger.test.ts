import { createAdditionalData, createNode, runWorkflow, TEST_CREDENTIAL } from './support/engine';

import { LoadOptionsContext } from 'n8n-core';
import { Workflow } from 'n8n-workflow';
import type { IDataObject, INodeParameters, NodeApiError } from 'n8n-workflow';
import nock from 'nock';

import { mockAtelier } from './support/mockAtelier';
import { builtPackage, nodeTypesWith, PACKAGE_NAME } from './support/nodeTypes';
import { expectCause, PollingWorkflow, useManualTime } from './support/poll';
import type { PollingWorkflowOptions } from './support/poll';
import { hasPollBudgets } from './support/publishing';

// A read that the server fails is tried again after half a second and after two.
jest.setTimeout(30_000);

const atelier = mockAtelier();
const time = useManualTime();

/** An order as the list has it: lists as JSON text, times without a zone. */
function wireOrder(id: string, status = 'paid', more: IDataObject = {}): IDataObject {
	return {
		id,
		service_id: 'svc_1',
		service_title: 'Logo',
		client_wallet: null,
		brief: `Brief of ${id}`,
		reference_urls: '["https://example.com/a.png"]',
		reference_images: null,
		requirement_answers: '{"size":"big"}',
		quoted_price_usd: '25.00',
		status,
		revision_count: 0,
		workspace_expires_at: null,
		delivered_at: null,
		created_at: '2026-07-01 11:00:00',
		...more,
	};
}

function agentOf({ baseUrl }: PollingWorkflow): void {
	atelier.answers(`GET ${baseUrl}/agents/me`, { id: 'ext_1' });
}

function ordersOf({ baseUrl }: PollingWorkflow, ...orders: IDataObject[]): void {
	atelier.answers(`GET ${baseUrl}/agents/ext_1/orders`, orders);
}

function refuseOrdersOf({ baseUrl }: PollingWorkflow, status: number, words: string, headers?: Record<string, string>): void {
	atelier.refuses(`GET ${baseUrl}/agents/ext_1/orders`, status, words, headers);
}

/** How often the orders were listed, and with which statuses. */
function listings(): Array<string | undefined> {
	return atelier.requests().flatMap(({ call, query }) => (call.endsWith('/orders') ? [query?.status] : []));
}

async function published(options: PollingWorkflowOptions = {}, ...orders: IDataObject[]): Promise<PollingWorkflow> {
	const workflow = new PollingWorkflow(options);
	agentOf(workflow);
	ordersOf(workflow, ...orders);
	return await workflow.publish();
}

const WORK = 'in_progress,paid,revision_requested';

describe('publishing', () => {
	test('hands out what is waiting, one item an order, in the clean shape', async () => {
		const workflow = await published({}, wireOrder('ord_2'), wireOrder('ord_1', 'in_progress', { created_at: '2026-07-01 10:59:59' }));
		expect(workflow.executions).toHaveLength(1);
		expect(workflow.received).toEqual(['order.in_progress ord_1 #1', 'order.paid ord_2 #1']);
		expect(workflow.executions[0][1]).toEqual({
			event: 'order.paid',
			attempt: 1,
			previous_status: null,
			dedupe_key: 'ord_2:order.paid:1',
			order: {
				...wireOrder('ord_2'),
				reference_urls: ['https://example.com/a.png'],
				reference_images: [],
				requirement_answers: { size: 'big' },
				created_at: '2026-07-01T11:00:00.000Z',
			},
		});
		expect(atelier.requests()).toEqual([
			{ call: `GET ${workflow.baseUrl}/agents/me` },
			{ call: `GET ${workflow.baseUrl}/agents/ext_1/orders`, query: { status: WORK } },
		]);
	});

	test('polls every five minutes where nothing is chosen', async () => {
		const workflow = await published();
		expect(workflow.crons).toEqual([expect.stringMatching(/^\d{1,2} \*\/5 \* \* \* \*$/)]);
	});

	test('polls as often as is chosen', async () => {
		const workflow = await published({ parameters: { pollTimes: { item: [{ mode: 'everyMinute' }] } } });
		expect(workflow.crons).toEqual([expect.stringMatching(/^\d{1,2} \* \* \* \* \*$/)]);
	});

	test('can leave alone what is waiting', async () => {
		const workflow = await published({ parameters: { options: { firstActivation: 'startFromNow' } } }, wireOrder('ord_1'));
		expect(workflow.executions).toEqual([]);
		expect(workflow.writes).toBe(1);
		time.pass(5);
		ordersOf(workflow, wireOrder('ord_1'), wireOrder('ord_2'));
		await workflow.poll();
		expect(workflow.received).toEqual(['order.paid ord_2 #1']);
	});

	test('"start from now" is not for a workflow that ran before and lost its memory', async () => {
		const workflow = await published({ activation: 'init', parameters: { options: { firstActivation: 'startFromNow' } } }, wireOrder('ord_1'));
		expect(workflow.received).toEqual(['order.paid ord_1 #1']);
	});

	test.each([
		[401, 'Invalid or inactive API key'],
		[403, 'Account suspended'],
	])('is refused when the key is (%i), with the server\'s words', async (status, words) => {
		const workflow = new PollingWorkflow();
		atelier.refuses(`GET ${workflow.baseUrl}/agents/me`, status, words);
		await expect(workflow.publish()).rejects.toThrow(new RegExp(`Atelier answered ${status}: ${words}`));
		expect(workflow.crons).toEqual([]);
	});

	test('is not held up by the rate limit: the first look comes when the server allows', async () => {
		const workflow = new PollingWorkflow();
		agentOf(workflow);
		refuseOrdersOf(workflow, 429, 'Too many requests.', { 'retry-after': '900' });
		await workflow.publish();
		expect([workflow.crons.length, workflow.executions.length, workflow.failures.length]).toEqual([1, 0, 0]);
		for (const minutes of [5, 5]) {
			time.pass(minutes);
			await workflow.poll();
		}
		expect(listings()).toHaveLength(1);
		time.pass(5);
		ordersOf(workflow, wireOrder('ord_1'));
		await workflow.poll();
		expect(workflow.received).toEqual(['order.paid ord_1 #1']);
	});

	test('fails while the server does', async () => {
		const workflow = new PollingWorkflow();
		for (let attempt = 0; attempt < 3; attempt++) atelier.refuses(`GET ${workflow.baseUrl}/agents/me`, 503, 'Down for maintenance');
		await expect(workflow.publish()).rejects.toThrow(/Down for maintenance/);
		expect(workflow.crons).toEqual([]);
	});

	test('is not given up when n8n starts up while the server is down', async () => {
		const workflow = new PollingWorkflow({ activation: 'init' });
		for (let attempt = 0; attempt < 3; attempt++) atelier.refuses(`GET ${workflow.baseUrl}/agents/me`, 503, 'Down for maintenance');
		await workflow.publish();
		expect([workflow.crons.length, workflow.executions.length]).toEqual([1, 0]);
		time.pass(5);
		agentOf(workflow);
		ordersOf(workflow, wireOrder('ord_1'));
		await workflow.poll();
		expect(workflow.received).toEqual(['order.paid ord_1 #1']);
	});

	test.each([
		[{ options: { retryAfterMinutes: 0 } }, /Retry After \(Minutes\) is 0: give a number from 1 up/],
		[{ options: { batchSize: '={{ "many" }}' } }, /Batch Size is "many": give a number from 1 up/],
		[{ filters: { minimumPriceUsd: -1 } }, /Minimum Price \(USD\) is -1: give a number from 0 up/],
	])('names a number that is none: %j', async (parameters, message) => {
		await expect(new PollingWorkflow({ parameters }).publish()).rejects.toThrow(message);
	});

	test('needs an event', async () => {
		const workflow = new PollingWorkflow({ parameters: { events: [] } });
		await expect(workflow.publish()).rejects.toThrow(/Events is empty: choose at least one event/);
	});

	test('needs an event beside "Order Stalled", which comes of none by itself', async () => {
		const workflow = new PollingWorkflow({ parameters: { events: ['order.stalled'] } });
		await expect(workflow.publish()).rejects.toThrow(/Events has only Order Stalled/);
	});
});

describe('polling', () => {
	test('nothing new starts nothing and writes nothing', async () => {
		const workflow = await published({}, wireOrder('ord_1'));
		const { writes } = workflow;
		for (let poll = 0; poll < 3; poll++) {
			time.pass(5);
			ordersOf(workflow, wireOrder('ord_1'));
			await workflow.poll();
		}
		expect(workflow.executions).toHaveLength(1);
		expect([workflow.writes, writes]).toEqual([1, 1]);
		expect(atelier.requests().filter(({ call }) => call.endsWith('/agents/me'))).toHaveLength(1);
	});

	test('keeps 120 seconds between calls', async () => {
		const workflow = await published();
		time.pass(1);
		await workflow.poll();
		expect(listings()).toHaveLength(1);
		time.pass(1);
		ordersOf(workflow);
		await workflow.poll();
		expect(listings()).toHaveLength(2);
	});

	test('keeps as many seconds between calls as is chosen', async () => {
		const workflow = await published({ parameters: { options: { minimumSeconds: 30 } } });
		time.pass(0.25);
		await workflow.poll();
		expect(listings()).toHaveLength(1);
		time.pass(0.25);
		ordersOf(workflow);
		await workflow.poll();
		expect(listings()).toHaveLength(2);
	});

	test('two polls at once make one call and start one execution', async () => {
		const workflow = await published();
		time.pass(5);
		ordersOf(workflow, wireOrder('ord_1'));
		await Promise.all([workflow.poll(), workflow.poll()]);
		expect(workflow.received).toEqual(['order.paid ord_1 #1']);
		expect(listings()).toHaveLength(2);
	});

	test('triggers with the same key share their calls', async () => {
		const paid = await published({}, wireOrder('ord_1'));
		const finished = await new PollingWorkflow({ baseUrl: paid.baseUrl, parameters: { events: ['order.disputed'] } }).publish();
		expect(listings()).toEqual([WORK]);

		time.pass(5);
		ordersOf(paid, wireOrder('ord_1'), wireOrder('ord_2', 'disputed'));
		await paid.poll();
		time.pass(0.5);
		await finished.poll();
		expect(listings()).toEqual([WORK, `disputed,${WORK}`]);
		expect(paid.received).toEqual(['order.paid ord_1 #1']);
		expect(finished.received).toEqual(['order.disputed ord_2 #1']);
	});

	test('an order that still waits comes again after an hour, three times in all, then as stalled', async () => {
		const events = ['order.paid', 'order.stalled'];
		const workflow = await published({ parameters: { events } }, wireOrder('ord_1'));
		for (let minutes = 5; minutes <= 300; minutes += 5) {
			time.pass(5);
			ordersOf(workflow, wireOrder('ord_1'));
			await workflow.poll();
		}
		expect(workflow.received).toEqual(['order.paid ord_1 #1', 'order.paid ord_1 #2', 'order.paid ord_1 #3', 'order.stalled ord_1 #3']);
		expect(workflow.executions.flat().map(({ dedupe_key: key }) => key)).toEqual([
			'ord_1:order.paid:1',
			'ord_1:order.paid:2',
			'ord_1:order.paid:3',
			'ord_1:order.stalled:order.paid:3',
		]);
	});

	test('measures by the server\'s clock, not by a machine\'s that is set forward', async () => {
		const workflow = new PollingWorkflow();
		agentOf(workflow);
		const answer = (date: string) =>
			atelier.replies(`GET ${workflow.baseUrl}/agents/ext_1/orders`, { body: { success: true, data: [wireOrder('ord_1')] }, headers: { date } });
		answer('Wed, 01 Jul 2026 12:00:00 GMT');
		await workflow.publish();
		jest.setSystemTime(new Date('2026-07-03T00:00:00Z'));
		time.pass(5);
		answer('Wed, 01 Jul 2026 12:05:00 GMT');
		await workflow.poll();
		expect(workflow.received).toEqual(['order.paid ord_1 #1']);
	});

	test('filters and batches', async () => {
		const parameters: INodeParameters = {
			filters: { serviceIds: ['svc_1'], minimumPriceUsd: 20, briefContains: 'LOGO' },
			options: { batchSize: 1, skipWorkspaces: false },
		};
		const orders = [
			wireOrder('ord_1', 'paid', { brief: 'a logo', service_id: 'svc_2' }),
			wireOrder('ord_2', 'paid', { brief: 'a logo', quoted_price_usd: '19.99' }),
			wireOrder('ord_3', 'paid', { brief: 'a poster' }),
			wireOrder('ord_4', 'in_progress', { brief: 'a logo', workspace_expires_at: '2026-07-08T12:00:00.000Z' }),
			wireOrder('ord_5', 'paid', { brief: 'Two logos', quoted_price_usd: '20' }),
		];
		const workflow = await published({ parameters }, ...orders);
		expect(workflow.received).toEqual(['order.in_progress ord_4 #1']);
		time.pass(5);
		ordersOf(workflow, ...orders);
		await workflow.poll();
		expect(workflow.received.slice(1)).toEqual(['order.paid ord_5 #1']);
	});
});

/** n8n 1.x keeps one context for all polls of a workflow and gives them no time limit. */
const testWithBudgets = hasPollBudgets ? test : test.skip;

describe('difficulties', () => {
	test('a rate limit is reported once, with how long to wait, and obeyed', async () => {
		const workflow = await published();
		time.pass(5);
		refuseOrdersOf(workflow, 429, 'Too many requests.', { 'retry-after': '1800' });
		await workflow.poll();
		expect(workflow.failures).toHaveLength(1);
		const error = workflow.failures[0] as NodeApiError;
		expect(error.httpCode).toBe('429');
		expect(error.message).toContain('Too many requests.');
		expect(error.description).toMatch(/goes on by itself; no order is lost/);
		expectCause(error, { cause: 'rate-limited', retryAfterMs: 1_800_000 });

		for (let minutes = 5; minutes < 30; minutes += 5) {
			time.pass(5);
			await workflow.poll();
		}
		expect([workflow.failures.length, listings().length]).toEqual([1, 2]);
		time.pass(5);
		ordersOf(workflow, wireOrder('ord_1'));
		await workflow.poll();
		expect(workflow.received).toEqual(['order.paid ord_1 #1']);
	});

	test('the rate limit of an address holds for all triggers', async () => {
		const workflow = await published();
		const other = await new PollingWorkflow({ baseUrl: workflow.baseUrl }).publish();
		time.pass(5);
		refuseOrdersOf(workflow, 429, 'Too many requests.', { 'retry-after': '3600' });
		await workflow.poll();
		time.pass(5);
		await other.poll();
		expect([listings().length, other.failures.length]).toEqual([2, 0]);
	});

	test.each<[string, (workflow: PollingWorkflow) => void]>([
		['a 500', (workflow) => refuseOrdersOf(workflow, 500, 'Database is locked')],
		['an HTML page', ({ baseUrl }) => atelier.replies(`GET ${baseUrl}/agents/ext_1/orders`, { status: 502, body: '<html>Bad gateway</html>' })],
	])('%s is reported, forgets nothing and loses nothing', async (_, fail) => {
		const workflow = await published({}, wireOrder('ord_1'));
		const { memory } = workflow;
		const before = JSON.stringify(memory);
		time.pass(5);
		for (let attempt = 0; attempt < 3; attempt++) fail(workflow);
		await workflow.poll();
		expect(workflow.failures).toHaveLength(1);
		expectCause(workflow.failures[0], { cause: 'temporarily-unavailable' });
		expect((workflow.failures[0] as NodeApiError).description).toBe('The trigger tries again with its next poll; no order is lost.');
		expect(JSON.stringify(memory)).toBe(before);
		time.pass(5);
		ordersOf(workflow, wireOrder('ord_1'), wireOrder('ord_2'));
		await workflow.poll();
		expect(workflow.received).toEqual(['order.paid ord_1 #1', 'order.paid ord_2 #1']);
	});

	test('a key that is no longer accepted is tried again where it costs nothing', async () => {
		const workflow = await published();
		time.pass(5);
		refuseOrdersOf(workflow, 401, 'Invalid or inactive API key');
		await workflow.poll();
		expectCause(workflow.failures[0], { cause: 'credential-invalid' });
		time.pass(5);
		atelier.refuses(`GET ${workflow.baseUrl}/agents/me`, 401, 'Invalid or inactive API key');
		await workflow.poll();
		expect([workflow.failures.length, listings().length]).toEqual([2, 2]);
	});

	test('an answer that is no list starts nothing', async () => {
		const workflow = await published();
		time.pass(5);
		atelier.answers(`GET ${workflow.baseUrl}/agents/ext_1/orders`, { orders: [] });
		await workflow.poll();
		expect(workflow.executions).toEqual([]);
		expect(workflow.failures).toHaveLength(1);
		expect(workflow.failures[0].message).toMatch(/does not answer like an Atelier API/);
	});

	testWithBudgets('with a context for every poll, a rate limit is reported each time n8n polls', async () => {
		const workflow = new PollingWorkflow({ activation: 'update', budgetMs: 36_000 });
		agentOf(workflow);
		refuseOrdersOf(workflow, 429, 'Too many requests.', { 'retry-after': '60' });
		await expect(workflow.publish()).rejects.toThrow(/rate limit/);
	});

	testWithBudgets('all attempts at a call fit into the time that n8n gives a poll', async () => {
		const workflow = new PollingWorkflow({ budgetMs: 12_000 });
		const { origin, pathname } = new URL(`${workflow.baseUrl}/agents/me`);
		// Two calls of three attempts each, with pauses between them, leave one second for each.
		nock(origin).get(pathname).times(3).delayConnection(1500).reply(200, {});
		await expect(workflow.publish()).rejects.toThrow(/did not answer in time/);
	});
});

describe('a new process', () => {
	test('with nothing new, starts nothing', async () => {
		const workflow = await published({}, wireOrder('ord_1'), wireOrder('ord_2', 'revision_requested', { revision_count: 1 }));
		time.pass(5);
		const again = workflow.restarted();
		ordersOf(again, wireOrder('ord_1', 'in_progress'), wireOrder('ord_2', 'revision_requested', { revision_count: 1 }));
		await again.publish();
		expect(again.executions).toEqual([]);
	});

	test('goes on counting attempts', async () => {
		const workflow = await published({}, wireOrder('ord_1'));
		time.pass(60);
		const again = workflow.restarted();
		ordersOf(again, wireOrder('ord_1'));
		await again.publish();
		expect(again.received).toEqual(['order.paid ord_1 #2']);
	});

	test('with its memory lost or damaged, repeats an order rather than lose one', async () => {
		const workflow = await published({ parameters: { options: { minimumSeconds: 1 } } }, wireOrder('ord_1'));
		for (const saved of [{}, { 'node:Atelier Trigger': { ledger: { version: 2, entries: 'gone' } } }]) {
			time.pass(5);
			const again = workflow.restarted({ saved });
			ordersOf(again, wireOrder('ord_1'));
			await again.publish();
			expect(again.received).toEqual(['order.paid ord_1 #1']);
		}
	});

	test('a workflow that is published again with its memory starts nothing twice', async () => {
		const workflow = await published({}, wireOrder('ord_1'));
		time.pass(5);
		const again = workflow.restarted({ activation: 'update' });
		ordersOf(again, wireOrder('ord_1'));
		await again.publish();
		expect(again.executions).toEqual([]);
	});
});

describe('trying it out in the editor', () => {
	let hosts = 0;

	/** Runs the trigger as the editor's button does, at an API with these orders; each list is one call. */
	async function runManually(parameters: INodeParameters, ...lists: IDataObject[][]) {
		const baseUrl = `https://manual-${++hosts}.atelier.test/api`;
		const workflow = { baseUrl } as PollingWorkflow;
		agentOf(workflow);
		for (const orders of lists) ordersOf(workflow, ...orders);
		return { workflow, ...(await runAgain(baseUrl, parameters)) };
	}

	async function runAgain(baseUrl: string, parameters: INodeParameters = {}) {
		const node = createNode('Atelier Trigger', `${PACKAGE_NAME}.atelierTrigger`, {
			parameters,
			credentials: { atelierApi: { id: '1', name: 'Atelier' } },
		});
		const run = await runWorkflow({ nodes: [node], connections: {}, credentials: { atelierApi: { ...TEST_CREDENTIAL, baseUrl } } });
		const [task] = run.data.resultData.runData['Atelier Trigger'] ?? [];
		return { items: task?.data?.main[0]?.map(({ json }) => json), error: run.data.resultData.error ?? task?.error };
	}

	test('shows the order that would come first, as often as asked', async () => {
		const orders = [wireOrder('ord_2'), wireOrder('ord_1', 'paid', { created_at: '2026-07-01 10:00:00' })];
		const first = await runManually({}, orders);
		expect(first.items).toEqual([expect.objectContaining({ event: 'order.paid', attempt: 1, order: expect.objectContaining({ id: 'ord_1' }) })]);
		ordersOf(first.workflow, ...orders);
		expect((await runAgain(first.workflow.baseUrl)).items).toEqual(first.items);
		expect(listings()).toEqual([WORK, WORK]);
	});

	test('shows the newest order when none is waiting', async () => {
		const { items } = await runManually({}, [], [
			wireOrder('ord_1', 'completed', { created_at: '2026-06-01 10:00:00' }),
			wireOrder('ord_2', 'delivered', { created_at: '2026-06-02 10:00:00' }),
		]);
		expect(items).toEqual([expect.objectContaining({ event: 'order.delivered', order: expect.objectContaining({ id: 'ord_2' }) })]);
		expect(listings()).toEqual([WORK, undefined]);
	});

	test('says when there are no orders', async () => {
		const { error } = await runManually({}, [], []);
		expect(error?.message).toBe('This agent has no orders yet, so there is none to show');
		expect(error).toHaveProperty('description', expect.stringMatching(/pin sample data/));
	});

	test('says when the filters let none pass', async () => {
		const { error } = await runManually({ filters: { briefContains: 'unicorn' } }, [wireOrder('ord_1')], [wireOrder('ord_1')]);
		expect(error?.message).toBe('None of the 1 orders of this agent passes the filters');
	});

	test('shows the server\'s words', async () => {
		const { workflow } = await runManually({}, [wireOrder('ord_1')]);
		refuseOrdersOf(workflow, 429, 'Too many requests.', { 'retry-after': '60' });
		expect((await runAgain(workflow.baseUrl)).error?.message).toMatch(/rate limit is reached: Too many requests/);
	});

	test('does not run into a rate limit that a published trigger knows of', async () => {
		const workflow = await published();
		time.pass(5);
		refuseOrdersOf(workflow, 429, 'Too many requests.', { 'retry-after': '600' });
		await workflow.poll();
		time.pass(5);
		expect((await runAgain(workflow.baseUrl)).error?.message).toBe("Atelier's rate limit is reached: it goes on in 300 seconds");
	});

	test('changes nothing for the published workflow', async () => {
		const workflow = await published({}, wireOrder('ord_1'));
		ordersOf(workflow, wireOrder('ord_1'), wireOrder('ord_2'));
		await runAgain(workflow.baseUrl);
		time.pass(2);
		ordersOf(workflow, wireOrder('ord_1'), wireOrder('ord_2'));
		await workflow.poll();
		expect(workflow.received).toEqual(['order.paid ord_1 #1', 'order.paid ord_2 #1']);
	});
});

test('the services to filter by are the agent\'s own', async () => {
	atelier.answers('GET /agents/me', { id: 'ext_1' });
	atelier.answers('GET /agents/ext_1/services', [
		{ id: 'svc_1', title: 'Logo', price_usd: '25.00' },
		{ id: 'svc_2', title: 'On request', price_usd: null },
	]);
	const node = createNode('Atelier Trigger', `${PACKAGE_NAME}.atelierTrigger`, { credentials: { atelierApi: { id: '1', name: 'Atelier' } } });
	const workflow = new Workflow({ id: 'test', nodes: [node], connections: {}, active: false, nodeTypes: nodeTypesWith([]) });
	const context = new LoadOptionsContext(workflow, node, createAdditionalData({ atelierApi: TEST_CREDENTIAL }), '');
	const { getServices } = builtPackage.node('atelierTrigger').methods!.loadOptions!;
	expect(await getServices.call(context)).toEqual([
		{ name: 'Logo (25.00 USD)', value: 'svc_1' },
		{ name: 'On request', value: 'svc_2' },
	]);
});
