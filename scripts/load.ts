// Looks every minute at a long list of orders, and reports the figures: `npm run test:load`.
//
//   scripts/load.ts [--orders N] [--polls N] [--seed N] [--json FILE]
//
// 20,000 orders and an hour of looks unless told otherwise. The seed decides which orders come and what becomes of them.
// --json writes the report to a file, too. `npm test` runs the same with fewer orders.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

function wholeNumber(option: string, value: string): string {
	if (/^[1-9]\d*$/.test(value)) return value;
	console.error(`--${option} must be a whole number above 0, not "${value}".`);
	process.exit(2);
}

const { values } = parseArgs({
	options: {
		orders: { type: 'string', default: '20000' },
		polls: { type: 'string', default: '60' },
		seed: { type: 'string', default: '1' },
		json: { type: 'string' },
	},
});

const folder = mkdtempSync(join(tmpdir(), 'n8n-nodes-atelier-load-'));
// The caller's folder, which npm leaves for the project's own.
const report = values.json ? resolve(process.env.INIT_CWD ?? '.', values.json) : join(folder, 'report.json');
const run = spawnSync(process.execPath, [...process.execArgv, join(__dirname, 'test.ts'), 'load'], {
	stdio: 'inherit',
	env: {
		...process.env,
		LOAD_ORDERS: wholeNumber('orders', values.orders),
		LOAD_POLLS: wholeNumber('polls', values.polls),
		LOAD_SEED: wholeNumber('seed', values.seed),
		LOAD_REPORT: report,
	},
});
if (run.status === 0) console.log(readFileSync(report, 'utf8'));
rmSync(folder, { recursive: true, force: true });
process.exitCode = run.status ?? 1;
