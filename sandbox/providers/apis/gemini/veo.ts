import type { Context } from 'hono';
import { z } from 'zod';
import { originOf, Refusal } from '../../kit/api';
import type { StoredFile } from '../../kit/files';
import type { Job } from '../../kit/jobs';
import { makeVideoFile } from '../../kit/media';
import { startJob, type Sandbox } from '../../kit/sandbox';
import { parse } from './values';

const SIZES: Record<string, { width: number; height: number }> = {
	'16:9': { width: 1280, height: 720 },
	'9:16': { width: 720, height: 1280 },
};

const bodySchema = z.object({
	instances: z
		.array(
			z
				.object({
					prompt: z.string().min(1),
					image: z.object({ bytesBase64Encoded: z.string() }).passthrough().optional(),
				})
				.passthrough(),
		)
		.min(1),
	parameters: z
		.object({
			aspectRatio: z.enum(['16:9', '9:16']).default('16:9'),
			durationSeconds: z.coerce.number().int().min(4).max(8).default(8),
			sampleCount: z.coerce.number().int().min(1).max(4).default(1),
		})
		.passthrough()
		.default({}),
});

/** Gemini API: POST /models/{veo model}:predictLongRunning and GET /models/{model}/operations/{operation}. */
export function videoOperations(sandbox: Sandbox) {
	const operations = new Map<string, { name: string; job: Job<StoredFile[]> }>();
	return {
		start(c: Context, model: string, body: unknown) {
			const { instances, parameters } = parse(bodySchema, body);
			const { prompt, image } = instances[0]!;
			const reference = image && Buffer.from(image.bytesBase64Encoded, 'base64');
			const { aspectRatio, durationSeconds: seconds, sampleCount } = parameters;
			const job = startJob(sandbox, 'gemini', c.req.path, async () => {
				const files: StoredFile[] = [];
				for (let seed = 0; seed < sampleCount; seed++) {
					files.push(
						await makeVideoFile(sandbox, 'gemini', { prompt, ...SIZES[aspectRatio]!, seconds, seed, reference }),
					);
				}
				return files;
			});
			const name = `models/${model}/operations/${job.id}`;
			operations.set(job.id, { name, job });
			return { name };
		},

		read(c: Context, id: string) {
			const operation = operations.get(id);
			if (!operation) throw new Refusal(404, `Operation ${id} is not found.`);
			const { name, job } = operation;
			const state = job.poll();
			if (state === 'failed') return { name, done: true, error: { code: 13, message: job.error } };
			if (state !== 'succeeded') return { name };
			const generatedSamples = job.result!.map((file) => ({
				video: { uri: `${originOf(c)}/gemini/v1beta/files/${file.id}:download?alt=media` },
			}));
			return {
				name,
				done: true,
				response: {
					'@type': 'type.googleapis.com/google.ai.generativelanguage.v1beta.PredictLongRunningResponse',
					generateVideoResponse: { generatedSamples },
				},
			};
		},
	};
}
