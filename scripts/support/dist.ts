import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { PROJECT_ROOT } from './paths';

/** What a build reads: sources, their companions, and the settings of the build itself. */
const BUILD_INPUTS = ['credentials', 'nodes', 'icons', 'gulpfile.js', 'tsconfig.json'];

/** The latest change in a file, or in a folder and all it holds; milliseconds since 1970, 0 when it does not exist. */
function lastChange(path: string): number {
	if (!existsSync(path)) return 0;
	const stats = statSync(path);
	if (!stats.isDirectory()) return stats.mtimeMs;
	// A folder's own time moves when something in it is added, renamed or deleted.
	return Math.max(stats.mtimeMs, ...readdirSync(path).map((name) => lastChange(join(path, name))));
}

/** Whether dist/ was built from the sources as they are now. The build gives the folder the time at which it began. */
function isBuilt(): boolean {
	const dist = join(PROJECT_ROOT, 'dist');
	if (!existsSync(dist)) return false;
	const builtAt = statSync(dist).mtimeMs;
	return BUILD_INPUTS.every((input) => lastChange(join(PROJECT_ROOT, input)) < builtAt);
}

/**
 * Builds dist/ when it is missing or older than the sources; does nothing otherwise.
 * What goes wrong in the build is shown as it comes.
 *
 * @throws Error when the build fails
 */
export function ensureBuilt(): void {
	if (isBuilt()) return;
	const gulp = join(PROJECT_ROOT, 'node_modules', 'gulp', 'bin', 'gulp.js');
	const build = spawnSync(process.execPath, [gulp, 'build', '-L'], { cwd: PROJECT_ROOT, stdio: 'inherit' });
	if (build.status !== 0) throw new Error('The build failed; its own message stands above.');
}
