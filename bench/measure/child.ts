// Does one job in a process of its own and sends what it took to the parent: see ./runJob.ts.

import { basename } from 'node:path';
import { setFlagsFromString } from 'node:v8';

import type { Measurement, PrepareJob } from './job';
import { residentMB, settle, watchPeak } from './memory';
import { profiled } from './profile';

async function main(): Promise<void> {
	// Only this heap starts as that of a process that has worked for a while. The isolates in which n8n evaluates
	// expressions are made for each execution and start small, as they do in n8n.
	for (const flag of ['--min-semi-space-size=0', '--max-semi-space-size=0']) setFlagsFromString(flag);

	const [file, options] = process.argv.slice(2);
	const { prepare } = (await import(file)) as { prepare: PrepareJob<unknown, object | void> };
	const job = await prepare(JSON.parse(options));
	const profiles = process.env.BENCH_PROFILES;
	await job.warmUp();
	await settle();

	const baselineMB = residentMB();
	const peakMB = watchPeak();
	const cpuBefore = process.cpuUsage();
	const started = performance.now();
	const own = profiles ? await profiled(profiles, basename(file, '.ts'), async () => await job.run()) : await job.run();
	const wallMs = performance.now() - started;
	const { user, system } = process.cpuUsage(cpuBefore);
	const result: Measurement = { wallMs, cpuMs: (user + system) / 1000, extraPeakMB: peakMB() - baselineMB, baselineMB };
	process.send?.({ ...result, ...own }, () => process.exit());
}

void main();
