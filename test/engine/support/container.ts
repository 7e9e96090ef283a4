import './environment';

import { dirname, join } from 'node:path';
import { BinaryDataConfig, BinaryDataService } from 'n8n-core';
import type { IBinaryData } from 'n8n-workflow';

import { DATA_FOLDER } from './environment';

/** n8n's registry of services, as far as tests need it. */
interface ServiceContainer {
	get<T>(type: abstract new (...args: never[]) => T): T;
}

/** The registry that n8n-core itself uses: its own copy of the package, whichever n8n-core the tests run on. */
export const { Container } = require(
	require.resolve('@n8n/di', { paths: [dirname(require.resolve('n8n-core'))] }),
) as { Container: ServiceContainer };

/** Where n8n keeps the content of files: inside the items, or in files of its own (its default). */
export type BinaryMode = 'memory' | 'filesystem';

/** Switches n8n's storage for binary data. */
export async function useBinaryMode(mode: BinaryMode): Promise<void> {
	const config = Container.get(BinaryDataConfig);
	config.localStoragePath = join(DATA_FOLDER, 'binary');
	config.mode = mode === 'memory' ? 'default' : 'filesystem';
	await Container.get(BinaryDataService).init();
}

/** The content of a binary field of an item that a run put out. */
export async function contentOf(binary: IBinaryData | undefined): Promise<Buffer> {
	if (!binary) throw new Error('The item has no such binary field');
	return await Container.get(BinaryDataService).getAsBuffer(binary);
}
