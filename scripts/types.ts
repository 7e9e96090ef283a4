// Checks the types of everything written in TypeScript: `npm run types`.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { PROJECT_ROOT } from './support/paths';

/** The folders with a tsconfig.json of their own; the root's covers credentials/ and nodes/. */
const PROJECTS = ['.', 'sandbox', 'test', 'scripts', 'bench'];

const tsc = join(PROJECT_ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
for (const project of PROJECTS) {
	const config = join(project, 'tsconfig.json');
	if (!existsSync(join(PROJECT_ROOT, config))) continue;
	// TypeScript itself refuses a project without files.
	const check = spawnSync(process.execPath, [tsc, '--noEmit', '--project', config], {
		cwd: PROJECT_ROOT,
		stdio: 'inherit',
	});
	console.log(`types  ${config}: ${check.status === 0 ? 'no errors' : 'errors, see above'}`);
	if (check.status !== 0) process.exitCode = 1;
}
