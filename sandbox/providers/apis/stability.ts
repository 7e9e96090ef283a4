import { randomBytes } from 'node:crypto';
import { Hono } from 'hono';
import { readMultipart, Refusal, toBuffers, type ProviderApi } from '../kit/api';
import { drawPicture, mimeTypeOf, UnreadablePictureError, type PictureFormat } from '../making/picture';
import { createRandom } from '../making/random';

/** The side of a square picture of each service, in pixels. */
const SIDES: Record<string, number> = { core: 1536, ultra: 1024, sd3: 1024 };
const ASPECT_RATIOS = ['16:9', '1:1', '21:9', '2:3', '3:2', '4:5', '5:4', '9:16', '9:21'];
const FORMATS: PictureFormat[] = ['png', 'jpeg', 'webp'];
const LONGEST_PROMPT = 10_000;
const LARGEST_SEED = 2 ** 32 - 2;

interface Order {
	prompt: string;
	format: PictureFormat;
	seed: number;
	width: number;
	height: number;
}

/** Checks the form's fields; all that is wrong is told at once. */
function readOrder(fields: Record<string, string>, side: number, hasImage: boolean): Order {
	const { prompt = '', aspect_ratio: ratio = '1:1', output_format: format = 'png', seed = '0' } = fields;
	const errors: string[] = [];
	if (!prompt.trim()) errors.push('prompt: cannot be empty');
	if (prompt.length > LONGEST_PROMPT) errors.push(`prompt: must be ${LONGEST_PROMPT} characters or fewer`);
	if (!ASPECT_RATIOS.includes(ratio)) errors.push(`aspect_ratio: must be one of ${ASPECT_RATIOS.join(', ')}`);
	if (!FORMATS.includes(format as PictureFormat)) errors.push(`output_format: must be one of ${FORMATS.join(', ')}`);
	if (!/^\d+$/.test(seed) || Number(seed) > LARGEST_SEED)
		errors.push(`seed: must be a number from 0 to ${LARGEST_SEED}`);
	if (hasImage && !(Number(fields.strength) >= 0 && Number(fields.strength) <= 1)) {
		errors.push('strength: must be a number from 0 to 1 when an image is given');
	}
	if (errors.length > 0) throw new Refusal(400, errors.join('\n'), { code: 'bad_request' });
	const [across, down] = ratio.split(':').map(Number) as [number, number];
	const width = Math.round((side * Math.sqrt(across / down)) / 64) * 64;
	return {
		prompt,
		format: format as PictureFormat,
		// 0 means any: here the one that the prompt decides.
		seed: Number(seed) || createRandom(prompt).whole(1, LARGEST_SEED),
		width,
		height: Math.round((width * down) / across / 64) * 64,
	};
}

const ERROR_NAMES: Record<number, string> = {
	400: 'bad_request',
	401: 'unauthorized',
	402: 'payment_required',
	403: 'content_moderation',
	404: 'not_found',
	429: 'rate_limit_exceeded',
};

/** Stand-in for Stability AI: `<server>/stability` is its `https://api.stability.ai`; POST /v2beta/stable-image/generate/{core, ultra, sd3}. */
export const stability: ProviderApi = {
	name: 'stability',
	toErrorBody: ({ status, message, detail }) => ({
		id: randomBytes(16).toString('hex'),
		name: detail.code ?? ERROR_NAMES[status] ?? 'internal_error',
		errors: message.split('\n'),
	}),
	routes(sandbox) {
		const routes = new Hono();
		routes.use('*', async (c, next) => {
			const key = c.req.header('authorization')?.match(/^Bearer\s+(\S+)$/i)?.[1];
			if (!key) throw new Refusal(401, 'authorization: missing');
			if (key === 'wrong') throw new Refusal(401, 'authorization: invalid or missing header value');
			await next();
		});
		routes.post('/v2beta/stable-image/generate/:service', async (c) => {
			const side = SIDES[c.req.param('service')];
			if (!side) throw new Refusal(404, 'The requested resource could not be found');
			if (!c.req.header('content-type')?.includes('multipart/form-data')) {
				throw new Refusal(400, 'content-type: must be multipart/form-data');
			}
			const { fields, files } = await readMultipart(c);
			const references = await toBuffers(files.image);
			const order = readOrder(fields, side, references.length > 0);
			let picture: Buffer;
			try {
				picture = await drawPicture({ ...order, references });
			} catch (error) {
				if (!(error instanceof UnreadablePictureError)) throw error;
				throw new Refusal(400, 'image: the image could not be decoded');
			}
			sandbox.ledger.addGeneration('stability', 'image', order.prompt);
			if (c.req.header('accept')?.startsWith('application/json')) {
				return c.json({ image: picture.toString('base64'), finish_reason: 'SUCCESS', seed: order.seed });
			}
			return c.body(new Uint8Array(picture), 200, {
				'content-type': mimeTypeOf(order.format),
				'finish-reason': 'SUCCESS',
				seed: String(order.seed),
			});
		});
		return routes;
	},
};
