import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { Refusal } from '../../kit/api';
import type { Sandbox } from '../../kit/sandbox';
import { drawPicture, UnreadablePictureError } from '../../making/picture';
import { findFile } from './files';
import { parse, pictureSize } from './values';

const partSchema = z
	.object({
		text: z.string().optional(),
		inlineData: z.object({ mimeType: z.string(), data: z.string() }).optional(),
		fileData: z.object({ mimeType: z.string().optional(), fileUri: z.string() }).optional(),
	})
	.passthrough();

const contentSchema = z.object({
	contents: z.array(z.object({ role: z.string().optional(), parts: z.array(partSchema) })).min(1),
	generationConfig: z
		.object({
			responseModalities: z.array(z.string()).optional(),
			imageConfig: z.object({ aspectRatio: z.string().optional(), imageSize: z.string().optional() }).optional(),
		})
		.passthrough()
		.default({}),
});

type Part = z.output<typeof partSchema>;

/** The pictures among a request's parts, inline or uploaded before. */
function toReferences(sandbox: Sandbox, parts: readonly Part[]): Buffer[] {
	return parts.flatMap(({ inlineData, fileData }) => {
		if (inlineData) return [Buffer.from(inlineData.data, 'base64')];
		return fileData ? [findFile(sandbox, fileData.fileUri).content] : [];
	});
}

/** Gemini API: POST /models/{image model}:generateContent. Pictures of the request show in the result. */
export async function generateImageContent(sandbox: Sandbox, model: string, body: unknown) {
	const { contents, generationConfig } = parse(contentSchema, body);
	const { parts } = contents.filter(({ role }) => role !== 'model').at(-1) ?? contents.at(-1)!;
	const prompt = parts
		.map(({ text }) => text ?? '')
		.join('\n')
		.trim();
	if (!prompt) throw new Refusal(400, 'GenerateContentRequest.contents: contents.parts must not be empty.');
	const modalities = (generationConfig.responseModalities ?? ['TEXT', 'IMAGE']).map((modality) =>
		modality.toUpperCase(),
	);
	if (!modalities.includes('IMAGE')) {
		throw new Refusal(400, `The model ${model} makes images: responseModalities has to contain IMAGE.`);
	}
	const { aspectRatio, imageSize } = generationConfig.imageConfig ?? {};
	const references = toReferences(sandbox, parts);
	let picture: Buffer;
	try {
		picture = await drawPicture({ prompt, ...pictureSize(aspectRatio, imageSize), references });
	} catch (error) {
		if (!(error instanceof UnreadablePictureError)) throw error;
		throw new Refusal(400, 'Unable to process input image. Please retry or report it.');
	}
	sandbox.ledger.addGeneration('gemini', 'image', prompt);
	const promptTokenCount = Math.ceil(prompt.length / 4) + references.length * 258;
	return {
		candidates: [
			{
				content: {
					parts: [
						...(modalities.includes('TEXT') ? [{ text: 'Here is your picture.' }] : []),
						{ inlineData: { mimeType: 'image/png', data: picture.toString('base64') } },
					],
					role: 'model',
				},
				finishReason: 'STOP',
				index: 0,
			},
		],
		usageMetadata: { promptTokenCount, candidatesTokenCount: 1290, totalTokenCount: promptTokenCount + 1290 },
		modelVersion: model,
		responseId: randomUUID(),
	};
}
