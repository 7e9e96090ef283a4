import { randomBytes } from 'node:crypto';
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { z } from 'zod';
import { readJsonObject, Refusal } from '../../kit/api';
import { converse, toPieces, type CountedReply } from '../../kit/converse';
import type { Sandbox } from '../../kit/sandbox';
import type { ChatMessage, ChatRequest } from '../../making/chat';
import type { JsonSchema } from '../../making/jsonInstance';
import { parseChatBody, toChatTools, toolChoiceSchema, toolsSchema, toToolChoice } from './chatTypes';

const messageSchema = z
	.object({
		role: z.enum(['system', 'developer', 'user', 'assistant', 'tool', 'function']),
		content: z
			.union([z.string(), z.array(z.object({ type: z.string(), text: z.string().optional() }).passthrough())])
			.nullish(),
		tool_calls: z.array(z.object({ function: z.object({ name: z.string() }) })).nullish(),
	})
	.passthrough();

const bodySchema = z
	.object({
		model: z.string(),
		messages: z.array(messageSchema),
		tools: toolsSchema,
		tool_choice: toolChoiceSchema,
		response_format: z
			.object({
				type: z.string(),
				json_schema: z
					.object({ schema: z.record(z.unknown()).optional() })
					.passthrough()
					.optional(),
			})
			.nullish(),
		stream: z.boolean().nullish(),
		stream_options: z.object({ include_usage: z.boolean().optional() }).passthrough().nullish(),
		n: z.number().int().min(1).max(8).nullish(),
	})
	.passthrough();

type Body = z.output<typeof bodySchema>;

function toChatMessage({ role, content, tool_calls: toolCalls }: Body['messages'][number]): ChatMessage {
	const parts = typeof content === 'string' ? [{ type: 'text', text: content }] : (content ?? []);
	return {
		role: role === 'developer' ? 'system' : role === 'function' ? 'tool' : role,
		text: parts.flatMap(({ text }) => text ?? []).join('\n'),
		attachments: parts.filter(({ type }) => type !== 'text').length,
		toolNames: toolCalls?.map((call) => call.function.name),
	};
}

function toChatRequest({ messages, tools, tool_choice: choice, response_format: format }: Body): ChatRequest {
	if (messages.length === 0) {
		throw new Refusal(400, "Invalid 'messages': empty array. Expected an array with minimum length 1.", {
			param: 'messages',
			code: 'empty_array',
		});
	}
	const isJson = format?.type === 'json_object' || format?.type === 'json_schema';
	return {
		messages: messages.map(toChatMessage),
		tools: toChatTools(tools),
		toolChoice: toToolChoice(choice),
		json: isJson ? { schema: format.json_schema?.schema as JsonSchema | undefined } : undefined,
	};
}

const toUsage = ({ inputTokens, outputTokens }: CountedReply) => ({
	prompt_tokens: inputTokens,
	completion_tokens: outputTokens,
	total_tokens: inputTokens + outputTokens,
	prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
	completion_tokens_details: {
		reasoning_tokens: 0,
		audio_tokens: 0,
		accepted_prediction_tokens: 0,
		rejected_prediction_tokens: 0,
	},
});

const toToolCalls = ({ toolCalls }: CountedReply) =>
	toolCalls.map((call) => ({
		id: `call_${randomBytes(12).toString('hex')}`,
		type: 'function',
		function: { name: call.name, arguments: JSON.stringify(call.arguments) },
	}));

const finishReasonOf = ({ toolCalls }: CountedReply) => (toolCalls.length > 0 ? 'tool_calls' : 'stop');

/** The pieces in which a reply is streamed, each the `delta` of one chunk. */
function toDeltas(reply: CountedReply): object[] {
	return [
		{ role: 'assistant', content: reply.toolCalls.length > 0 && !reply.text ? null : '', refusal: null },
		...toPieces(reply.text).map((content) => ({ content })),
		...toToolCalls(reply).flatMap((call, index) => [
			{ tool_calls: [{ ...call, index, function: { name: call.function.name, arguments: '' } }] },
			{ tool_calls: [{ index, function: { arguments: call.function.arguments } }] },
		]),
	];
}

/** OpenAI API: POST /chat/completions, streaming and not. */
export function chatRoutes(sandbox: Sandbox): Hono {
	const routes = new Hono();
	routes.post('/chat/completions', async (c) => {
		const body = parseChatBody(bodySchema, await readJsonObject(c));
		const request = toChatRequest(body);
		const replies = Array.from({ length: body.n ?? 1 }, () => converse(sandbox, 'openai', request));
		const head = {
			id: `chatcmpl-${randomBytes(12).toString('hex')}`,
			created: Math.floor(Date.now() / 1000),
			model: body.model,
			service_tier: 'default',
			system_fingerprint: null,
		};
		const usage = toUsage({
			...replies[0]!,
			outputTokens: replies.reduce((sum, reply) => sum + reply.outputTokens, 0),
		});
		if (!body.stream) {
			return c.json({
				...head,
				object: 'chat.completion',
				choices: replies.map((reply, index) => ({
					index,
					message: {
						role: 'assistant',
						content: reply.text || (reply.toolCalls.length > 0 ? null : ''),
						refusal: null,
						annotations: [],
						...(reply.toolCalls.length > 0 ? { tool_calls: toToolCalls(reply) } : {}),
					},
					logprobs: null,
					finish_reason: finishReasonOf(reply),
				})),
				usage,
			});
		}
		return streamSSE(c, async (stream) => {
			const send = async (chunk: object) =>
				await stream.writeSSE({ data: JSON.stringify({ ...head, object: 'chat.completion.chunk', ...chunk }) });
			for (const [index, reply] of replies.entries()) {
				for (const delta of toDeltas(reply))
					await send({ choices: [{ index, delta, logprobs: null, finish_reason: null }] });
				await send({ choices: [{ index, delta: {}, logprobs: null, finish_reason: finishReasonOf(reply) }] });
			}
			if (body.stream_options?.include_usage) await send({ choices: [], usage });
			await stream.writeSSE({ data: '[DONE]' });
		});
	});
	return routes;
}
