import { z } from 'zod';
import { makeJsonInstance, type JsonSchema } from './jsonInstance';
import { writeText } from './text';

export interface ChatMessage {
	role: 'system' | 'user' | 'assistant' | 'tool';
	text: string;
	/** How many pictures or files go with the text. */
	attachments?: number;
	/** Names of the tools that an assistant's message calls. */
	toolNames?: string[];
}

export interface ChatTool {
	name: string;
	description?: string;
	parameters: JsonSchema;
}

/** A conversation in no provider's dialect. */
export interface ChatRequest {
	messages: ChatMessage[];
	tools: ChatTool[];
	/** `auto`, `none`, `required`, or the name of the tool that has to be called. */
	toolChoice: string;
	/** Whether the answer has to be JSON, and of which schema. */
	json?: { schema?: JsonSchema };
}

export interface ToolCall {
	name: string;
	arguments: Record<string, unknown>;
}

/** What the model says: words, tool calls, or both. */
export interface ChatReply {
	text: string;
	toolCalls: ToolCall[];
}

/** The tool by which n8n's agents hand over a structured final answer. */
const FINAL_ANSWER_TOOL = 'format_final_json_response';

const FORMAT_INSTRUCTIONS = /You must format your output as a JSON value[\s\S]*$/;

const schemaSchema = z
	.object({ type: z.string().optional(), properties: z.record(z.unknown()).optional() })
	.passthrough();

/** What the user asks for: the last user message with words, without instructions on the format of the answer. */
export function toPrompt({ messages }: ChatRequest): string {
	const texts = messages
		.filter(({ role }) => role === 'user')
		.map(({ text }) => text.replace(FORMAT_INSTRUCTIONS, '').trim());
	return texts.filter(Boolean).at(-1) ?? '';
}

/** The whole conversation as one text. */
export const toTranscript = ({ messages }: ChatRequest): string => messages.map(({ text }) => text).join('\n');

/** The JSON Schema that a conversation asks for in words: the last fenced JSON block that is one. */
function findSchemaInWords(transcript: string): JsonSchema | undefined {
	if (!FORMAT_INSTRUCTIONS.test(transcript)) return undefined;
	for (const [, block] of [...transcript.matchAll(/```(?:json)?\s*([\s\S]*?)```/g)].reverse()) {
		try {
			const schema = schemaSchema.parse(JSON.parse(block!));
			if (schema.type || schema.properties) return schema as JsonSchema;
		} catch {
			// Some other block: an example, or no JSON at all.
		}
	}
	return undefined;
}

function callTool({ name, parameters }: ChatTool, prompt: string): ChatReply {
	const value = makeJsonInstance({ ...parameters, type: 'object' }, prompt);
	return { text: '', toolCalls: [{ name, arguments: value as Record<string, unknown> }] };
}

/** The tool that the model turns to on its own, if any: one that is demanded, or that the prompt names and nobody called yet. */
function chooseTool(request: ChatRequest, prompt: string): ChatTool | undefined {
	const { messages, tools, toolChoice } = request;
	if (toolChoice === 'none') return undefined;
	const ordinary = tools.filter(({ name }) => name !== FINAL_ANSWER_TOOL);
	const called = new Set(
		messages
			.slice(messages.findLastIndex(({ role }) => role === 'user') + 1)
			.flatMap(({ toolNames }) => toolNames ?? []),
	);
	if (toolChoice === 'required') return ordinary.find(({ name }) => !called.has(name)) ?? tools[0];
	if (toolChoice !== 'auto') return tools.find(({ name }) => name === toolChoice);
	const words = prompt.toLowerCase().replaceAll('_', ' ');
	const named = ordinary.find(
		({ name }) => !called.has(name) && words.includes(name.toLowerCase().replaceAll('_', ' ')),
	);
	return named ?? tools.find(({ name }) => name === FINAL_ANSWER_TOOL);
}

/**
 * Answers a conversation without a model behind it: calls a tool that is demanded or that the prompt names, gives JSON where
 * JSON is asked for, and else writes a short text or program about the prompt. The same conversation gives the same answer.
 */
export function answerChat(request: ChatRequest): ChatReply {
	const prompt = toPrompt(request);
	const tool = chooseTool(request, prompt);
	if (tool) return callTool(tool, prompt);

	const fromWords = findSchemaInWords(toTranscript(request));
	const schema = request.json?.schema ?? fromWords;
	if (schema) {
		const json = JSON.stringify(makeJsonInstance(schema, prompt), null, 2);
		return { text: request.json ? json : `\`\`\`json\n${json}\n\`\`\``, toolCalls: [] };
	}
	if (request.json) return { text: JSON.stringify({ answer: writeText(prompt) }), toolCalls: [] };

	const lastTool = request.messages.at(-1);
	if (lastTool?.role === 'tool') return { text: `The tool answered: ${lastTool.text}`, toolCalls: [] };
	const attachments = request.messages.reduce((sum, message) => sum + (message.attachments ?? 0), 0);
	const seen =
		attachments > 0 ? `You sent ${attachments} ${attachments === 1 ? 'attachment' : 'attachments'} along.\n\n` : '';
	return { text: seen + writeText(prompt), toolCalls: [] };
}
