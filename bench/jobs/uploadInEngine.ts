import { basename } from 'node:path';

import { runChain, startEngine, storeItems } from '../engine/engine';
import type { Step } from '../engine/engine';
import type { Job } from '../measure/job';
import type { UploadOptions } from './upload50';

/** The upload as a chain of nodes in n8n's engine, from a file in its filesystem binary mode. */
export async function uploadInEngine({ apiUrl, file, warmUpFile }: UploadOptions, steps: Step[]): Promise<Job> {
	await startEngine();
	const toItems = async (path: string) =>
		await storeItems([{ json: {}, file: { path, fileName: basename(path), mimeType: 'video/mp4' } }]);
	const [items, warmUpItems] = [await toItems(file), await toItems(warmUpFile)];
	return {
		warmUp: async () => void (await runChain(steps, warmUpItems, apiUrl)),
		run: async () => void (await runChain(steps, items, apiUrl)),
	};
}
