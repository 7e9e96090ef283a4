import { randomBytes } from 'node:crypto';
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { z } from 'zod';
import { readJsonObject, Refusal } from '../../kit/api';
import { converse, toPieces, type CountedReply } from '../../kit/converse';
import type { Job } from '../../kit/jobs';
import { startJob, type Sandbox } from '../../kit/sandbox';
import type { ChatMessage, ChatRequest } from '../../making/chat';
import type { JsonSchema } from '../../making/jsonInstance';
import { parseChatBody, toChatTools, toolChoiceSchema, toolsSchema, toToolChoice } from './chatTypes';

const itemSchema = z
	.object({
		type: z.string().optional(),
		role: z.enum(['system', 'developer', 'user', 'assistant']).optional(),
		content: z
			.union([z.string(), z.array(z.object({ type: z.string(), text: z.string().optional() }).passthrough())])
			.optional(),
		name: z.string().optional(),
		output: z.union([z.string(), z.array(z.object({ text: z.string().optional() }).passthrough())]).nullish(),
	})
	.passthrough();

const bodySchema = z
	.object({
		model: z.string(),
		input: z.union([z.string(), z.array(itemSchema)]),
		instructions: z.string().nullish(),
		previous_response_id: z.string().nullish(),
		tools: toolsSchema,
		tool_choice: toolChoiceSchema,
		text: z
			.object({
				format: z
					.object({ type: z.string(), schema: z.record(z.unknown()).optional() })
					.passthrough()
					.optional(),
			})
			.passthrough()
			.nullish(),
		stream: z.boolean().nullish(),
		background: z.boolean().nullish(),
		store: z.boolean().nullish(),
	})
	.passthrough();

type Body = z.output<typeof bodySchema>;

/** One item of the input as a message; items of other kinds (reasoning, …) are none. */
function toChatMessages(item: z.output<typeof itemSchema>): ChatMessage[] {
	if (item.type === 'function_call') return [{ role: 'assistant', text: '', toolNames: [item.name ?? ''] }];
	if (item.type === 'function_call_output') {
		const text =
			typeof item.output === 'string'
				? item.output
				: (item.output ?? []).map(({ text: part }) => part ?? '').join('\n');
		return [{ role: 'tool', text }];
	}
	if (!item.role) return [];
	const parts = typeof item.content === 'string' ? [{ type: 'input_text', text: item.content }] : (item.content ?? []);
	return [
		{
			role: item.role === 'developer' ? 'system' : item.role,
			text: parts.flatMap(({ text }) => text ?? []).join('\n'),
			attachments: parts.filter(({ type }) => type === 'input_image' || type === 'input_file').length,
		},
	];
}

function toChatRequest(body: Body, earlier: ChatMessage[]): ChatRequest {
	const { format } = body.text ?? {};
	const input =
		typeof body.input === 'string' ? [{ role: 'user' as const, text: body.input }] : body.input.flatMap(toChatMessages);
	return {
		messages: [
			...(body.instructions ? [{ role: 'system' as const, text: body.instructions }] : []),
			...earlier,
			...input,
		],
		tools: toChatTools(body.tools),
		toolChoice: toToolChoice(body.tool_choice),
		json:
			format?.type === 'json_object' || format?.type === 'json_schema'
				? { schema: format.schema as JsonSchema | undefined }
				: undefined,
	};
}

const newId = (prefix: string) => `${prefix}_${randomBytes(20).toString('hex')}`;

type OutputItem =
	| {
			type: 'message';
			id: string;
			status: string;
			role: string;
			content: Array<{ type: string; text: string; annotations: []; logprobs: [] }>;
	  }
	| { type: 'function_call'; id: string; status: string; call_id: string; name: string; arguments: string };

function toOutput({ text, toolCalls }: CountedReply): OutputItem[] {
	const calls = toolCalls.map((call): OutputItem => ({
		type: 'function_call',
		id: newId('fc'),
		status: 'completed',
		call_id: newId('call'),
		name: call.name,
		arguments: JSON.stringify(call.arguments),
	}));
	if (!text && calls.length > 0) return calls;
	const content = [{ type: 'output_text', text, annotations: [] as [], logprobs: [] as [] }];
	return [{ type: 'message', id: newId('msg'), status: 'completed', role: 'assistant', content }, ...calls];
}

function toUsage({ inputTokens, outputTokens }: CountedReply) {
	return {
		input_tokens: inputTokens,
		input_tokens_details: { cached_tokens: 0 },
		output_tokens: outputTokens,
		output_tokens_details: { reasoning_tokens: 0 },
		total_tokens: inputTokens + outputTokens,
	};
}

/** The response object without its outcome. */
function toResponseHead(body: Body, id: string) {
	return {
		id,
		object: 'response',
		created_at: Math.floor(Date.now() / 1000),
		error: null,
		incomplete_details: null,
		instructions: body.instructions ?? null,
		max_output_tokens: null,
		metadata: body.metadata ?? {},
		model: body.model,
		background: body.background ?? false,
		parallel_tool_calls: true,
		previous_response_id: body.previous_response_id ?? null,
		reasoning: { effort: null, summary: null },
		service_tier: 'default',
		store: body.store ?? true,
		temperature: 1,
		text: body.text ?? { format: { type: 'text' } },
		tool_choice: body.tool_choice ?? 'auto',
		tools: body.tools ?? [],
		top_p: 1,
		truncation: 'disabled',
		user: null,
	};
}

type ResponseHead = ReturnType<typeof toResponseHead>;

/** The events by which a finished response is streamed, in order, each with its place in the sequence. */
function toEvents(head: ResponseHead, output: OutputItem[], reply: CountedReply): Array<{ type: string }> {
	const unfinished = { ...head, status: 'in_progress', output: [], usage: null };
	const events: Array<{ type: string; [field: string]: unknown }> = [
		{ type: 'response.created', response: unfinished },
		{ type: 'response.in_progress', response: unfinished },
	];
	for (const [outputIndex, item] of output.entries()) {
		const place = { output_index: outputIndex, item_id: item.id };
		const empty = item.type === 'message' ? { content: [] } : { arguments: '' };
		events.push({
			type: 'response.output_item.added',
			output_index: outputIndex,
			item: { ...item, ...empty, status: 'in_progress' },
		});
		if (item.type === 'message') {
			const part = item.content[0]!;
			const textPlace = { ...place, content_index: 0 };
			events.push(
				{ type: 'response.content_part.added', ...textPlace, part: { ...part, text: '' } },
				...toPieces(part.text).map((delta) => ({
					type: 'response.output_text.delta',
					...textPlace,
					delta,
					logprobs: [],
				})),
				{ type: 'response.output_text.done', ...textPlace, text: part.text, logprobs: [] },
				{ type: 'response.content_part.done', ...textPlace, part },
			);
		} else {
			events.push(
				{ type: 'response.function_call_arguments.delta', ...place, delta: item.arguments },
				{ type: 'response.function_call_arguments.done', ...place, name: item.name, arguments: item.arguments },
			);
		}
		events.push({ type: 'response.output_item.done', output_index: outputIndex, item });
	}
	events.push({
		type: 'response.completed',
		response: { ...head, status: 'completed', output, usage: toUsage(reply) },
	});
	return events.map((event, index) => ({ ...event, sequence_number: index }));
}

/** A response that was asked for, finished or in the background. */
interface StoredResponse {
	head: ResponseHead;
	job: Job<{ reply: CountedReply; output: OutputItem[] }> | { result: { reply: CountedReply; output: OutputItem[] } };
	/** The conversation up to and with its answer, for requests that build on it. */
	conversation: ChatMessage[];
}

function toResponseObject({ head, job }: StoredResponse) {
	const state = 'poll' in job ? job.poll() : 'succeeded';
	if (state === 'succeeded') {
		const { reply, output } = job.result!;
		return { ...head, status: 'completed', output, usage: toUsage(reply) };
	}
	if (state === 'failed' && 'error' in job) {
		return { ...head, status: 'failed', output: [], usage: null, error: { code: 'server_error', message: job.error } };
	}
	return { ...head, status: state === 'queued' ? 'queued' : 'in_progress', output: [], usage: null };
}

/** OpenAI API: POST /responses (streaming, not, and in the background) and GET /responses/{id}. */
export function responseRoutes(sandbox: Sandbox): Hono {
	const routes = new Hono();
	const stored = new Map<string, StoredResponse>();

	routes.post('/responses', async (c) => {
		const body = parseChatBody(bodySchema, await readJsonObject(c));
		const previous = body.previous_response_id ? stored.get(body.previous_response_id) : undefined;
		if (body.previous_response_id && !previous) {
			throw new Refusal(400, `Previous response with id '${body.previous_response_id}' not found.`, {
				param: 'previous_response_id',
				code: 'previous_response_not_found',
			});
		}
		const request = toChatRequest(body, previous?.conversation ?? []);
		const head = toResponseHead(body, newId('resp'));
		const make = () => {
			const reply = converse(sandbox, 'openai', request);
			return { reply, output: toOutput(reply) };
		};
		if (body.background) {
			const job = startJob(sandbox, 'openai', c.req.path, async () => make());
			stored.set(head.id, { head, job, conversation: request.messages });
			return c.json({ ...head, status: 'queued', output: [], usage: null });
		}
		const result = make();
		const answer: ChatMessage = {
			role: 'assistant',
			text: result.reply.text,
			toolNames: result.reply.toolCalls.map(({ name }) => name),
		};
		const response: StoredResponse = { head, job: { result }, conversation: [...request.messages, answer] };
		if (body.store !== false) stored.set(head.id, response);
		if (!body.stream) return c.json(toResponseObject(response));
		return streamSSE(c, async (stream) => {
			for (const event of toEvents(head, result.output, result.reply)) {
				await stream.writeSSE({ event: event.type, data: JSON.stringify(event) });
			}
		});
	});

	routes.get('/responses/:id', (c) => {
		const response = stored.get(c.req.param('id'));
		if (!response) throw new Refusal(404, `Response with id '${c.req.param('id')}' not found.`);
		return c.json(toResponseObject(response));
	});
	return routes;
}
