import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { converse, toPieces } from '../../kit/converse';
import type { Sandbox } from '../../kit/sandbox';
import type { ChatMessage, ChatRequest } from '../../making/chat';
import type { JsonSchema } from '../../making/jsonInstance';
import { parse } from './values';

const partsSchema = z.array(
	z
		.object({
			text: z.string().optional(),
			functionCall: z.object({ name: z.string() }).passthrough().optional(),
			functionResponse: z.object({ name: z.string(), response: z.unknown() }).passthrough().optional(),
			inlineData: z.object({}).passthrough().optional(),
			fileData: z.object({}).passthrough().optional(),
		})
		.passthrough(),
);

const schemaSchema = z.record(z.unknown()).nullish();

const bodySchema = z.object({
	contents: z.array(z.object({ role: z.string().optional(), parts: partsSchema })).min(1),
	systemInstruction: z.object({ parts: z.union([partsSchema, z.object({ text: z.string() })]) }).nullish(),
	tools: z
		.array(
			z
				.object({
					functionDeclarations: z
						.array(
							z.object({
								name: z.string(),
								description: z.string().optional(),
								parameters: schemaSchema,
								parametersJsonSchema: schemaSchema,
							}),
						)
						.optional(),
				})
				.passthrough(),
		)
		.nullish(),
	toolConfig: z
		.object({ functionCallingConfig: z.object({ mode: z.string().optional() }).passthrough().optional() })
		.passthrough()
		.nullish(),
	generationConfig: z
		.object({ responseMimeType: z.string().nullish(), responseSchema: schemaSchema, responseJsonSchema: schemaSchema })
		.passthrough()
		.nullish(),
});

type Parts = z.output<typeof partsSchema>;

const toText = (parts: Parts) => parts.flatMap(({ text }) => text ?? []).join('\n');

function toMessage({ role, parts }: { role?: string; parts: Parts }): ChatMessage {
	const results = parts.flatMap(({ functionResponse }) =>
		functionResponse ? [JSON.stringify(functionResponse.response)] : [],
	);
	if (results.length > 0) return { role: 'tool', text: results.join('\n') };
	return {
		role: role === 'model' ? 'assistant' : 'user',
		text: toText(parts),
		attachments: parts.filter(({ inlineData, fileData }) => inlineData ?? fileData).length,
		toolNames: parts.flatMap(({ functionCall }) => functionCall?.name ?? []),
	};
}

const TOOL_CHOICES: Record<string, string> = { ANY: 'required', NONE: 'none' };

function toChatRequest(body: z.output<typeof bodySchema>): ChatRequest {
	const system = body.systemInstruction?.parts;
	const { responseMimeType, responseSchema, responseJsonSchema } = body.generationConfig ?? {};
	return {
		messages: [
			...(system ? [{ role: 'system' as const, text: Array.isArray(system) ? toText(system) : system.text }] : []),
			...body.contents.map(toMessage),
		],
		tools: (body.tools ?? []).flatMap(({ functionDeclarations = [] }) =>
			functionDeclarations.map(({ name, description, parameters, parametersJsonSchema }) => ({
				name,
				description,
				parameters: (parameters ?? parametersJsonSchema ?? {}) as JsonSchema,
			})),
		),
		toolChoice: TOOL_CHOICES[body.toolConfig?.functionCallingConfig?.mode ?? ''] ?? 'auto',
		json:
			responseMimeType === 'application/json'
				? { schema: (responseSchema ?? responseJsonSchema ?? undefined) as JsonSchema }
				: undefined,
	};
}

/** Gemini API: POST /models/{text model}:generateContent. */
export function generateTextContent(sandbox: Sandbox, model: string, body: unknown) {
	const reply = converse(sandbox, 'gemini', toChatRequest(parse(bodySchema, body)));
	const calls = reply.toolCalls.map((call) => ({ functionCall: { name: call.name, args: call.arguments } }));
	const parts: object[] = reply.text || calls.length === 0 ? [{ text: reply.text }, ...calls] : calls;
	return {
		candidates: [{ content: { parts, role: 'model' }, finishReason: 'STOP', index: 0 }],
		usageMetadata: {
			promptTokenCount: reply.inputTokens,
			candidatesTokenCount: reply.outputTokens,
			totalTokenCount: reply.inputTokens + reply.outputTokens,
		},
		modelVersion: model,
		responseId: randomUUID(),
	};
}

/** The pieces in which an answer is streamed; the last one tells how it finished. */
export function toChunks(answer: ReturnType<typeof generateTextContent>): object[] {
	const { content, finishReason, index } = answer.candidates[0]!;
	const pieces = content.parts.flatMap((part) =>
		'text' in part ? toPieces(String(part.text)).map((text) => ({ text })) : [part],
	);
	return pieces.map((part, position) => ({
		...answer,
		candidates: [
			{ content: { ...content, parts: [part] }, index, ...(position === pieces.length - 1 ? { finishReason } : {}) },
		],
	}));
}
