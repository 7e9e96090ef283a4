import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { DEFAULT_CONCURRENCY } from '../../nodes/Atelier/concurrency';
import { imageName, orderNumbers } from '../jobs/orders';
import type { OrdersOptions } from '../jobs/orders';
import type { FloorOptions } from '../jobs/ordersFloor';
import type { Measurement } from '../measure/job';
import { interleave, medians, ratio } from '../measure/rounds';
import { runJob } from '../measure/runJob';
import { configureServer, readRecord } from '../server/control';
import type { ServerRecord } from '../server/control';
import { orderId } from '../server/orders';
import { FileFolder } from './files';
import type { Figure, Suite, SuiteContext } from './suite';

const LATENCY_MS = 20;

/** The routes that share the platform's limit of about 30 calls an hour. */
const LIMITED = ['POST /api/upload', 'POST /api/upload/token', 'POST /api/orders/{id}/upload', 'POST /api/orders/{id}/deliver'];

interface OrdersResult extends Measurement {
	/** Calls of limited routes for each order. */
	limitedCallsPerOrder: number;
}

/** Upload, deliver and a message for many orders. */
export const orders: Suite = {
	name: 'orders',
	async run({ server: { apiUrl }, rounds, smoke, tell }: SuiteContext) {
		const imageBytes = smoke ? 64 * 1024 : 1024 * 1024;
		const counts = { count: smoke ? 6 : 200, warmUpCount: smoke ? 2 : 50 };
		const { count } = counts;
		const numbers = orderNumbers(counts);
		const folder = new FileFolder();
		try {
			const checksums = new Map(
				[...numbers.measured, ...numbers.warmUp].map((number) => [orderId(number), folder.write(imageName(number), imageBytes)]),
			);
			const variant = (job: string, more: Partial<FloorOptions> = {}) => async () => {
				await configureServer(apiUrl, { latencyMs: LATENCY_MS });
				const options: OrdersOptions = { apiUrl, folder: folder.path, ...counts, ...more };
				const measured = await runJob(join(__dirname, '..', 'jobs', job), options);
				return checked(job, measured, await readRecord(apiUrl), checksums);
			};
			const samples = await interleave(
				rounds,
				{
					Atelier: variant('ordersAtelier.ts'),
					'HTTP Request': variant('ordersHttpRequest.ts'),
					'bare loop': variant('ordersFloor.ts', { concurrency: DEFAULT_CONCURRENCY, looksFirst: false }),
					'bare loop that looks first': variant('ordersFloor.ts', { concurrency: DEFAULT_CONCURRENCY, looksFirst: true }),
				},
				(name, round, { wallMs, cpuMs, extraPeakMB }) =>
					tell(
						`orders ${round + 1}/${rounds} ${name}: ${wallMs.toFixed(0)} ms, processor ${cpuMs.toFixed(0)} ms, ` +
							`${extraPeakMB.toFixed(1)} MB more`,
					),
			);
			const variants = Object.entries(samples).map(([name, results]) => ({ variant: name, medians: medians(results) as Record<string, number> }));
			const python = hasPython();
			if (python) {
				const loop = await variant('ordersPython.ts')();
				tell(`orders Python loop: ${loop.wallMs.toFixed(0)} ms`);
				// Processor time and memory are those of another process.
				variants.push({ variant: 'Python loop', medians: { wallMs: loop.wallMs } });
			} else {
				tell('orders Python loop: skipped, there is no python3 with the package requests');
			}

			const { Atelier: ours, 'HTTP Request': theirs, 'bare loop': floor, 'bare loop that looks first': sameCalls } = samples;
			const wall = ({ wallMs }: OrdersResult) => wallMs;
			const figures: Figure[] = [
				{
					key: 'orders.wallVsHttpRequest',
					meaning: 'Time against the same from HTTP Request nodes, which send all items at once',
					value: ratio(ours, theirs, wall),
					limit: 1,
					required: '≤ 1.0',
				},
				{
					key: 'orders.extraPeakVsHttpRequest',
					meaning: 'Extra resident memory against theirs',
					value: medians(ours).extraPeakMB / medians(theirs).extraPeakMB,
					limit: 0.4,
					required: '≤ 0.4',
				},
				{
					key: 'orders.cpuVsHttpRequest',
					meaning: 'Processor time against theirs',
					value: ratio(ours, theirs, ({ cpuMs }) => cpuMs),
					limit: 0.9,
					required: '≤ 0.9',
				},
				{
					key: 'orders.wallVsFloor',
					meaning:
						`Time against a bare Node.js loop with as many orders at once (${DEFAULT_CONCURRENCY}), which does not look at the ` +
						`order first; ${ratio(ours, sameCalls, wall).toFixed(2)} against one that makes the same calls`,
					value: ratio(ours, floor, wall),
					limit: 1.25,
					required: '≤ 1.25',
				},
				{
					key: 'orders.limitedCallsPerOrder',
					meaning: 'Calls of rate-limited routes for an order: one upload, one delivery',
					value: medians(ours).limitedCallsPerOrder,
					limit: 2,
					required: '2.0',
				},
			];
			return {
				name: 'orders',
				job: `${count} orders, each with an image of ${imageBytes / 1024} kB: upload, deliver, tell the client; the server answers after ${LATENCY_MS} ms`,
				figures,
				variants,
			};
		} finally {
			folder.remove();
		}
	},
};

/** @throws Error when an order did not get exactly its own image, once, and one message */
function checked(
	job: string,
	measurement: Measurement,
	{ calls, delivered, messages }: ServerRecord,
	checksums: ReadonlyMap<string, number>,
): OrdersResult {
	for (const [id, checksum] of checksums) {
		const files = delivered[id] ?? [];
		if (files.length !== 1 || files[0] !== checksum || messages[id] !== 1) {
			const got = `the files ${JSON.stringify(files)} and ${messages[id] ?? 0} messages`;
			throw new Error(`${job}: ${id} got ${got}, not its own image and one message.`);
		}
	}
	const limited = LIMITED.reduce((sum, call) => sum + (calls[call] ?? 0), 0);
	return { ...measurement, limitedCallsPerOrder: limited / checksums.size };
}

function hasPython(): boolean {
	return spawnSync('python3', ['-c', 'import requests'], { stdio: 'ignore' }).status === 0;
}
