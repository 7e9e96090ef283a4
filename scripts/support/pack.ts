import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { PROJECT_ROOT } from './paths';

/** The package as npm would publish it, on disk. */
export interface PackedPackage {
	/** The tarball's absolute path. */
	tarball: string;
	/** The folder that holds the tarball's contents (its package.json directly inside). */
	folder: string;
	/** The paths of the files inside the package, with forward slashes. */
	files: string[];
	/** Bytes of the tarball's contents. */
	unpackedSize: number;
}

interface NpmPackReport {
	filename: string;
	unpackedSize: number;
	files: Array<{ path: string }>;
}

/** Runs a program to its end and returns its standard output; throws with its standard error when it fails. */
function run(program: string, programArguments: string[], cwd: string): string {
	const result =
		process.platform === 'win32'
			? // npm is a .cmd file there, which only a shell can start, and a shell takes spaces apart.
				spawnSync([program, ...programArguments.map((argument) => `"${argument}"`)].join(' '), {
					cwd,
					encoding: 'utf8',
					shell: true,
				})
			: spawnSync(program, programArguments, { cwd, encoding: 'utf8' });
	if (result.error) throw result.error;
	if (result.status !== 0) throw new Error(`${program} ${programArguments.join(' ')} failed:\n${result.stderr}`);
	return result.stdout;
}

/**
 * Packs the project as `npm publish` would, from the dist/ that is there, and unpacks the tarball.
 *
 * @param target an existing folder that receives the tarball and a folder `package` with its contents
 * @throws Error when npm or tar fails, with their words
 */
export function packInto(target: string): PackedPackage {
	const [report] = JSON.parse(
		run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', '.', PROJECT_ROOT], target),
	) as NpmPackReport[];
	const folder = join(target, 'package');
	mkdirSync(folder);
	// A relative name: tar on Windows takes the colon of a drive letter for a host name.
	run('tar', ['-xzf', report.filename], target);
	return {
		tarball: join(target, report.filename),
		folder,
		files: report.files.map(({ path }) => path),
		unpackedSize: report.unpackedSize,
	};
}
