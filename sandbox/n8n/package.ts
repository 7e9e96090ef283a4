import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import type { NodeType } from './api';

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
	const manifest = readManifest<PackageManifest & Record<string, unknown>>(unpacked);
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

/**
 * Enters the installed packages into n8n's own register, as its installer does, so that *Settings → Community nodes*
 * lists them. Only with n8n's embedded database; the server may be running.
 *
 * @param dataFolder the N8N_USER_FOLDER of a server that has been started before
 * @param nodeTypes the node types that n8n has loaded
 */
export function registerPackages(dataFolder: string, nodeTypes: NodeType[]): void {
	const nodesFolder = join(n8nFolder(dataFolder), 'nodes');
	const { dependencies } = readManifest<{ dependencies: Record<string, string> }>(nodesFolder);
	const database = new DatabaseSync(join(n8nFolder(dataFolder), 'database.sqlite'), { timeout: 10_000 });
	try {
		const addPackage = database.prepare(
			'INSERT OR REPLACE INTO installed_packages (packageName, installedVersion, authorName, authorEmail, createdAt, updatedAt) ' +
				"VALUES (?, ?, ?, ?, STRFTIME('%Y-%m-%d %H:%M:%f', 'NOW'), STRFTIME('%Y-%m-%d %H:%M:%f', 'NOW'))",
		);
		const addNode = database.prepare(
			'INSERT OR REPLACE INTO installed_nodes (name, type, latestVersion, package) VALUES (?, ?, ?, ?)',
		);
		for (const packageName of Object.keys(dependencies)) {
			const { version, author } = readManifest<PackageManifest>(join(nodesFolder, 'node_modules', packageName));
			addPackage.run(packageName, version, author?.name ?? null, author?.email ?? null);
			const own = nodeTypes.filter(({ name }) => name.startsWith(`${packageName}.`));
			for (const { name, displayName, version: versions } of own) {
				// n8n makes a twin of each node for AI agents, which its register leaves out.
				if (own.some((node) => `${node.name}Tool` === name)) continue;
				addNode.run(displayName, name, Math.max(...[versions].flat()), packageName);
			}
		}
	} finally {
		database.close();
	}
}

function readManifest<T>(folder: string): T {
	return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as T;
}
