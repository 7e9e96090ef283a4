import { setTimeout as wait } from 'node:timers/promises';
import { Hono, type Context } from 'hono';
import { z } from 'zod';
import { originOf, readJsonObject, Refusal, type ProviderApi } from '../kit/api';
import { fileUrl } from '../kit/files';
import type { Job } from '../kit/jobs';
import { makePictureFile, makeVideoFile } from '../kit/media';
import { loadReference } from '../kit/references';
import { startJob, type Sandbox } from '../kit/sandbox';
import { callWebhook, checkWebhook } from '../kit/webhook';

const VIDEO_MODEL = /video|veo|kling|sora|hailuo|minimax|luma|runway|wan-|pixverse|seedance/i;
/** Models whose output is a list of links even for one picture; the others give one link. */
const LIST_MODEL = /schnell|flux-dev|sdxl|stable-diffusion-3?$/i;

const ASPECT_RATIOS = ['1:1', '16:9', '21:9', '3:2', '2:3', '4:5', '5:4', '3:4', '4:3', '9:16', '9:21'] as const;

/** The inputs that Replicate's image and video models have in common; a model's others are taken and not used. */
const inputSchema = z
	.object({
		prompt: z.string().min(1),
		aspect_ratio: z.enum(ASPECT_RATIOS).default('1:1'),
		width: z.number().int().min(64).max(2048).optional(),
		height: z.number().int().min(64).max(2048).optional(),
		num_outputs: z.number().int().min(1).max(4).default(1),
		output_format: z.enum(['webp', 'jpg', 'png']).default('webp'),
		output_quality: z.number().int().min(0).max(100).default(80),
		seed: z.number().int().nullish(),
		duration: z.number().min(1).max(20).default(5),
		image: z.string().nullish(),
		input_image: z.string().nullish(),
		image_prompt: z.string().nullish(),
		image_input: z.array(z.string()).nullish(),
		start_image: z.string().nullish(),
		first_frame_image: z.string().nullish(),
	})
	.passthrough();

type Input = z.output<typeof inputSchema>;

const bodySchema = z
	.object({
		version: z.string().optional(),
		input: z.record(z.unknown()),
		webhook: z.string().optional(),
		webhook_events_filter: z.array(z.enum(['start', 'output', 'logs', 'completed'])).optional(),
	})
	.passthrough();

/** What is wrong with a request's body, in Replicate's words. */
function toValidationRefusal(error: z.ZodError, prefix: string[]): Refusal {
	const problems = error.issues.map(({ path, message }) => {
		const field = [...prefix, ...path];
		return message === 'Required'
			? `- ${field.slice(0, -1).join('.') || '(root)'}: ${String(field.at(-1))} is required`
			: `- ${field.join('.')}: ${message}`;
	});
	return new Refusal(422, `${problems.join('\n')}\n`, { type: 'Input validation failed' });
}

async function run(sandbox: Sandbox, origin: string, model: string, input: Input): Promise<string | string[]> {
	const { prompt, seed } = input;
	const addresses = [
		input.image,
		input.input_image,
		input.image_prompt,
		input.start_image,
		input.first_frame_image,
		...(input.image_input ?? []),
	];
	const references = await Promise.all(
		addresses.flatMap((address) => (address ? [loadReference(sandbox, address)] : [])),
	);
	if (VIDEO_MODEL.test(model)) {
		const size = input.aspect_ratio.startsWith('9:') ? { width: 720, height: 1280 } : { width: 1280, height: 720 };
		const request = { prompt, ...size, seconds: input.duration, seed: seed ?? 0, reference: references[0] };
		return fileUrl(origin, await makeVideoFile(sandbox, 'replicate', request));
	}
	const [across, down] = input.aspect_ratio.split(':').map(Number) as [number, number];
	const scale = 1024 / Math.sqrt(across * down);
	const width = input.width ?? Math.round((across * scale) / 16) * 16;
	const height = input.height ?? Math.round((down * scale) / 16) * 16;
	const links: string[] = [];
	for (let index = 0; index < input.num_outputs; index++) {
		const format = input.output_format === 'jpg' ? 'jpeg' : input.output_format;
		const quality = Math.max(1, input.output_quality);
		const request = { prompt, width, height, seed: (seed ?? 0) + index, format, quality, references } as const;
		links.push(fileUrl(origin, await makePictureFile(sandbox, 'replicate', request)));
	}
	return LIST_MODEL.test(model) || links.length > 1 ? links : links[0]!;
}

interface Prediction {
	model: string;
	version: string;
	input: Record<string, unknown>;
	job: Job<string | string[]>;
	origin: string;
}

const STATUSES = {
	queued: 'starting',
	running: 'processing',
	succeeded: 'succeeded',
	failed: 'failed',
	canceled: 'canceled',
} as const;

function toPredictionObject({ model, version, input, job, origin }: Prediction, state = job.state) {
	const base = `${origin}/replicate/v1/predictions/${job.id}`;
	const hasEnded = state === 'succeeded' || state === 'failed';
	const seconds = job.finishedAt ? (job.finishedAt.getTime() - job.startedAt.getTime()) / 1000 : 0;
	return {
		id: job.id,
		model,
		version,
		input,
		logs: '',
		output: state === 'succeeded' ? job.result! : null,
		data_removed: false,
		error: state === 'failed' ? job.error! : null,
		source: 'api',
		status: STATUSES[state],
		created_at: job.createdAt.toISOString(),
		started_at: state === 'queued' ? null : job.startedAt.toISOString(),
		completed_at: hasEnded && job.finishedAt ? job.finishedAt.toISOString() : null,
		urls: { get: base, cancel: `${base}/cancel` },
		metrics: hasEnded ? { predict_time: Math.max(0, seconds) } : {},
	};
}

async function sendOutcome(webhook: string, prediction: Prediction) {
	await prediction.job.ended;
	await callWebhook(webhook, toPredictionObject(prediction));
}

/** How many seconds the request wants to wait for the result: `Prefer: wait` is 60, `Prefer: wait=n` is n; 0 without. */
function readPatience(prefer: string | undefined): number {
	const wish = prefer?.match(/\bwait(?:=(\d+))?/);
	return wish ? Math.min(60, Number(wish[1] ?? 60)) : 0;
}

const POLL_MS = 50;

/** Waits until the prediction has ended, for so many seconds at most; whether it has. */
async function hasEndedWithin({ job }: Prediction, seconds: number): Promise<boolean> {
	const deadline = Date.now() + seconds * 1000;
	for (;;) {
		const state = job.poll();
		if (state !== 'queued' && state !== 'running') return true;
		if (Date.now() >= deadline) return false;
		await wait(POLL_MS);
	}
}

function requireKey(authorization: string | undefined) {
	const key = authorization?.match(/^(?:Bearer|Token)\s+(\S+)$/i)?.[1];
	if (!key) throw new Refusal(401, 'You did not pass an authentication token', { type: 'Unauthenticated' });
	if (key === 'wrong')
		throw new Refusal(401, 'You did not pass a valid authentication token', { type: 'Unauthenticated' });
}

/** Stand-in for Replicate: `<server>/replicate/v1` is its `https://api.replicate.com/v1`. */
export const replicate: ProviderApi = {
	name: 'replicate',
	toErrorBody: ({ status, message, detail }) => ({
		...(detail.type ? { title: detail.type } : {}),
		detail: message,
		status,
	}),
	routes(sandbox) {
		const routes = new Hono();
		const predictions = new Map<string, Prediction>();
		const find = (c: Context): Prediction => {
			const prediction = predictions.get(c.req.param('id') ?? '');
			if (!prediction) throw new Refusal(404, 'The requested resource could not be found.');
			return prediction;
		};

		/** Replicate API: creates a prediction; with `Prefer: wait` answers 201 with the result, or 202 when it took too long. */
		const create = async (c: Context, model: string, version: string, body: z.output<typeof bodySchema>) => {
			checkWebhook(body.webhook);
			const parsed = inputSchema.safeParse(body.input);
			if (!parsed.success) throw toValidationRefusal(parsed.error, ['input']);
			const origin = originOf(c);
			const job = startJob(
				sandbox,
				'replicate',
				c.req.path,
				async () => await run(sandbox, origin, model, parsed.data),
			);
			const prediction: Prediction = { model, version, input: body.input, job, origin };
			predictions.set(job.id, prediction);
			if (body.webhook && (body.webhook_events_filter ?? ['completed']).includes('completed'))
				void sendOutcome(body.webhook, prediction);
			const patience = readPatience(c.req.header('prefer'));
			if (patience === 0) return c.json(toPredictionObject(prediction, 'queued'), 201);
			const hasEnded = await hasEndedWithin(prediction, patience);
			return c.json(toPredictionObject(prediction), hasEnded ? 201 : 202);
		};
		const readBody = async (c: Context) => {
			const body = bodySchema.safeParse(await readJsonObject(c));
			if (!body.success) throw toValidationRefusal(body.error, []);
			return body.data;
		};

		routes.use('*', async (c, next) => {
			requireKey(c.req.header('authorization'));
			await next();
		});
		routes.get('/v1/account', (c) => c.json({ type: 'user', username: 'sandbox', name: 'Local sandbox' }));
		routes.post('/v1/predictions', async (c) => {
			const body = await readBody(c);
			if (!body.version) throw new Refusal(422, '- (root): version is required\n', { type: 'Input validation failed' });
			// `owner/name`, `owner/name:version` or a bare version.
			const [name, version] = body.version.split(':');
			return await create(c, name!.includes('/') ? name! : 'unknown/model', version ?? name!, body);
		});
		routes.post('/v1/models/:owner/:name/predictions', async (c) => {
			const { owner, name } = c.req.param();
			return await create(c, `${owner}/${name}`, 'hidden', await readBody(c));
		});
		routes.get('/v1/predictions', (c) =>
			c.json({
				previous: null,
				next: null,
				results: [...predictions.values()].reverse().map((each) => toPredictionObject(each)),
			}),
		);
		routes.get('/v1/predictions/:id', (c) => {
			const prediction = find(c);
			return c.json(toPredictionObject(prediction, prediction.job.poll()));
		});
		routes.post('/v1/predictions/:id/cancel', (c) => {
			const prediction = find(c);
			prediction.job.cancel();
			return c.json(toPredictionObject(prediction));
		});
		return routes;
	},
};
