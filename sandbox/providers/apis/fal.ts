import { Hono, type Context } from 'hono';
import { z } from 'zod';
import { originOf, readJsonObject, Refusal, type ProviderApi } from '../kit/api';
import { fileUrl } from '../kit/files';
import type { Job } from '../kit/jobs';
import { makePictureFile, makeVideoFile } from '../kit/media';
import { loadReference, UnreachableReferenceError } from '../kit/references';
import { startJob, type Sandbox } from '../kit/sandbox';
import { callWebhook, checkWebhook } from '../kit/webhook';
import { createRandom } from '../making/random';
import { UnreadablePictureError } from '../making/picture';

const SIZES: Record<string, { width: number; height: number }> = {
	square_hd: { width: 1024, height: 1024 },
	square: { width: 512, height: 512 },
	portrait_4_3: { width: 768, height: 1024 },
	portrait_16_9: { width: 576, height: 1024 },
	landscape_4_3: { width: 1024, height: 768 },
	landscape_16_9: { width: 1024, height: 576 },
};

const ASPECT_RATIOS: Record<string, { width: number; height: number }> = {
	'1:1': SIZES.square_hd!,
	'3:4': SIZES.portrait_4_3!,
	'9:16': { width: 720, height: 1280 },
	'4:3': SIZES.landscape_4_3!,
	'16:9': { width: 1280, height: 720 },
};

const VIDEO_MODEL = /video|veo|kling|sora|hailuo|minimax|luma|runway|wan\b|pixverse|seedance/i;

/** The parameters that fal's image and video models have in common; a model's others are taken and not used. */
const inputSchema = z
	.object({
		prompt: z.string().min(1, 'String should have at least 1 character'),
		image_size: z
			.union([
				z.enum(Object.keys(SIZES) as [string, ...string[]]),
				z.object({ width: z.number().int().min(64).max(2048), height: z.number().int().min(64).max(2048) }),
			])
			.optional(),
		aspect_ratio: z.enum(Object.keys(ASPECT_RATIOS) as [string, ...string[]]).optional(),
		num_images: z.number().int().min(1).max(4).default(1),
		seed: z.number().int().nullish(),
		output_format: z.enum(['jpeg', 'png']).default('jpeg'),
		duration: z.union([z.number(), z.string().regex(/^\d+s?$/)]).default(5),
		image_url: z.string().nullish(),
		image_urls: z.array(z.string()).nullish(),
		sync_mode: z.boolean().default(false),
	})
	.passthrough();

type Input = z.output<typeof inputSchema>;

/** fal's refusals hold either a sentence or a list of what is wrong with the input. */
class InputRefusal extends Refusal {
	constructor(readonly problems: Array<{ loc: Array<string | number>; msg: string; type: string }>) {
		super(422, problems.map(({ loc, msg }) => `${loc.join('.')}: ${msg}`).join('; '));
	}
}

function parseInput(body: unknown): Input {
	const input = inputSchema.safeParse(body);
	if (input.success) return input.data;
	throw new InputRefusal(
		input.error.issues.map(({ path, message }) => ({
			loc: ['body', ...path],
			msg: message === 'Required' ? 'Field required' : message,
			type: message === 'Required' ? 'missing' : 'value_error',
		})),
	);
}

async function loadReferences(sandbox: Sandbox, input: Input): Promise<Buffer[]> {
	const addresses = input.image_urls ?? (input.image_url ? [input.image_url] : []);
	try {
		return await Promise.all(addresses.map(async (address) => await loadReference(sandbox, address)));
	} catch (error) {
		if (!(error instanceof UnreachableReferenceError)) throw error;
		throw new InputRefusal([{ loc: ['body', 'image_url'], msg: error.message, type: 'file_download_error' }]);
	}
}

/** Runs a model: what fal gives as its result. */
async function run(sandbox: Sandbox, origin: string, model: string, input: Input): Promise<object> {
	const references = await loadReferences(sandbox, input);
	const { prompt, seed: wantedSeed } = input;
	const seed = wantedSeed ?? createRandom(prompt).whole(0, 2 ** 31);
	if (VIDEO_MODEL.test(model)) {
		const size = ASPECT_RATIOS[input.aspect_ratio ?? '16:9']!;
		const seconds = Math.min(20, Math.max(1, Number.parseInt(String(input.duration), 10)));
		const file = await makeVideoFile(sandbox, 'fal', { prompt, ...size, seconds, seed, reference: references[0] });
		return {
			video: {
				url: fileUrl(origin, file),
				content_type: file.mimeType,
				file_name: 'output.mp4',
				file_size: file.content.length,
			},
			seed,
		};
	}
	const size =
		typeof input.image_size === 'object'
			? input.image_size
			: (SIZES[input.image_size ?? ''] ?? ASPECT_RATIOS[input.aspect_ratio ?? ''] ?? SIZES.landscape_4_3!);
	const images = [];
	for (let index = 0; index < input.num_images; index++) {
		const request = { prompt, ...size, seed: seed + index, format: input.output_format, references };
		const file = await makePictureFile(sandbox, 'fal', request);
		const url = input.sync_mode
			? `data:${file.mimeType};base64,${file.content.toString('base64')}`
			: fileUrl(origin, file);
		images.push({ url, ...size, content_type: file.mimeType });
	}
	return { images, timings: { inference: 0.5 }, seed, has_nsfw_concepts: images.map(() => false), prompt };
}

/** Turns what the drawing could not do into the refusal that the result's reader gets. */
async function runOrRefuse(sandbox: Sandbox, origin: string, model: string, input: Input): Promise<object> {
	try {
		return await run(sandbox, origin, model, input);
	} catch (error) {
		if (!(error instanceof UnreadablePictureError)) throw error;
		throw new InputRefusal([{ loc: ['body', 'image_url'], msg: error.message, type: 'image_load_error' }]);
	}
}

interface QueuedRequest {
	app: string;
	job: Job<{ status: 200; body: object } | { status: 422; body: object }>;
}

/** `Key <key>`, as fal wants it; any key will do but none and `wrong`. */
function requireKey(authorization: string | undefined) {
	const key = authorization?.match(/^(?:Key|Bearer)\s+(\S+)$/i)?.[1];
	if (!key) throw new Refusal(401, 'Authentication is required to access this application');
	if (key === 'wrong') throw new Refusal(401, 'No user found for Key ID and Secret');
}

/** The queue: submit, status, result, cancel. */
function queueRoutes(sandbox: Sandbox): Hono {
	const routes = new Hono();
	const requests = new Map<string, QueuedRequest>();
	const find = (c: Context): QueuedRequest => {
		const { owner, name, id } = c.req.param() as Record<string, string>;
		const request = requests.get(id!);
		if (request?.app !== `${owner}/${name}`) throw new Refusal(404, 'Request not found');
		return request;
	};
	const toUrls = (c: Context, app: string, id: string) => {
		const base = `${originOf(c)}/fal/queue/${app}/requests/${id}`;
		return { request_id: id, response_url: base, status_url: `${base}/status`, cancel_url: `${base}/cancel` };
	};

	routes.get('/:owner/:name/requests/:id/status', (c) => {
		const { app, job } = find(c);
		const urls = toUrls(c, app, job.id);
		const state = job.poll();
		if (state === 'queued') return c.json({ status: 'IN_QUEUE', queue_position: 0, ...urls }, 202);
		if (state === 'running') return c.json({ status: 'IN_PROGRESS', logs: null, ...urls }, 202);
		// A failed request is completed as well: its error is the result.
		const failure =
			state === 'succeeded' ? {} : { error: job.error ?? 'Request was cancelled', error_type: 'request_failed' };
		return c.json({ status: 'COMPLETED', logs: null, metrics: { inference_time: 0.5 }, ...failure, ...urls });
	});
	routes.put('/:owner/:name/requests/:id/cancel', (c) => {
		return find(c).job.cancel()
			? c.json({ status: 'CANCELLATION_REQUESTED' }, 202)
			: c.json({ status: 'ALREADY_COMPLETED' }, 400);
	});
	routes.get('/:owner/:name/requests/:id', (c) => {
		const { job } = find(c);
		if (job.state === 'queued' || job.state === 'running') throw new Refusal(400, 'Request is still in progress');
		if (job.state === 'canceled') throw new Refusal(400, 'Request was cancelled');
		if (job.state === 'failed') throw new Refusal(500, job.error ?? 'Internal Server Error');
		const { status, body } = job.result!;
		return c.json(body, status);
	});

	routes.post('/*', async (c) => {
		const model = c.req.path.replace(/^\/fal\/queue\//, '');
		const [owner, name] = model.split('/');
		if (!owner || !name) throw new Refusal(404, `Application '${model}' not found`);
		const webhook = c.req.query('fal_webhook');
		checkWebhook(webhook);
		const body = await readJsonObject(c);
		const origin = originOf(c);
		// The queue takes any input: what is wrong with it is told with the result.
		const job: QueuedRequest['job'] = startJob(sandbox, 'fal', c.req.path, async () => {
			try {
				return { status: 200 as const, body: await runOrRefuse(sandbox, origin, model, parseInput(body)) };
			} catch (error) {
				if (!(error instanceof InputRefusal)) throw error;
				return { status: 422 as const, body: { detail: error.problems } };
			}
		});
		requests.set(job.id, { app: `${owner}/${name}`, job });
		if (webhook) void sendOutcome(webhook, job);
		return c.json({ status: 'IN_QUEUE', queue_position: 0, ...toUrls(c, `${owner}/${name}`, job.id) });
	});
	return routes;
}

async function sendOutcome(webhook: string, job: QueuedRequest['job']) {
	await job.ended;
	if (job.state === 'canceled') return;
	const isFine = job.result?.status === 200;
	await callWebhook(webhook, {
		request_id: job.id,
		gateway_request_id: job.id,
		status: isFine ? 'OK' : 'ERROR',
		...(isFine ? {} : { error: job.error ?? 'Invalid status code: 422' }),
		payload: job.result?.body ?? null,
	});
}

/**
 * Stand-in for fal.ai: `<server>/fal/run/<model>` is its `https://fal.run/<model>`, `<server>/fal/queue/<model>` its
 * `https://queue.fal.run/<model>`. Models with a video maker's name make videos, all others pictures.
 */
export const fal: ProviderApi = {
	name: 'fal',
	toErrorBody: (refusal) => ({ detail: refusal instanceof InputRefusal ? refusal.problems : refusal.message }),
	routes(sandbox) {
		const routes = new Hono();
		routes.use('*', async (c, next) => {
			requireKey(c.req.header('authorization'));
			await next();
		});
		routes.route('/queue', queueRoutes(sandbox));
		routes.post('/run/*', async (c) => {
			const model = c.req.path.replace(/^\/fal\/run\//, '');
			return c.json(await runOrRefuse(sandbox, originOf(c), model, parseInput(await readJsonObject(c))));
		});
		return routes;
	},
};
