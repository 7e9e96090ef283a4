import { createRandom, type Random } from './random';
import { toSubject } from './text';

/** The parts of JSON Schema that are followed; any other keyword is ignored. */
export interface JsonSchema {
	$ref?: string;
	type?: string | string[];
	enum?: unknown[];
	const?: unknown;
	default?: unknown;
	properties?: Record<string, JsonSchema>;
	required?: string[];
	items?: JsonSchema;
	minItems?: number;
	maxItems?: number;
	anyOf?: JsonSchema[];
	oneOf?: JsonSchema[];
	allOf?: JsonSchema[];
	format?: string;
	minLength?: number;
	maxLength?: number;
	minimum?: number;
	maximum?: number;
	exclusiveMinimum?: number;
	exclusiveMaximum?: number;
}

const FORMATS: Record<string, string> = {
	'date-time': '2026-01-15T09:30:00Z',
	date: '2026-01-15',
	time: '09:30:00Z',
	email: 'someone@example.com',
	uri: 'https://example.com/',
	uuid: '00000000-0000-4000-8000-000000000000',
};

/** Deeper than this, recursive schemas get no optional parts. */
const DEEPEST = 6;

function resolve(schema: JsonSchema, root: JsonSchema): JsonSchema {
	if (!schema.$ref?.startsWith('#')) return schema;
	let target: unknown = root;
	for (const key of schema.$ref.slice(1).split('/').filter(Boolean)) {
		target = (target as Record<string, unknown> | undefined)?.[key.replaceAll('~1', '/').replaceAll('~0', '~')];
	}
	return (target as JsonSchema | undefined) ?? {};
}

interface Context {
	root: JsonSchema;
	prompt: string;
	subject: string;
	random: Random;
}

/** A text for the property of that name; links and ids are taken from the prompt where it has some. */
function makeString(schema: JsonSchema, name: string, { prompt, subject }: Context): string {
	if (schema.format === 'uri' || /url|link/i.test(name))
		return prompt.match(/https?:\/\/[^\s"'<>)]+/)?.[0] ?? FORMATS.uri!;
	if (schema.format && FORMATS[schema.format]) return FORMATS[schema.format]!;
	if (/mail/i.test(name)) return FORMATS.email!;
	const id = /(?:^|_|[a-z])id$/i.test(name) ? prompt.match(/\b[a-z]{2,6}_\w*\d\w*/)?.[0] : undefined;
	if (id) return id;
	const label = name
		.replace(/[_-]+/g, ' ')
		.replace(/([a-z])([A-Z])/g, '$1 $2')
		.toLowerCase();
	const text = /prompt|title|name|subject|query|^(?:\d+)?$/i.test(name) ? subject : `The ${label} of ${subject}`;
	return text.padEnd(schema.minLength ?? 0, '.').slice(0, schema.maxLength ?? 2_000);
}

function makeNumber(schema: JsonSchema, whole: boolean, random: Random): number {
	const step = whole ? 1 : 0.5;
	const low = schema.minimum ?? (schema.exclusiveMinimum === undefined ? undefined : schema.exclusiveMinimum + step);
	const high = schema.maximum ?? (schema.exclusiveMaximum === undefined ? undefined : schema.exclusiveMaximum - step);
	const from = low ?? (high === undefined ? 1 : high - 9);
	const to = high ?? from + 9;
	return whole ? random.whole(Math.ceil(from), Math.floor(to)) : Math.round(random.between(from, to) * 100) / 100;
}

function make(schema: JsonSchema, name: string, context: Context, depth: number): unknown {
	const { root, random } = context;
	if (schema.$ref) return make(resolve(schema, root), name, context, depth + 1);
	if (schema.const !== undefined) return schema.const;
	if (schema.enum?.length) return random.pick(schema.enum);
	const alternative = (schema.anyOf ?? schema.oneOf)?.find(({ type }) => String(type).toLowerCase() !== 'null');
	if (alternative) return make(alternative, name, context, depth);
	if (schema.allOf?.length) {
		const parts = schema.allOf.map((part) => make(part, name, context, depth));
		return parts.every((part) => typeof part === 'object') ? Object.assign({}, ...parts) : parts[0];
	}
	// Gemini writes the names of types in capitals.
	const types = [schema.type ?? (schema.properties ? 'object' : schema.items ? 'array' : 'string')]
		.flat()
		.map((type) => type.toLowerCase());
	switch (types.find((type) => type !== 'null') ?? 'null') {
		case 'object': {
			const names = Object.keys(schema.properties ?? {}).filter(
				(key) => depth < DEEPEST || schema.required?.includes(key),
			);
			return Object.fromEntries(names.map((key) => [key, make(schema.properties![key]!, key, context, depth + 1)]));
		}
		case 'array': {
			const length =
				depth < DEEPEST
					? Math.min(Math.max(schema.minItems ?? 0, 2), schema.maxItems ?? Number.POSITIVE_INFINITY)
					: (schema.minItems ?? 0);
			const label = (index: number) => `${name}${name ? '_' : ''}${index + 1}`;
			return Array.from({ length }, (_, index) => make(schema.items ?? {}, label(index), context, depth + 1));
		}
		case 'integer':
			return makeNumber(schema, true, random);
		case 'number':
			return makeNumber(schema, false, random);
		case 'boolean':
			return true;
		case 'null':
			return null;
		default:
			return makeString(schema, name, context);
	}
}

/** Makes a value that fits a JSON Schema, with its texts about the prompt. The same prompt and schema give the same value. */
export function makeJsonInstance(schema: JsonSchema, prompt: string): unknown {
	const random = createRandom(`${prompt}\u0000${JSON.stringify(schema)}`);
	return make(schema, '', { root: schema, prompt, subject: toSubject(prompt), random }, 0);
}
