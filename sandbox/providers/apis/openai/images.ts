import { Hono, type Context } from 'hono';
import { originOf, readJsonObject, readMultipart, Refusal, toBuffers } from '../../kit/api';
import { fileUrl } from '../../kit/files';
import type { Sandbox } from '../../kit/sandbox';
import { drawPicture, mimeTypeOf, UnreadablePictureError, type PictureFormat } from '../../making/picture';

/** What sets the families of image models apart. */
interface ImageModelFamily {
	longestPrompt: number;
	mostImages: number;
	sizes: readonly string[];
	qualities: readonly string[];
	/** Qualities whose files are as large as a photograph's. */
	fine: readonly string[];
}

const FAMILIES: Record<string, ImageModelFamily> = {
	'gpt-image': {
		longestPrompt: 32_000,
		mostImages: 10,
		sizes: ['1024x1024', '1024x1536', '1536x1024', 'auto'],
		qualities: ['auto', 'low', 'medium', 'high'],
		fine: ['high'],
	},
	'dall-e-3': {
		longestPrompt: 4_000,
		mostImages: 1,
		sizes: ['1024x1024', '1024x1792', '1792x1024'],
		qualities: ['standard', 'hd', 'auto'],
		fine: ['hd'],
	},
	'dall-e-2': {
		longestPrompt: 1_000,
		mostImages: 10,
		sizes: ['256x256', '512x512', '1024x1024'],
		qualities: ['standard', 'auto'],
		fine: [],
	},
};

/** A request for images after its values were checked. */
interface ImageOrder {
	family: string;
	prompt: string;
	count: number;
	width: number;
	height: number;
	quality: string;
	grain: number;
	format: PictureFormat;
	compression: number;
	transparent: boolean;
	asUrl: boolean;
}

const list = (values: readonly string[]) => values.map((value) => `'${value}'`).join(', ');

function oneOf(values: readonly string[], param: string, value: unknown): string {
	if (values.includes(String(value))) return String(value);
	throw new Refusal(400, `Invalid value: '${String(value)}'. Supported values are: ${list(values)}.`, {
		param,
		code: 'invalid_value',
	});
}

function wholeBetween(low: number, high: number, param: string, value: unknown): number {
	const number = Number(value);
	if (Number.isInteger(number) && number >= low && number <= high) return number;
	throw new Refusal(
		400,
		`Invalid '${param}': expected a whole number from ${low} to ${high}, got '${String(value)}'.`,
		{
			param,
			code: number > high ? 'integer_above_max_value' : 'integer_below_min_value',
		},
	);
}

/** Checks the parameters of a generation or an edit as the API does, family by family. */
function readOrder(body: Record<string, unknown>): ImageOrder {
	const model = String(body.model ?? 'dall-e-2');
	const family = Object.keys(FAMILIES).find(
		(name) => model === name || (name === 'gpt-image' && model.startsWith(name)),
	);
	if (!family) {
		throw new Refusal(
			400,
			`Invalid value: '${model}'. Supported values are: 'gpt-image-1', 'gpt-image-1-mini', 'dall-e-2' and 'dall-e-3'.`,
			{
				param: 'model',
				code: 'invalid_value',
			},
		);
	}
	const rules = FAMILIES[family]!;
	const isGptImage = family === 'gpt-image';

	if (body.prompt === undefined) {
		throw new Refusal(400, "Missing required parameter: 'prompt'.", {
			param: 'prompt',
			code: 'missing_required_parameter',
		});
	}
	const prompt = String(body.prompt);
	if (!prompt.trim()) {
		throw new Refusal(400, "Invalid 'prompt': empty string. Expected a string with minimum length 1.", {
			param: 'prompt',
			code: 'empty_string',
		});
	}
	if (prompt.length > rules.longestPrompt) {
		throw new Refusal(
			400,
			`Invalid 'prompt': string too long. Expected a string with maximum length ${rules.longestPrompt}, but got a string with length ${prompt.length} instead.`,
			{ param: 'prompt', code: 'string_above_max_length' },
		);
	}
	if (isGptImage && body.response_format !== undefined) {
		throw new Refusal(400, "Unknown parameter: 'response_format'.", {
			param: 'response_format',
			code: 'unknown_parameter',
		});
	}
	if (body.stream === true || body.stream === 'true') {
		throw new Refusal(400, "The sandbox does not stream images: leave out 'stream'.", {
			param: 'stream',
			code: 'unsupported_value',
		});
	}

	const size = oneOf(rules.sizes, 'size', body.size ?? (isGptImage ? 'auto' : '1024x1024'));
	const [width, height] = size === 'auto' ? [1024, 1024] : size.split('x').map(Number);
	const quality = oneOf(rules.qualities, 'quality', body.quality ?? rules.qualities[0]);
	return {
		family,
		prompt,
		count: wholeBetween(1, rules.mostImages, 'n', body.n ?? 1),
		width: width!,
		height: height!,
		quality,
		grain: rules.fine.includes(quality) ? 1 : 0,
		format: isGptImage
			? (oneOf(['png', 'jpeg', 'webp'], 'output_format', body.output_format ?? 'png') as PictureFormat)
			: 'png',
		compression: wholeBetween(0, 100, 'output_compression', body.output_compression ?? 100),
		transparent: isGptImage && body.background === 'transparent',
		asUrl: !isGptImage && oneOf(['url', 'b64_json'], 'response_format', body.response_format ?? 'url') === 'url',
	};
}

async function answer(c: Context, sandbox: Sandbox, order: ImageOrder, references: Buffer[]) {
	const { prompt, count, width, height, format, grain, transparent } = order;
	const data: Array<Record<string, string>> = [];
	for (let seed = 0; seed < count; seed++) {
		let picture: Buffer;
		try {
			const quality = Math.max(1, order.compression);
			picture = await drawPicture({ prompt, width, height, seed, format, quality, grain, transparent, references });
		} catch (error) {
			if (!(error instanceof UnreadablePictureError)) throw error;
			throw new Refusal(400, 'Invalid image file or mode for image, please check your image file.', {
				param: 'image',
				code: 'invalid_image_file',
			});
		}
		sandbox.ledger.addGeneration('openai', 'image', prompt);
		data.push({
			...(order.asUrl
				? { url: fileUrl(originOf(c), sandbox.files.add(picture, mimeTypeOf(format))) }
				: { b64_json: picture.toString('base64') }),
			...(order.family === 'dall-e-3' ? { revised_prompt: prompt } : {}),
		});
	}
	const created = Math.floor(Date.now() / 1000);
	if (order.family !== 'gpt-image') return c.json({ created, data });
	const textTokens = Math.ceil(prompt.length / 4);
	const imageTokens = references.length * 272;
	const outputTokens = count * Math.round((width * height) / 1000);
	return c.json({
		created,
		background: transparent ? 'transparent' : 'opaque',
		data,
		output_format: format,
		quality: order.quality === 'auto' ? 'medium' : order.quality,
		size: `${width}x${height}`,
		usage: {
			input_tokens: textTokens + imageTokens,
			input_tokens_details: { image_tokens: imageTokens, text_tokens: textTokens },
			output_tokens: outputTokens,
			total_tokens: textTokens + imageTokens + outputTokens,
		},
	});
}

/** OpenAI API: POST /images/generations and POST /images/edits (a mask is accepted and not used). */
export function imageRoutes(sandbox: Sandbox): Hono {
	const routes = new Hono();
	routes.post('/images/generations', async (c) => await answer(c, sandbox, readOrder(await readJsonObject(c)), []));
	routes.post('/images/edits', async (c) => {
		const { fields, files } = await readMultipart(c);
		const order = readOrder(fields);
		const images = await toBuffers(files.image);
		if (images.length === 0) {
			throw new Refusal(400, "Missing required parameter: 'image'.", {
				param: 'image',
				code: 'missing_required_parameter',
			});
		}
		return await answer(c, sandbox, order, images);
	});
	return routes;
}
