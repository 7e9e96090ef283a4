import { Hono, type Context } from 'hono';
import { z } from 'zod';
import { readJsonObject, Refusal, type ProviderApi } from '../kit/api';
import type { Sandbox } from '../kit/sandbox';
import { drawPicture, UnreadablePictureError } from '../making/picture';
import { createRandom } from '../making/random';

const CHECKPOINT = 'sandbox.safetensors [0000000000]';

/** The parameters that have an effect here; the API's others are taken, echoed and not used. */
const bodySchema = z
	.object({
		prompt: z.string().default(''),
		negative_prompt: z.string().default(''),
		seed: z.number().int().default(-1),
		steps: z.number().int().default(50),
		cfg_scale: z.number().default(7),
		sampler_name: z.string().nullish(),
		width: z.number().int().min(64).max(2048).default(512),
		height: z.number().int().min(64).max(2048).default(512),
		batch_size: z.number().int().min(1).max(8).default(1),
		n_iter: z.number().int().min(1).max(8).default(1),
		init_images: z.array(z.string()).nullish(),
	})
	.passthrough();

type Body = z.output<typeof bodySchema>;

/** A body that does not fit, as FastAPI reports it. */
class ValidationRefusal extends Refusal {
	constructor(readonly problems: Array<{ loc: Array<string | number>; msg: string; type: string }>) {
		super(422, 'Unprocessable Entity');
	}
}

async function readBody(c: Context): Promise<Body> {
	const body = bodySchema.safeParse(await readJsonObject(c));
	if (body.success) return body.data;
	throw new ValidationRefusal(
		body.error.issues.map(({ path, message }) => ({ loc: ['body', ...path], msg: message, type: 'value_error' })),
	);
}

async function generate(sandbox: Sandbox, body: Body, references: Buffer[]) {
	const { prompt, width, height } = body;
	const seed = body.seed >= 0 ? body.seed : createRandom(prompt).whole(0, 2 ** 32 - 1);
	const seeds = Array.from({ length: body.batch_size * body.n_iter }, (_, index) => seed + index);
	const images: string[] = [];
	for (const each of seeds) {
		// What Stable Diffusion makes looks like photographs, and its PNG files are as large.
		const picture = await drawPicture({ prompt, width, height, seed: each, references, grain: 1 });
		sandbox.ledger.addGeneration('a1111', 'image', prompt);
		images.push(picture.toString('base64'));
	}
	const sampler = body.sampler_name ?? 'Euler a';
	const info = {
		prompt,
		all_prompts: seeds.map(() => prompt),
		negative_prompt: body.negative_prompt,
		seed,
		all_seeds: seeds,
		width,
		height,
		sampler_name: sampler,
		cfg_scale: body.cfg_scale,
		steps: body.steps,
		batch_size: body.batch_size,
		sd_model_name: 'sandbox',
		infotexts: seeds.map(
			(each) =>
				`${prompt}\nSteps: ${body.steps}, Sampler: ${sampler}, CFG scale: ${body.cfg_scale}, Seed: ${each}, Size: ${width}x${height}`,
		),
	};
	const { init_images: _initImages, ...parameters } = body;
	return { images, parameters, info: JSON.stringify(info) };
}

/** Stand-in for the Stable Diffusion web UI (AUTOMATIC1111, Forge): `<server>/a1111` is its `http://127.0.0.1:7860`. It wants no key. */
export const automatic1111: ProviderApi = {
	name: 'a1111',
	toErrorBody: (refusal) =>
		refusal instanceof ValidationRefusal
			? { detail: refusal.problems }
			: { error: 'HTTPException', detail: refusal.message, body: '', errors: refusal.message },
	routes(sandbox) {
		const routes = new Hono();
		routes.post('/sdapi/v1/txt2img', async (c) => c.json(await generate(sandbox, await readBody(c), [])));
		routes.post('/sdapi/v1/img2img', async (c) => {
			const body = await readBody(c);
			if (!body.init_images?.length) throw new Refusal(404, 'Init image not found');
			const references = body.init_images.map((image) => Buffer.from(image.replace(/^data:[^,]*,/, ''), 'base64'));
			try {
				return c.json(await generate(sandbox, body, references));
			} catch (error) {
				if (!(error instanceof UnreadablePictureError)) throw error;
				throw new Refusal(500, 'Invalid encoded image');
			}
		});
		routes.get('/sdapi/v1/sd-models', (c) =>
			c.json([
				{
					title: CHECKPOINT,
					model_name: 'sandbox',
					hash: '0000000000',
					sha256: null,
					filename: 'sandbox.safetensors',
					config: null,
				},
			]),
		);
		routes.get('/sdapi/v1/samplers', (c) =>
			c.json(['Euler a', 'DPM++ 2M'].map((name) => ({ name, aliases: [], options: {} }))),
		);
		routes.get('/sdapi/v1/options', (c) => c.json({ sd_model_checkpoint: CHECKPOINT }));
		routes.post('/sdapi/v1/options', (c) => c.json(null));
		routes.get('/sdapi/v1/progress', (c) =>
			c.json({
				progress: 0,
				eta_relative: 0,
				state: { skipped: false, interrupted: false, job: '', job_count: 0 },
				current_image: null,
				textinfo: null,
			}),
		);
		return routes;
	},
};
