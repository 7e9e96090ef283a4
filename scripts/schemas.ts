// Writes the output schemas of all operations, from what they put out when they run against the sandbox:
// `npm run schemas`. The runs are the engine tests in test/engine/sandbox, which otherwise check against the schemas.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { PROJECT_ROOT } from './support/paths';

const { status } = spawnSync(process.execPath, [...process.execArgv, join(__dirname, 'test.ts'), 'engine', 'engine/sandbox/'], {
	cwd: PROJECT_ROOT,
	stdio: 'inherit',
	env: { ...process.env, WRITE_OUTPUT_SCHEMAS: '1' },
});
process.exitCode = status ?? 1;
