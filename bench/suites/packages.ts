import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { packInto } from '../../scripts/support/pack';
import { PROJECT_ROOT } from '../../scripts/support/paths';

const run = promisify(execFile);

/** Packages of other services, of a similar kind; what cannot be had is left out. */
const PEERS: ReadonlyArray<{ name: string; version: string }> = [
	{ name: '@mendable/n8n-nodes-firecrawl', version: '2.1.2' },
	{ name: 'n8n-nodes-evolution-api', version: '1.0.4' },
	{ name: '@blotato/n8n-nodes-blotato', version: '1.0.10' },
	{ name: 'n8n-nodes-resend', version: '2.9.0' },
];

/** Where npm puts them: git ignores it, and it goes with the project's own packages. */
const PEERS_FOLDER = join(PROJECT_ROOT, 'node_modules', '.cache', 'n8n-nodes-atelier-bench');

/** A package as npm would install it. */
export interface InstalledPackage {
	name: string;
	version: string;
	folder: string;
	/** On the disk, in kB of 1,024 bytes. */
	unpackedKB: number;
	/** The bytes of its files, in kB of 1,000 bytes. */
	contentKB: number;
}

/**
 * The peers' packages, from npm, installed once.
 *
 * @param tell hears of each that npm does not have
 */
export async function installPeers(tell: (line: string) => void): Promise<InstalledPackage[]> {
	mkdirSync(PEERS_FOLDER, { recursive: true });
	const installed: InstalledPackage[] = [];
	for (const { name, version } of PEERS) {
		const prefix = join(PEERS_FOLDER, `${name.replace('/', '+')}@${version}`);
		const folder = join(prefix, 'node_modules', name);
		try {
			statSync(join(folder, 'package.json'));
		} catch {
			mkdirSync(prefix, { recursive: true });
			const npmArguments = ['install', '--prefix', prefix, '--ignore-scripts', '--legacy-peer-deps', '--no-audit', '--no-fund', '--loglevel=error'];
			const outcome = await run('npm', [...npmArguments, `${name}@${version}`], { shell: process.platform === 'win32' }).catch(
				(error: { stderr?: string }) => error,
			);
			if (!readdirSync(prefix).includes('node_modules')) {
				tell(`${name}@${version} is left out: ${/npm error (?:code )?(\S+)/.exec(outcome.stderr ?? '')?.[1] ?? 'npm could not install it'}`);
				rmSync(prefix, { recursive: true, force: true });
				continue;
			}
		}
		installed.push({ name, version, folder, unpackedKB: diskKB(folder), contentKB: contentKB(folder) });
	}
	return installed;
}

/** This package, packed as `npm publish` does and unpacked where nothing else of the project is. */
export function installOwn(): InstalledPackage & { remove(): void } {
	mkdirSync(PEERS_FOLDER, { recursive: true });
	const target = mkdtempSync(join(PEERS_FOLDER, 'own-'));
	const { folder } = packInto(target);
	const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name: string; version: string };
	return {
		name,
		version,
		folder,
		unpackedKB: diskKB(folder),
		contentKB: contentKB(folder),
		remove: () => rmSync(target, { recursive: true, force: true }),
	};
}

/** What a folder takes on the disk, as `du -sk` counts it: whole blocks, folders included. In kB of 1,024 bytes. */
function diskKB(folder: string): number {
	const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry) => join(entry.parentPath, entry.name));
	return [folder, ...entries].reduce((sum, path) => {
		const { blocks, size } = statSync(path);
		// Windows does not tell the blocks.
		return sum + (blocks === undefined ? Math.ceil(size / 4096) * 4 : blocks / 2);
	}, 0);
}

/** The bytes in a folder's files, in kB of 1,000 bytes, as npm counts them. */
function contentKB(folder: string): number {
	const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
	return files.reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size / 1000, 0);
}
