import { z } from 'zod';
import type { Sandbox } from '../../kit/sandbox';
import { drawPicture } from '../../making/picture';
import { parse, pictureSize } from './values';

const predictSchema = z.object({
	instances: z.array(z.object({ prompt: z.string() })).min(1),
	parameters: z
		.object({
			sampleCount: z.coerce.number().int().min(1).max(4).default(1),
			aspectRatio: z.string().optional(),
			imageSize: z.string().optional(),
		})
		.default({}),
});

/** Gemini API: POST /models/{imagen model}:predict. */
export async function predictImages(sandbox: Sandbox, body: unknown) {
	const { instances, parameters } = parse(predictSchema, body);
	const prompt = instances[0]!.prompt;
	const size = pictureSize(parameters.aspectRatio, parameters.imageSize);
	const predictions = [];
	for (let seed = 0; seed < parameters.sampleCount; seed++) {
		const picture = await drawPicture({ prompt, ...size, seed });
		sandbox.ledger.addGeneration('gemini', 'image', prompt);
		predictions.push({ mimeType: 'image/png', bytesBase64Encoded: picture.toString('base64') });
	}
	return { predictions };
}
