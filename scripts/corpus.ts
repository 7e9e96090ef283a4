// Records the corpus of the fuzz tests, real answers to every operation, from the sandbox: `npm run corpus`. The runs are
// the engine tests in test/engine/sandbox.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { PROJECT_ROOT } from './support/paths';

const { status } = spawnSync(process.execPath, [...process.execArgv, join(__dirname, 'test.ts'), 'engine', 'engine/sandbox/'], {
	cwd: PROJECT_ROOT,
	stdio: 'inherit',
	env: { ...process.env, WRITE_FUZZ_CORPUS: '1' },
});
process.exitCode = status ?? 1;
