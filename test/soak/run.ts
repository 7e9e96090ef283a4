import { setTimeout as sleep } from 'node:timers/promises';

import type { TestSandbox } from '../e2e/support/testSandbox';
import { heapSlope, type MemoryProbe, type MemorySample } from './memory';

export interface SoakOptions {
	/** How long orders come. */
	minutes: number;
	ordersPerMinute: number;
	/** One line for the person who waits. */
	say: (line: string) => void;
}

/** The figures of a run. Deliveries are counted on the marketplace's side. */
export interface SoakReport {
	minutes: number;
	orders: number;
	delivered: number;
	lost: number;
	/** Deliveries beyond the first of each order. */
	duplicateDeliveries: number;
	/** Messages to clients beyond the first of each order. */
	duplicateMessages: number;
	executions: Record<string, number>;
	rssStartMB: number;
	rssEndMB: number;
	/** The heap after a collection of garbage, when the warm-up was over and at the end. */
	heapStartMB: number;
	heapEndMB: number;
	heapSlopeMBPerHour: number;
	/** Standard error of the slope. */
	heapSlopeError: number;
	/** The heap's growth in the same time for each order, in kB. */
	heapKBPerOrder: number;
	leak: boolean;
	samples: MemorySample[];
}

const TEMPLATE = '02-image-orders-with-openai';
const TRIGGER = 'When an order is paid';
const SAMPLE_EVERY_MS = 15_000;

/** Until then n8n loads what it needs for the first time, and V8 compiles it. */
const WARM_UP_SHARE = 0.3;

/** Far more than n8n keeps of an order in lists of its own; what every execution left behind would be well above it. */
const LEAK_KB_PER_ORDER = 100;

/** How long the last orders may take once no more come: two polls, and the work. */
const REST_MS = 5 * 60_000;

/** Lets orders come at a steady rate, and watches n8n's memory while template 02 makes and delivers them. */
export async function soak(sandbox: TestSandbox, probe: MemoryProbe, options: SoakOptions): Promise<SoakReport> {
	// A hundred orders an hour and more: with the limit, one address could deliver fifteen.
	await sandbox.control.setRateLimit(false);
	const workflowId = await sandbox.importTemplate(TEMPLATE, {
		[TRIGGER]: (parameters) => ({
			...parameters,
			pollTimes: { item: [{ mode: 'everyMinute' }] },
			options: { minimumSeconds: 1, retryAfterMinutes: 120, batchSize: 50 },
		}),
	});
	await sandbox.api.publish(workflowId);
	const ids: string[] = [];
	const samples = [await probe.sample()];
	const started = performance.now();
	const passed = () => performance.now() - started;
	const countDelivered = async () => {
		const { orders } = await sandbox.control.statistics();
		return ids.filter((id) => (orders[id]?.delivers ?? 0) > 0).length;
	};
	const look = async () => {
		if (passed() < samples.length * SAMPLE_EVERY_MS) return;
		samples.push(await probe.sample());
		if (samples.length % 4 !== 1) return;
		const { minute, rssMB, heapMB } = samples[samples.length - 1];
		options.say(`${minute.toFixed(0)} min: ${ids.length} orders, ${await countDelivered()} delivered, heap ${heapMB.toFixed(1)} MB, resident ${rssMB.toFixed(0)} MB`);
	};

	const total = Math.round(options.minutes * options.ordersPerMinute);
	while (ids.length < total || passed() < options.minutes * 60_000) {
		if (ids.length < total && passed() >= (ids.length * 60_000) / options.ordersPerMinute) {
			ids.push(await sandbox.placeOrder(`A paper boat on a puddle, number ${ids.length + 1}`));
		}
		await look();
		await sleep(100);
	}
	const warm = samples.filter(({ minute }) => minute >= options.minutes * WARM_UP_SHARE);
	while ((await countDelivered()) < total && passed() < options.minutes * 60_000 + REST_MS) await sleep(1_000);
	return await report(sandbox, workflowId, { ids, samples, warm, options });
}

async function report(
	sandbox: TestSandbox,
	workflowId: string,
	{ ids, samples, warm, options }: { ids: string[]; samples: MemorySample[]; warm: MemorySample[]; options: SoakOptions },
): Promise<SoakReport> {
	const { orders } = await sandbox.control.statistics();
	const beyondFirst = (count: 'delivers' | 'messages') => ids.reduce((sum, id) => sum + Math.max(0, (orders[id]?.[count] ?? 0) - 1), 0);
	const delivered = ids.filter((id) => (orders[id]?.delivers ?? 0) > 0).length;
	const executions: Record<string, number> = {};
	for (const { status } of await sandbox.api.listExecutions(workflowId)) executions[status] = (executions[status] ?? 0) + 1;
	const [start, end] = [warm[0], warm[warm.length - 1]];
	const { perHour, error } = heapSlope(warm);
	const perOrder = (slope: number) => (slope * 1024) / (options.ordersPerMinute * 60);
	return {
		minutes: options.minutes,
		orders: ids.length,
		delivered,
		lost: ids.length - delivered,
		duplicateDeliveries: beyondFirst('delivers'),
		duplicateMessages: beyondFirst('messages'),
		executions,
		rssStartMB: rounded(start.rssMB),
		rssEndMB: rounded(end.rssMB),
		heapStartMB: rounded(start.heapMB),
		heapEndMB: rounded(end.heapMB),
		heapSlopeMBPerHour: rounded(perHour),
		heapSlopeError: rounded(error),
		heapKBPerOrder: rounded(perOrder(perHour)),
		// As little as the line allows, so that chance alone accuses nobody.
		leak: perOrder(perHour - 2 * error) > LEAK_KB_PER_ORDER,
		samples: samples.map(({ minute, rssMB, heapMB }) => ({ minute: rounded(minute), rssMB: rounded(rssMB), heapMB: rounded(heapMB) })),
	};
}

function rounded(value: number): number {
	return Math.round(value * 10) / 10;
}
