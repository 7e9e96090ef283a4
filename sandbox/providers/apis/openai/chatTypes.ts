import { z } from 'zod';
import { Refusal } from '../../kit/api';
import type { ChatTool } from '../../making/chat';
import type { JsonSchema } from '../../making/jsonInstance';

const CHAT_MODEL = /^(?:gpt-(?!image)|chatgpt-(?!image)|o\d)/;

const jsonSchema = z.record(z.unknown());

/** A function tool, in the nested form of /chat/completions or the flat one of /responses; other kinds of tool pass through unused. */
const toolSchema = z
	.object({
		type: z.string(),
		name: z.string().optional(),
		description: z.string().nullish(),
		parameters: jsonSchema.nullish(),
		function: z
			.object({ name: z.string(), description: z.string().nullish(), parameters: jsonSchema.nullish() })
			.optional(),
	})
	.passthrough();

export const toolsSchema = z.array(toolSchema).nullish();

export const toolChoiceSchema = z
	.union([
		z.enum(['auto', 'none', 'required']),
		z
			.object({ type: z.string(), name: z.string().optional(), function: z.object({ name: z.string() }).optional() })
			.passthrough(),
	])
	.nullish();

/** The function tools of a request. */
export function toChatTools(tools: z.output<typeof toolsSchema>): ChatTool[] {
	return (tools ?? []).flatMap(({ type, name, description, parameters, function: nested }) => {
		const definition = nested ?? { name, description, parameters };
		if (type !== 'function' || !definition.name) return [];
		return [
			{
				name: definition.name,
				description: definition.description ?? undefined,
				parameters: (definition.parameters ?? {}) as JsonSchema,
			},
		];
	});
}

/** `auto`, `none`, `required` or a tool's name. */
export function toToolChoice(choice: z.output<typeof toolChoiceSchema>): string {
	if (!choice) return 'auto';
	return typeof choice === 'string' ? choice : (choice.name ?? choice.function?.name ?? 'auto');
}

/**
 * A request's body in the schema's shape, for a model that can chat.
 *
 * @throws {Refusal} 400 for a missing or wrong parameter, 404 for a model that is none or does not chat
 */
export function parseChatBody<Schema extends z.ZodTypeAny>(
	schema: Schema,
	body: Record<string, unknown>,
): z.output<Schema> {
	const { model } = body;
	if (typeof model !== 'string' || !model)
		throw new Refusal(400, 'you must provide a model parameter', { param: 'model' });
	if (!CHAT_MODEL.test(model)) {
		throw new Refusal(404, `The model '${model}' does not exist, or it is not a chat model.`, {
			param: 'model',
			code: 'model_not_found',
		});
	}
	const result = schema.safeParse(body);
	if (result.success) return result.data as z.output<Schema>;
	const { path, message } = result.error.issues[0]!;
	const param = path
		.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`))
		.join('')
		.replace(/^\./, '');
	if (message === 'Required') {
		throw new Refusal(400, `Missing required parameter: '${param}'.`, { param, code: 'missing_required_parameter' });
	}
	throw new Refusal(400, `Invalid value for '${param}': ${message}.`, { param, code: 'invalid_value' });
}
