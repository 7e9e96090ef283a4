// Lets a real n8n with template 02 make and deliver orders for a while and looks whether its memory grows:
// `npm run test:soak`.
//
//   scripts/soak.ts [--minutes N] [--per-minute N] [--json FILE]
//
// Twelve orders a minute for ten minutes unless told otherwise. --json writes the report to a file, too. The exit code is
// 0 when every order was delivered exactly once and nothing leaks.

import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import getPort from 'get-port';

import { TestSandbox } from '../test/e2e/support/testSandbox';
import { MemoryProbe } from '../test/soak/memory';
import { soak, type SoakReport } from '../test/soak/run';
import { ensureBuilt } from './support/dist';

const started = performance.now();

function say(line: string): void {
	console.log(`[${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s] ${line}`);
}

function readOptions(): { minutes: number; ordersPerMinute: number; jsonFile?: string } {
	const { values } = parseArgs({
		options: { minutes: { type: 'string', default: '10' }, 'per-minute': { type: 'string', default: '12' }, json: { type: 'string' } },
	});
	const number = (option: 'minutes' | 'per-minute') => {
		const value = Number(values[option]);
		if (value > 0 && Number.isFinite(value)) return value;
		throw new Error(`--${option} must be a number above 0, not "${values[option]}".`);
	};
	return {
		minutes: number('minutes'),
		ordersPerMinute: number('per-minute'),
		// The caller's folder, which npm leaves for the project's own.
		jsonFile: values.json && resolve(process.env.INIT_CWD ?? '.', values.json),
	};
}

/** What a run should have shown and did not. */
function complaints(report: SoakReport): string[] {
	return [
		...(report.lost > 0 ? [`${report.lost} of ${report.orders} orders were not delivered`] : []),
		...(report.duplicateDeliveries > 0 ? [`${report.duplicateDeliveries} deliveries came twice`] : []),
		...(report.duplicateMessages > 0 ? [`${report.duplicateMessages} messages came twice`] : []),
		...(report.leak ? [`The heap grows by ${report.heapKBPerOrder} kB with every order`] : []),
	];
}

async function main(): Promise<number> {
	const options = readOptions();
	ensureBuilt();
	const inspectorPort = await getPort();
	say('Starting the marketplace, the model providers and n8n');
	// Everything else is as n8n has it of itself, keeping and pruning of executions included.
	const sandbox = await TestSandbox.start({ NODE_OPTIONS: `--inspect=127.0.0.1:${inspectorPort}` });
	const stop = async () => await sandbox.stop();
	for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]] as const) {
		process.on(signal, () => void stop().finally(() => process.exit(code)));
	}
	try {
		const probe = await MemoryProbe.connect(sandbox.n8n.pid, inspectorPort);
		const report = await soak(sandbox, probe, { ...options, say });
		probe.close();
		if (options.jsonFile) writeFileSync(options.jsonFile, `${JSON.stringify(report)}\n`);
		const { samples: _samples, ...figures } = report;
		console.log(JSON.stringify(figures));
		const problems = complaints(report);
		for (const problem of problems) console.error(problem);
		return problems.length > 0 ? 1 : 0;
	} finally {
		await stop();
	}
}

main().then(
	(code) => process.exit(code),
	(error: unknown) => {
		console.error(error instanceof Error ? error.message : error);
		process.exit(2);
	},
);
