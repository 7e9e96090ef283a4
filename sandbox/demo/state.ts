import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { isAlive } from '../processes';
import type { Ports } from '../stack';

/** What the demo remembers between two starts. */
export interface DemoState {
	ports: Ports;
	agentId: string;
	serviceId: string;
	/** n8n's ids and names of the credentials, by type. */
	credentials: Record<string, { id: string; name: string }>;
	workflowId: string;
}

const stateFile = (dataFolder: string) => join(dataFolder, 'demo.json');
const lockFile = (dataFolder: string) => join(dataFolder, 'running.pid');

/** What the last start remembered; undefined before a first start has come to its end. */
export function readState(dataFolder: string): DemoState | undefined {
	if (!existsSync(stateFile(dataFolder))) return undefined;
	return JSON.parse(readFileSync(stateFile(dataFolder), 'utf8')) as DemoState;
}

export function writeState(dataFolder: string, state: DemoState): void {
	mkdirSync(dirname(stateFile(dataFolder)), { recursive: true });
	writeFileSync(stateFile(dataFolder), JSON.stringify(state, null, 2));
}

/**
 * Makes sure that no other start uses the same data, until this process ends.
 *
 * @throws Error with one sentence when another one does
 */
export function claimDataFolder(dataFolder: string): void {
	const file = lockFile(dataFolder);
	const other = existsSync(file) ? Number(readFileSync(file, 'utf8')) : undefined;
	if (other !== undefined && other !== process.pid && isAlive(other)) {
		throw new Error(
			`The sandbox is running already (process ${other}): stop it first, or delete ${file} if that process is something else.`,
		);
	}
	mkdirSync(dataFolder, { recursive: true });
	writeFileSync(file, String(process.pid));
	process.once('exit', () => rmSync(file, { force: true }));
}

/** Forgets everything that earlier starts left. */
export function wipe(dataFolder: string): void {
	for (const part of ['demo.json', 'marketplace', 'n8n', 'package']) {
		rmSync(join(dataFolder, part), { recursive: true, force: true, maxRetries: 3 });
	}
}
