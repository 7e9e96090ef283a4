import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';

import type { PrepareJob } from '../measure/job';
import type { UploadOptions } from './upload50';

/** One streamed PUT of the file with Node's own HTTP client, and nothing around it. */
export const prepare: PrepareJob<UploadOptions> = async ({ apiUrl, file, warmUpFile }) => {
	const put = async (path: string): Promise<void> => {
		const sent = request(`${apiUrl}/blob/?pathname=raw`, {
			method: 'PUT',
			headers: { 'content-type': 'video/mp4', 'content-length': (await stat(path)).size, authorization: 'Bearer token' },
		});
		const answered = new Promise<void>((done, failed) => {
			sent.on('error', failed);
			sent.on('response', (response) => {
				text(response).then(() => (response.statusCode === 200 ? done() : failed(new Error(`HTTP ${response.statusCode}`))), failed);
			});
		});
		await pipeline(createReadStream(path), sent);
		await answered;
	};
	return { warmUp: async () => await put(warmUpFile), run: async () => await put(file) };
};
