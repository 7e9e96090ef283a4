import { DatabaseSync } from 'node:sqlite';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { n8nFolder } from '../../sandbox/n8n/package';
import { readHandouts } from './support/handouts';
import { EVERY_THREE_SECONDS } from './support/pollTimes';
import { START_LIMIT_MS, TestSandbox } from './support/testSandbox';
import { waitFor } from './support/waitFor';

// One power cut while n8n is at a different point of the main job with each of nine orders. What stops an order at its
// point are requests that are not answered, so that the cut comes at exactly this point and not about then.

const TEMPLATE = '02-image-orders-with-openai';
const TRIGGER = 'When an order is paid';

/** Longer than the test: nothing that hangs goes on before n8n is killed. */
const HANG_MS = 900_000;

/** The template hands out again what is not delivered after two hours. */
const HANDED_OUT_AGAIN_AFTER_MS = 2 * 3_600_000 + 60_000;

/** An order, where n8n is with it when the power goes, and what there is in the end. */
interface CrashPoint {
	/** What has happened and what has not. */
	when: string;
	brief: string;
	/** Sees to it that the order that is placed next gets no further. */
	stop(): Promise<unknown>;
	isThere(): Promise<boolean>;
	/** How often the order was handed out. */
	attempts: number;
	/** Pictures that the model has finished. */
	pictures: number;
	/** Files that the marketplace has stored. */
	uploads: number;
	messages: number;
}

let sandbox: TestSandbox;
let workflowId: string;

/** Stops at a request to the marketplace. */
function atRequest(route: string, fault: 'hang_before' | 'hang_during' | 'hang_after'): Pick<CrashPoint, 'stop' | 'isThere'> {
	return {
		stop: async () => await sandbox.control.planFault({ route, fault }),
		isThere: async () => (await sandbox.control.plannedFaults()).at(-1)!.reached,
	};
}

const DELIVER = 'POST /api/orders/:id/deliver';
const MESSAGE = 'POST /api/orders/:id/messages';

/** Makes n8n wait with whatever it wants to save. */
let databaseLock: DatabaseSync | undefined;

/** How often n8n has noted that a trigger brought something. */
const countEmissions = () => readFileSync(sandbox.n8n.logFile, 'utf8').split('Received event to trigger execution').length - 1;

/** In the order in which n8n gets there; its nodes wait longest for uploads and shortest for messages and polls. */
const POINTS: CrashPoint[] = [
	{
		when: 'the model draws',
		brief: 'A lighthouse in the fog',
		stop: async () => await sandbox.addFault({ provider: 'openai', delayMs: HANG_MS }),
		isThere: async () => (await sandbox.countPendingFaults()) === 0,
		...{ attempts: 2, pictures: 1, uploads: 1, messages: 1 },
	},
	{
		when: 'a part of the upload has arrived',
		brief: 'A harbour at dawn',
		...atRequest('POST /api/upload', 'hang_during'),
		...{ attempts: 2, pictures: 2, uploads: 1, messages: 1 },
	},
	{
		when: 'the file is stored, and n8n does not know',
		brief: 'A ferry in the rain',
		...atRequest('POST /api/upload', 'hang_after'),
		...{ attempts: 2, pictures: 2, uploads: 2, messages: 1 },
	},
	{
		when: 'the delivery has arrived and is not done',
		brief: 'A row of beach huts',
		...atRequest(DELIVER, 'hang_before'),
		...{ attempts: 2, pictures: 2, uploads: 2, messages: 1 },
	},
	{
		when: 'the order is delivered, and n8n does not know',
		brief: 'A kite above the dunes',
		...atRequest(DELIVER, 'hang_after'),
		// A delivered order does not come again, and so the client hears nothing but that it is delivered.
		...{ attempts: 1, pictures: 1, uploads: 1, messages: 0 },
	},
	{
		when: 'the message has arrived and is not sent',
		brief: 'A seagull on a bollard',
		...atRequest(MESSAGE, 'hang_before'),
		...{ attempts: 1, pictures: 1, uploads: 1, messages: 0 },
	},
	{
		when: 'the message is sent, and n8n does not know',
		brief: 'A fisherman mending nets',
		...atRequest(MESSAGE, 'hang_after'),
		...{ attempts: 1, pictures: 1, uploads: 1, messages: 1 },
	},
	{
		when: 'the order is handed out, and no node has run',
		brief: 'A pier at low tide',
		// n8n runs as many executions as there are points before this one, and lets this one wait.
		stop: async () => {},
		isThere: async () => (await sandbox.api.listExecutions(workflowId)).some(({ status }) => status === 'new'),
		// n8n itself starts again what had to wait.
		...{ attempts: 1, pictures: 1, uploads: 1, messages: 1 },
	},
	{
		when: 'the trigger has handed the order out, and n8n has saved nothing of it',
		brief: 'A storm over the bay',
		stop: async () => {
			const emissions = countEmissions();
			POINTS.at(-1)!.isThere = async () => countEmissions() > emissions;
			databaseLock = new DatabaseSync(join(n8nFolder(dirname(sandbox.n8n.logFile)), 'database.sqlite'), { timeout: 10_000 });
			databaseLock.exec('BEGIN IMMEDIATE');
		},
		isThere: async () => false,
		...{ attempts: 1, pictures: 1, uploads: 1, messages: 1 },
	},
];

const WAITING_POINTS = 2;

/** The picture that the model draws for a prompt: the stand-in draws the same for the same request. */
async function draw(request: { path: string; body: object }): Promise<Buffer> {
	const response = await fetch(`${sandbox.stack.providers.url}/openai${request.path}`, {
		method: 'POST',
		headers: { authorization: 'Bearer sk-sandbox', 'content-type': 'application/json' },
		body: JSON.stringify(request.body),
	});
	const { data } = (await response.json()) as { data: Array<{ b64_json: string }> };
	return Buffer.from(data[0]!.b64_json, 'base64');
}

interface ProviderStatistics {
	generations: { openai: { prompts: Record<string, number> } };
	requests: Array<{ path: string; body: { prompt: string } }>;
}

describe('n8n killed at every point of the main job at once', () => {
	const orderIds: string[] = [];
	let model: ProviderStatistics;
	let uploads: number;
	let handouts: string[];

	beforeAll(async () => {
		sandbox = await TestSandbox.start({
			N8N_LOG_LEVEL: 'debug',
			N8N_CONCURRENCY_PRODUCTION_LIMIT: String(POINTS.length - WAITING_POINTS),
		});
		await sandbox.control.setRateLimit(false);
		await sandbox.control.setFaults({ hang_ms: HANG_MS });
		workflowId = await sandbox.importTemplate(TEMPLATE, {
			// Each order is an execution of its own, soon after it was placed.
			[TRIGGER]: ({ options, ...parameters }) => ({
				...parameters,
				pollTimes: EVERY_THREE_SECONDS,
				options: { ...(options as object), batchSize: 1, minimumSeconds: 1 },
			}),
			// Large enough to be on its way for a while.
			'Draw the picture': ({ options, ...parameters }) => ({ ...parameters, options: { ...(options as object), quality: 'high' } }),
			'Message the client': ({ options, ...parameters }) => ({ ...parameters, options: { ...(options as object), timeout: 600 } }),
		});
		await sandbox.api.publish(workflowId);

		for (const point of POINTS) {
			await point.stop();
			orderIds.push(await sandbox.placeOrder(point.brief));
			await waitFor(`the moment when ${point.when}`, async () => await point.isThere(), 60_000);
		}
		await sandbox.n8n.kill();
		databaseLock?.close();
	}, START_LIMIT_MS);
	afterAll(async () => {
		await sandbox?.stop();
	});

	it('has delivered what was delivered, and nothing else', async () => {
		const statuses = await Promise.all(orderIds.map(async (id) => (await sandbox.readOrder(id)).order.status));
		expect(statuses).toEqual(['paid', 'paid', 'paid', 'paid', 'delivered', 'delivered', 'delivered', 'paid', 'paid']);
	});

	it('ends every order after the restart', async () => {
		await sandbox.control.advanceClock(HANDED_OUT_AGAIN_AFTER_MS);
		await sandbox.restartN8n();
		await waitFor('all orders to be delivered', async () => {
			const orders = await Promise.all(orderIds.map(async (id) => await sandbox.readOrder(id)));
			return orders.every(({ order }) => order.status === 'delivered');
		});
		// Whatever else would come again comes before an order that is placed later.
		await sandbox.control.advanceClock(HANDED_OUT_AGAIN_AFTER_MS);
		const later = await sandbox.placeOrder('A paper boat on a puddle');
		await waitFor('the later order', async () => (await sandbox.readOrder(later)).order.status === 'delivered');
		const handedOut = POINTS.reduce((total, { attempts }) => total + attempts, 0) + 1;
		const executions = await sandbox.waitForExecutions(workflowId, handedOut);
		const count = (wanted: string) => executions.filter(({ status }) => status === wanted).length;
		expect([executions.length, count('crashed')]).toEqual([handedOut, POINTS.length - WAITING_POINTS]);
		expect(count('success')).toBe(handedOut - count('crashed'));

		handouts = await readHandouts(sandbox, workflowId, TRIGGER);
		model = (await (await fetch(`${sandbox.stack.providers.url}/sandbox/stats`)).json()) as ProviderStatistics;
		({ uploads } = await sandbox.control.statistics());
	}, 240_000);

	it.each(POINTS.map((point, index) => ({ ...point, index })))('delivers once, with the right picture: $when', async (point) => {
		const id = orderIds[point.index]!;
		const { order, deliverables } = await sandbox.readOrder(id);
		expect(order.status).toBe('delivered');
		expect(deliverables).toHaveLength(1);
		expect((await sandbox.control.statistics()).orders[id]).toMatchObject({ delivers: 1, messages: point.messages });

		const [prompt, pictures] = Object.entries(model.generations.openai.prompts).find(([text]) => text.includes(point.brief))!;
		expect(pictures).toBe(point.pictures);
		const ended = handouts.filter((handout) => handout.startsWith(id));
		const wasKilled = point.index < POINTS.length - WAITING_POINTS;
		expect(ended).toEqual(wasKilled && point.attempts === 1 ? [] : [`${id} order.paid #${point.attempts} success`]);

		const delivered = Buffer.from(await (await fetch(String(order.deliverable_url))).arrayBuffer());
		const request = model.requests.find(({ body }) => body?.prompt === prompt)!;
		expect(delivered.equals(await draw(request))).toBe(true);
	});

	it('uploads again only what has to be made again', () => {
		const later = 1;
		expect(uploads).toBe(POINTS.reduce((total, point) => total + point.uploads, later));
	});
});
