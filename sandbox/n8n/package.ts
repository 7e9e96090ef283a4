import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What the sandbox reads of a package's package.json. */
export interface PackageManifest {
	name: string;
	version: string;
	author?: { name: string; email: string };
}

/** Where n8n keeps its data when N8N_USER_FOLDER is the given folder. */
export function n8nFolder(dataFolder: string): string {
	return join(dataFolder, '.n8n');
}

/**
 * Installs a packed community package into an n8n that is not running, with the outcome of n8n's own installation
 * from the registry: the tarball's contents under nodes/node_modules, the package.json without development and peer
 * dependencies, and an entry in nodes/package.json. An older copy is replaced.
 *
 * @param tarball path of what `npm pack` wrote; the package must not have dependencies
 * @param dataFolder the N8N_USER_FOLDER of the server
 */
export function installPackage(tarball: string, dataFolder: string): PackageManifest {
	const nodesFolder = join(n8nFolder(dataFolder), 'nodes');
	const unpacked = join(nodesFolder, 'package');
	rmSync(unpacked, { recursive: true, force: true });
	mkdirSync(unpacked, { recursive: true });
	execFileSync('tar', ['-xzf', '-', '--strip-components=1'], { cwd: unpacked, input: readFileSync(tarball) });

	const manifestFile = join(unpacked, 'package.json');
	const manifest = JSON.parse(readFileSync(manifestFile, 'utf8')) as PackageManifest & Record<string, unknown>;
	delete manifest.devDependencies;
	delete manifest.peerDependencies;
	writeFileSync(manifestFile, JSON.stringify(manifest, null, 2));

	const target = join(nodesFolder, 'node_modules', manifest.name);
	rmSync(target, { recursive: true, force: true });
	mkdirSync(dirname(target), { recursive: true });
	renameSync(unpacked, target);
	const ledger = { name: 'installed-nodes', private: true, dependencies: { [manifest.name]: manifest.version } };
	writeFileSync(join(nodesFolder, 'package.json'), JSON.stringify(ledger, null, 2));
	return manifest;
}
