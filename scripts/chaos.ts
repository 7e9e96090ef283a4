// Delivers many orders while everything fails now and then, and reports the figures: `npm run test:chaos`.
//
//   scripts/chaos.ts [--orders N] [--seed N] [--json FILE]
//
// Orders are 1,000 unless told otherwise. The seed decides what goes wrong. --json writes the report to a file, too.
// `npm test` runs the same with fewer orders.

import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

function wholeNumber(option: string, value: string): string {
	if (/^[1-9]\d*$/.test(value)) return value;
	console.error(`--${option} must be a whole number above 0, not "${value}".`);
	process.exit(2);
}

const { values } = parseArgs({
	options: {
		orders: { type: 'string', default: '1000' },
		seed: { type: 'string', default: '1' },
		json: { type: 'string' },
	},
});

const run = spawnSync(process.execPath, [...process.execArgv, join(__dirname, 'test.ts'), 'chaos'], {
	stdio: 'inherit',
	env: {
		...process.env,
		CHAOS_ORDERS: wholeNumber('orders', values.orders),
		CHAOS_SEED: wholeNumber('seed', values.seed),
		// The caller's folder, which npm leaves for the project's own.
		...(values.json && { CHAOS_REPORT: resolve(process.env.INIT_CWD ?? '.', values.json) }),
	},
});
process.exitCode = run.status ?? 1;
