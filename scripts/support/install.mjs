// Installs the packages of a folder with a lockfile. Plain JavaScript without imports from npm, because scripts/run.mjs
// needs it before there is any package.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Whether everything that the folder's lockfile names is in its node_modules, in that version. Optional packages,
 * most of which are for other platforms, may be missing.
 *
 * @param {string} folder
 * @returns {boolean}
 */
export function isInstalled(folder) {
	const installedFile = join(folder, 'node_modules', '.package-lock.json');
	if (!existsSync(installedFile)) return false;
	const wanted = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')).packages;
	const installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages;
	return Object.entries(wanted).every(
		([path, { version, optional, devOptional, peer }]) =>
			path === '' || (installed[path] ? installed[path].version === version : optional || devOptional || peer),
	);
}

/**
 * Installs the folder's locked packages, showing npm's own progress.
 *
 * @param {string} folder
 * @param {string} what what is being installed, in words
 * @throws {Error} a sentence for the person at the terminal, when npm is missing or fails
 */
export function install(folder, what) {
	console.error(`Installing ${what} …`);
	const npm = spawnSync('npm', ['ci', '--ignore-scripts', '--no-fund', '--no-audit', '--loglevel=error'], {
		cwd: folder,
		stdio: ['ignore', 2, 2],
		shell: process.platform === 'win32',
	});
	if (npm.error?.code === 'ENOENT') {
		throw new Error('npm was not found. Install Node.js 20 or newer, which brings npm, and start again.');
	}
	if (npm.status !== 0) throw new Error(`npm could not install ${what} in ${folder}. Its own message stands above.`);
}
