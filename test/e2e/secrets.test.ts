import { randomBytes, randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';

import type { WorkflowNode } from '../../sandbox/n8n/api';
import { n8nFolder } from '../../sandbox/n8n/package';
import { Recorder } from '../secrets/recorder';
import { findIn, findInDatabase, findInFiles } from '../secrets/search';
import type { Secrets } from '../secrets/search';
import { EVERY_THREE_SECONDS } from './support/pollTimes';
import { START_LIMIT_MS, TestSandbox } from './support/testSandbox';
import { waitFor } from './support/waitFor';

// Orders go through a real n8n that writes down all it can, while much fails. Then everything that it has written, saved,
// shown and sent is searched for every secret.

const TEMPLATE = '02-image-orders-with-openai';
const TRIGGER = 'When an order is paid';
const WEBHOOK_TRIGGER = 'Atelier Webhook Trigger';
const ORDERS = 12;

/** Everything fails often, and more often than otherwise in ways in which a key could travel: errors and redirects. */
const MANY_FAULTS = {
	profile: 'everything',
	mix: {
		redirect: 0.08,
		error_after: 0.05,
		html_error: 0.05,
		too_large: 0.03,
		not_json: 0.03,
		// Nothing is learned from waiting a minute.
		rate_limit_silent: 0,
	},
	seed: 3,
	slow_ms: 100,
	hang_ms: 1_000,
	retry_after_seconds: 1,
} as const;

let sandbox: TestSandbox;
let marketplace: Recorder;
let largeFiles: Recorder;
let models: Recorder;
let elsewhere: Recorder;
let secrets: Secrets;
/** What n8n's REST API answers about executions. */
let shown: string;
let executionStatuses: string[];
let dataFolder: string;

const node = (name: string, type: string, fields: Partial<WorkflowNode>): WorkflowNode => ({
	...{ id: randomUUID(), name, type, typeVersion: 1, position: [0, 0], parameters: {} },
	...fields,
});

/** Makes a workflow of nodes that follow one another. */
async function createChain(name: string, nodes: WorkflowNode[]): Promise<string> {
	const connections = Object.fromEntries(
		nodes.slice(1).map((next, index) => [nodes[index]!.name, { main: [[{ node: next.name, type: 'main', index: 0 }]] }]),
	);
	return (await sandbox.api.createWorkflow({ name, nodes, connections, settings: { executionOrder: 'v1' } })).id;
}

/** Sends all that n8n knows of the agent to a channel, as somebody might who looks for a mistake. */
async function createTeller(): Promise<string> {
	const { atelierApi } = sandbox.credentials;
	return await createChain('Tell the channel', [
		node('Start', 'n8n-nodes-base.manualTrigger', {}),
		node('Profile', 'n8n-nodes-atelier.atelier', {
			parameters: { resource: 'agent', operation: 'getProfile', simplify: false, options: { rawResponse: true } },
			credentials: { atelierApi: atelierApi! },
			onError: 'continueRegularOutput',
		}),
		node('Tell', 'n8n-nodes-base.httpRequest', {
			typeVersion: 4.2,
			parameters: {
				...{ method: 'POST', url: `${models.origin}/slack/services/T0/B0/secret-channel` },
				...{ sendBody: true, specifyBody: 'json', jsonBody: '={{ { text: JSON.stringify($json) } }}' },
			},
		}),
	]);
}

beforeAll(async () => {
	sandbox = await TestSandbox.start({
		N8N_LOG_LEVEL: 'debug',
		// Every node's data, as soon as it has run.
		EXECUTIONS_DATA_SAVE_ON_PROGRESS: 'true',
		EXECUTIONS_DATA_SAVE_MANUAL_EXECUTIONS: 'true',
	});
	dataFolder = dirname(sandbox.n8n.logFile);
	const { stack, control, api } = sandbox;
	[marketplace, largeFiles, models, elsewhere] = await Promise.all([
		Recorder.start(stack.marketplace.url),
		Recorder.start(stack.marketplace.url),
		Recorder.start(stack.providers.url),
		Recorder.start(),
	]);
	const modelKey = `sk-${randomBytes(12).toString('hex')}/+=%&"${randomBytes(12).toString('hex')}`;
	const { atelierApi, openAiApi } = sandbox.credentials;
	const account = { apiKey: sandbox.agent.api_key, baseUrl: `${marketplace.origin}/api`, largeUploadUrl: `${largeFiles.origin}/api/blob/` };
	await api.updateCredential(atelierApi!.id, atelierApi!.name, 'atelierApi', account);
	await api.updateCredential(openAiApi!.id, openAiApi!.name, 'openAiApi', { apiKey: modelKey, url: `${models.origin}/openai/v1` });
	await control.setRateLimit(false);

	const events = await createChain('Events', [
		node(WEBHOOK_TRIGGER, 'n8n-nodes-atelier.atelierWebhookTrigger', {
			webhookId: randomUUID(),
			parameters: { events: ['order.paid'], options: { replaceDestination: true } },
			credentials: { atelierApi: atelierApi! },
		}),
		node('Read', 'n8n-nodes-atelier.atelier', {
			parameters: { resource: 'order', operation: 'get', orderId: { __rl: true, mode: 'id', value: '={{ $json.order.id }}' }, simplify: false },
			credentials: { atelierApi: atelierApi! },
		}),
	]);
	await api.publish(events);
	const { webhook_secret: webhookSecret } = await control.agent(sandbox.agent.id);
	secrets = {
		'the API key': sandbox.agent.api_key,
		'the webhook secret': webhookSecret!,
		"the model's key": modelKey,
		// How every upload token begins.
		'an upload token': 'vercel_blob_client_',
	};

	const orderIds = await Promise.all(Array.from({ length: ORDERS }, async (_, index) => await sandbox.placeOrder(`Boat number ${index + 1}`)));
	await waitFor('the events', async () => (await api.listExecutions(events)).length >= ORDERS);
	const sales = await sandbox.importTemplate(TEMPLATE, {
		[TRIGGER]: ({ options, ...parameters }) => ({
			...parameters,
			pollTimes: EVERY_THREE_SECONDS,
			options: { ...(options as object), batchSize: 3, minimumSeconds: 1 },
		}),
		'Deliver the picture': ({ options, ...parameters }) => ({ ...parameters, options: { ...(options as object), uploadMethod: 'token' } }),
	});
	const teller = await createTeller();
	await api.publish(sales);
	await control.setFaults({ ...MANY_FAULTS, redirect_to: elsewhere.origin });
	await sandbox.addFault({ provider: 'openai', status: 401, message: `Incorrect API key provided: ${modelKey.slice(0, 6)}***` });
	for (const [times, fault] of (['redirect', 'too_large', 'clock_skew'] as const).entries()) {
		await control.planFault({ route: 'GET /api/agents/me', fault });
		await api.runManually(teller, 'Start');
		await sandbox.waitForExecutions(teller, times + 1);
	}
	await waitFor('enough of everything', async () => {
		const { faults, orders } = await control.statistics();
		const delivered = orderIds.filter((id) => (orders[id]?.delivers ?? 0) > 0).length;
		const ended = (await api.listExecutions(sales)).filter(({ status }) => status === 'success' || status === 'error').length;
		return (faults.redirect ?? 0) >= 3 && delivered >= ORDERS / 3 && ended >= ORDERS / 3;
	});
	// Without faults from now on, so that n8n comes to rest.
	await control.setFaults({});
	await api.unpublish(sales);
	await api.unpublish(events);

	const everything = [];
	for (const workflowId of [sales, teller, events]) {
		for (const { id } of await sandbox.waitForExecutions(workflowId, 1)) everything.push(await api.readExecution(id));
	}
	executionStatuses = everything.map(({ status }) => status);
	shown = JSON.stringify(everything);
	await sandbox.n8n.stop();
}, START_LIMIT_MS);
afterAll(async () => {
	await Promise.all([marketplace, largeFiles, models, elsewhere].map(async (recorder) => await recorder?.stop()));
	await sandbox?.stop();
});

it('had reasons to give something away', async () => {
	const { faults, routes } = await sandbox.control.statistics();
	expect(Object.keys(faults).length).toBeGreaterThan(6);
	expect(faults.redirect).toBeGreaterThanOrEqual(3);
	expect(routes['PUT /api/blob/']?.byStatus[200]).toBeGreaterThan(0);
	expect(new Set(executionStatuses)).toEqual(new Set(['success', 'error']));
	expect(shown).toContain('Boat number 1');
	expect(shown).toContain('The Base URL leads elsewhere');
	const told = models.sent.toString();
	expect(told).toContain('POST /slack/services/');
	expect(told).toContain('The Base URL leads elsewhere');
	expect(told).toContain('Atelier answered 413');
	expect(told).toContain('Demo Painter');
});

it('sends each secret to the one server that it is for', () => {
	const received = (recorder: Recorder) => findIn(recorder.sent, 'requests', secrets);
	expect(received(marketplace)).toEqual(['the API key as plain text in requests']);
	expect(received(largeFiles)).toEqual(['an upload token as plain text in requests']);
	expect(received(models)).toEqual(["the model's key as plain text in requests"]);
});

it('follows no redirect to another host', () => {
	expect(elsewhere.connections).toBe(0);
	expect(elsewhere.sent).toHaveLength(0);
});

it('shows none in the executions', () => {
	expect(findIn(shown, "n8n's REST API", secrets)).toEqual([]);
});

it("leaves none in n8n's database", () => {
	const file = join(n8nFolder(dataFolder), 'database.sqlite');
	expect(findInDatabase(file, { control: 'Boat number 1' })).toContain('control as plain text in table execution_data');
	expect(findInDatabase(file, secrets)).toEqual([]);
});

it("leaves none in n8n's log, its files and the raw pages of its database", () => {
	expect(findInFiles(dataFolder, { control: 'Received event to trigger execution' })).toContain('control as plain text in n8n.log');
	expect(findInFiles(dataFolder, secrets)).toEqual([]);
});
