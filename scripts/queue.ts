// Delivers many orders with an n8n of several processes, some of which are killed on the way: `npm run test:queue`.
//
//   scripts/queue.ts [--orders N] [--seed N] [--json FILE] [--kill worker,main]
//
// n8n's queue mode with a main process and two workers, on a Redis and a PostgreSQL of its own. Orders are 300 unless
// told otherwise; a worker and later the main process are killed. --json writes the report to a file, too. The exit
// code is 0 when every order was delivered exactly once. `npm test` runs the same with fewer orders.

import { cpSync, globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { ensureN8n } from '../sandbox/n8n/install';
import { missingForQueue } from '../sandbox/n8n/queue';
import { QueueSandbox } from '../test/queue/queueSandbox';
import { type QueueReport, runOrders, type Victim } from '../test/queue/run';
import { ensureBuilt } from './support/dist';
import { packInto } from './support/pack';

interface Options {
	orders: number;
	seed: number;
	jsonFile?: string;
	kills: Victim[];
}

/** How long a run may take once everything has started: to find out about the kills, and for each order. */
const LIMIT_MS = { run: 6 * 60_000, order: 4_000 };

const started = performance.now();

function say(line: string): void {
	console.log(`[${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s] ${line}`);
}

function readOptions(): Options {
	const { values } = parseArgs({
		options: {
			orders: { type: 'string', default: '300' },
			seed: { type: 'string', default: '1' },
			json: { type: 'string' },
			kill: { type: 'string', default: 'worker,main' },
		},
	});
	const wholeNumber = (option: 'orders' | 'seed') => {
		if (/^[1-9]\d*$/.test(values[option])) return Number(values[option]);
		throw new Error(`--${option} must be a whole number above 0, not "${values[option]}".`);
	};
	const kills = values.kill.split(',').filter((victim) => victim !== '');
	const unknown = kills.find((victim) => victim !== 'worker' && victim !== 'main');
	if (unknown) throw new Error(`--kill takes worker and main, comma-separated, not "${unknown}".`);
	return {
		orders: wholeNumber('orders'),
		seed: wholeNumber('seed'),
		// The caller's folder, which npm leaves for the project's own.
		jsonFile: values.json && resolve(process.env.INIT_CWD ?? '.', values.json),
		kills: kills as Victim[],
	};
}

/** What a run should have shown and did not. */
function complaints(report: QueueReport, { orders, kills }: Options): string[] {
	const wanted: Array<[boolean, string]> = [
		[report.orders === orders && report.delivered === orders, `${report.delivered} of ${orders} orders were delivered`],
		[report.duplicateDeliveries === 0, `${report.duplicateDeliveries} deliveries came twice`],
		[report.toldTwice === 0, `${report.toldTwice} clients got their message twice`],
		[report.workersUsed === 2, `${report.workersUsed} of 2 workers had work`],
		[report.kills.join() === kills.join(), `killed were: ${report.kills.join(', ') || 'none'}`],
	];
	return wanted.flatMap(([isMet, words]) => (isMet ? [] : [words]));
}

async function run(sandbox: QueueSandbox, options: Options): Promise<QueueReport> {
	const n8nInstallation = await ensureN8n(say);
	ensureBuilt();
	const packageFolder = join(sandbox.folder, 'package');
	mkdirSync(packageFolder);
	const { tarball } = packInto(packageFolder);
	say('Starting Redis, PostgreSQL, the marketplace, the model providers, n8n and two workers');
	await sandbox.start(n8nInstallation, tarball);
	say('Everything is ready');
	const limit = AbortSignal.timeout(LIMIT_MS.run + options.orders * LIMIT_MS.order);
	return await runOrders(sandbox, { ...options, limit, say });
}

/** Saves the logs from a folder that is about to be deleted; the place where they are. */
function keepLogs(folder: string): string {
	const logs = mkdtempSync(join(tmpdir(), 'n8n-nodes-atelier-queue-logs-'));
	for (const file of globSync('**/*.log', { cwd: folder })) {
		mkdirSync(join(logs, dirname(file)), { recursive: true });
		cpSync(join(folder, file), join(logs, file));
	}
	return logs;
}

async function main(): Promise<number> {
	const options = readOptions();
	const missing = missingForQueue();
	if (missing) throw new Error(missing);
	const sandbox = new QueueSandbox(mkdtempSync(join(tmpdir(), 'n8n-nodes-atelier-queue-')));
	let signalCode = 0;
	const interrupted = new Promise<never>((_resolve, reject) => {
		for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]] as const) {
			process.on(signal, () => {
				signalCode = code;
				reject(new Error(`Stopped by ${signal}`));
			});
		}
	});
	let problems: string[] = [];
	try {
		const work = run(sandbox, options);
		// After an interruption it fails because everything is stopped under it, which nobody needs to hear.
		work.catch(() => undefined);
		const report = await Promise.race([work, interrupted]);
		problems = complaints(report, options);
		if (options.jsonFile) writeFileSync(options.jsonFile, `${JSON.stringify(report)}\n`);
		await sandbox.stop();
		console.log(JSON.stringify(report));
	} catch (error) {
		problems = [error instanceof Error ? error.message : String(error)];
	} finally {
		await sandbox.stop();
		if (problems.length > 0 && signalCode === 0) problems.push(`The logs are kept in ${keepLogs(sandbox.folder)}`);
		rmSync(sandbox.folder, { recursive: true, force: true, maxRetries: 5 });
	}
	for (const problem of problems) console.error(problem);
	return signalCode || (problems.length > 0 ? 1 : 0);
}

main().then(
	(code) => process.exit(code),
	(error: unknown) => {
		console.error(error instanceof Error ? error.message : error);
		process.exit(2);
	},
);
