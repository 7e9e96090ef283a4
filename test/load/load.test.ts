import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { IDataObject } from 'n8n-workflow';

import type { OrderFacts } from '../../nodes/shared/orderEvents';
import { SandboxControl } from '../../sandbox/marketplace/control';
import { startMarketplace } from '../../sandbox/marketplace/process';
import type { RunningMarketplace } from '../../sandbox/marketplace/process';
import { PollingWorkflow, useManualTime } from '../engine/support/poll';
import { heapMB } from './heap';
import { Shop } from './shop';

// An agent with a long list of orders, looked at every minute for a while, in n8n's engine and against the sandbox.
// `npm run test:load` sets the size of the run and takes the report; how fast it is, the benchmark measures.

const ORDERS = Number(process.env.LOAD_ORDERS ?? 2_000);
const POLLS = Number(process.env.LOAD_POLLS ?? 20);
const SEED = process.env.LOAD_SEED ?? '1';
const REPORT_FILE = process.env.LOAD_REPORT;

/** Hosts like the platform's answer with an error in place of bodies above this. */
const HOST_LIMIT_BYTES = 4_500_000;

/** What a poll may keep: the entry of an order, and that of one that left the list within the last half hour. */
const STATE_BYTES_PER_ORDER = 120;

/** How much the heap may grow over a run: n8n's own growth, and the change of what is open. */
const HEAP_GROWTH_MB = 3;

const WORK = ['order.paid', 'order.in_progress', 'order.revision_requested'];

/** The figures of a run. Times are medians of this machine. */
interface Report {
	orders: number;
	polls: number;
	/** Orders that a poll lists, at the end. */
	listed: number;
	handedOut: number;
	lost: number;
	twice: number;
	openOrders: number;
	stateBytes: number;
	stateBytesPerOpenOrder: number;
	/** Times that n8n wrote the state. */
	writes: number;
	heapStartMB: number;
	heapEndMB: number;
	/** One poll, with what the server takes for its answer. */
	pollMs: number;
	/** The same list with fetch and JSON.parse, and nothing else: the server, the transfer and the parsing. */
	bareMs: number;
	/** JSON.parse of the list alone. */
	parseMs: number;
}

/** How often the bare reading is measured. */
const BARE_READS = 5;

const reports: Record<string, Report> = {};
const time = useManualTime();

let marketplace: RunningMarketplace;

beforeEach(async () => {
	marketplace = await startMarketplace({ rateLimit: false });
}, 60_000);
afterEach(async () => await marketplace?.stop());
afterAll(() => {
	if (REPORT_FILE) writeFileSync(REPORT_FILE, `${JSON.stringify(reports)}\n`);
});

async function openShop(): Promise<Shop> {
	return await new Shop(new SandboxControl(marketplace.url), marketplace.apiUrl, `load ${SEED}`).start(ORDERS);
}

function publish(shop: Shop, events: string[], baseUrl = marketplace.apiUrl): Promise<PollingWorkflow> {
	const options = { batchSize: 1000, minimumSeconds: 1, retryAfterMinutes: 24 * 60 };
	return new PollingWorkflow({ baseUrl, apiKey: shop.apiKey, parameters: { events, options } }).publish();
}

/** What the workflow got since the last time, as the shop names it. */
function takeOccasions(workflow: PollingWorkflow): string[] {
	return workflow.executions.splice(0).flat().map(({ event, order }: IDataObject) => {
		const { id, revision_count: revision } = order as unknown as OrderFacts;
		return `${String(event)} ${id}${event === 'order.revision_requested' ? ` ${revision}` : ''}`;
	});
}

/** The body of the list that the workflow's polls read (Atelier API: GET /agents/{id}/orders). */
async function readList(shop: Shop, statuses: string): Promise<string> {
	const response = await fetch(`${marketplace.apiUrl}/agents/${shop.agentId}/orders?status=${statuses}`, {
		headers: { authorization: `Bearer ${shop.apiKey}` },
	});
	return await response.text();
}

function median(values: number[]): number {
	return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

describe.each([
	['the work alone, of which the server sends only what waits', WORK, 'in_progress,paid,revision_requested'],
	['completed orders as well, so that the whole list comes every time', [...WORK, 'order.completed'], ''],
])('%s', (name, events, statuses) => {
	test(`of ${ORDERS} orders and all that come, none is lost and none told twice, with bounded memory, over ${POLLS} polls`, async () => {
		const shop = await openShop();
		const workflow = await publish(shop, events);
		const received = takeOccasions(workflow);
		const realNow = process.hrtime.bigint;
		const pollMs: number[] = [];
		let heapStartMB = 0;
		let writesBefore = 0;
		for (let poll = 0; poll < POLLS; poll++) {
			await shop.deliverSome();
			await shop.passMinute();
			time.pass(1);
			const started = realNow();
			await workflow.poll();
			pollMs.push(Number(realNow() - started) / 1e6);
			received.push(...takeOccasions(workflow));
			// Quiet times after the first polls, in which n8n and V8 have made what they need.
			if (poll === Math.floor(POLLS / 4)) heapStartMB = heapMB();
		}
		const heapEndMB = heapMB();
		expect(workflow.failures).toEqual([]);

		// Nothing new: nothing to save.
		writesBefore = workflow.writes;
		time.pass(1);
		await workflow.poll();
		expect(takeOccasions(workflow)).toEqual([]);
		expect(workflow.writes).toBe(writesBefore);

		const expected = shop.occasions.filter((occasion) => events.includes(occasion.split(' ')[0]));
		const bareMs: number[] = [];
		const parseMs: number[] = [];
		let listed = 0;
		for (let read = 0; read < BARE_READS; read++) {
			const started = realNow();
			const body = await readList(shop, statuses);
			const parseStarted = realNow();
			listed = (JSON.parse(body) as { data: unknown[] }).data.length;
			parseMs.push(Number(realNow() - parseStarted) / 1e6);
			bareMs.push(Number(realNow() - started) / 1e6);
		}
		const stateBytes = Buffer.byteLength(JSON.stringify(workflow.memory));
		const report: Report = {
			orders: ORDERS,
			polls: POLLS,
			listed,
			handedOut: received.length,
			lost: expected.filter((occasion) => !received.includes(occasion)).length,
			twice: received.length - new Set(received).size,
			openOrders: shop.open,
			stateBytes,
			stateBytesPerOpenOrder: Math.round(stateBytes / shop.open),
			writes: workflow.writes,
			heapStartMB: Math.round(heapStartMB * 10) / 10,
			heapEndMB: Math.round(heapEndMB * 10) / 10,
			pollMs: Math.round(median(pollMs)),
			bareMs: Math.round(median(bareMs)),
			parseMs: Math.round(median(parseMs)),
		};
		reports[name] = report;

		expect(received.filter((occasion) => !expected.includes(occasion as (typeof expected)[number]))).toEqual([]);
		expect(report).toMatchObject({ lost: 0, twice: 0, handedOut: expected.length });
		// Those that wait, and those that were delivered or completed a little while ago.
		const remembered = shop.open + new Set(shop.occasions.slice(Math.round(ORDERS * 0.05))).size;
		expect(stateBytes).toBeLessThan(200 + remembered * STATE_BYTES_PER_ORDER);
		expect(heapEndMB - heapStartMB).toBeLessThan(HEAP_GROWTH_MB);
	}, 60_000 + POLLS * 15_000);
});

describe('a host that sends no answer above 4.5 MB', () => {
	let host: Server;
	let hostUrl: string;
	/** How it refuses: with an error, or by cutting the body off. */
	let refusal: 'error' | 'cut';

	beforeEach(async () => {
		host = createServer((request, response) => {
			const { authorization } = request.headers;
			void fetch(new URL(request.url ?? '/', marketplace.url), { headers: { ...(authorization && { authorization }) } }).then(async (answer) => {
				const body = Buffer.from(await answer.arrayBuffer());
				const isTooLong = body.length > HOST_LIMIT_BYTES;
				response.setHeader('content-type', 'application/json').setHeader('date', answer.headers.get('date') ?? '');
				if (isTooLong && refusal === 'error') response.writeHead(413).end('FUNCTION_PAYLOAD_TOO_LARGE');
				else response.writeHead(answer.status).end(body.subarray(0, HOST_LIMIT_BYTES));
			});
		});
		await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
		hostUrl = `http://127.0.0.1:${(host.address() as AddressInfo).port}/api`;
	});
	afterEach(() => {
		host.closeAllConnections();
		host.close();
	});

	const REFUSALS = { error: /^Atelier answered 413 /, cut: /^Atelier answered 200 without JSON / };

	test.each(['error', 'cut'] as const)('a list beyond that (%s) is reported and forgets nothing, and the work alone still comes', async (how) => {
		refusal = 'error';
		const control = new SandboxControl(marketplace.url);
		const shop = await new Shop(control, marketplace.apiUrl, `host ${SEED}`).start(1_000);
		const everything = await publish(shop, [...WORK, 'order.completed'], hostUrl);
		time.pass(1);
		const work = await publish(shop, WORK, hostUrl);
		for (const workflow of [everything, work]) expect(takeOccasions(workflow).sort()).toEqual(shop.occasions.slice().sort());

		// About 1.2 kB an order.
		await control.insertOrders({ service_id: shop.service, count: 5_000, status: 'completed', seconds_apart: 1 });
		refusal = how;
		const before = JSON.stringify(everything.memory);
		const seen = shop.occasions.length;
		while (shop.occasions.length === seen) await shop.passMinute();
		const news = shop.occasions.slice(seen).filter((occasion) => WORK.includes(occasion.split(' ')[0]));
		time.pass(1);
		// At the same time, as n8n does, so that they share the call.
		await Promise.all([everything.poll(), work.poll()]);
		time.pass(1);
		await Promise.all([everything.poll(), work.poll()]);

		expect(everything.failures.map(({ message }) => message)).toEqual([expect.stringMatching(REFUSALS[how]), expect.stringMatching(REFUSALS[how])]);
		expect(JSON.stringify(everything.memory)).toBe(before);
		expect(takeOccasions(everything)).toEqual([]);
		expect(work.failures).toEqual([]);
		expect(takeOccasions(work).sort()).toEqual(news.sort());
	});
});
