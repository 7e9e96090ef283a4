// Feeds every operation, trigger and parser with wrong input: `npm run test:fuzz`.
//
//   scripts/fuzz.ts [--cases N] [--seed N]
//
// Cases are 10,000 unless told otherwise. The same seed makes the same cases.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: { cases: { type: 'string', default: '10000' }, seed: { type: 'string', default: '1' } },
});
for (const [option, value] of Object.entries(values)) {
	if (/^[1-9]\d*$/.test(value)) continue;
	console.error(`--${option} must be a whole number above 0, not "${value}".`);
	process.exit(2);
}

const run = spawnSync(process.execPath, [...process.execArgv, join(__dirname, 'test.ts'), 'fuzz', ...positionals], {
	stdio: 'inherit',
	env: { ...process.env, FUZZ_CASES: values.cases, FUZZ_SEED: values.seed },
});
process.exitCode = run.status ?? 1;
