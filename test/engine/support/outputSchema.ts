import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Ajv from 'ajv';
import type { IDataObject } from 'n8n-workflow';

import { PROJECT_ROOT } from '../../../scripts/support/paths';

type TypeName = 'array' | 'boolean' | 'null' | 'number' | 'object' | 'string';

/**
 * A JSON schema as n8n's editor reads it to show an operation's fields before its first run. The editor takes the first of
 * several types, and looks into objects and lists only when they have one type: those that may be null say so apart.
 */
export interface OutputSchema {
	type?: TypeName | TypeName[];
	nullable?: true;
	properties?: Record<string, OutputSchema>;
	items?: OutputSchema;
	version?: number;
}

/** Fields that hold values by names that are data, e.g. numbers by category, or a description meant for programs. */
const FREE_OBJECTS = new Set([
	'extensions',
	'ordersByStatus',
	'requirement_answers',
	'servicesByCategory',
	'servicesByModel',
	'servicesByProvider',
]);

/** Types of fields that may be empty in all outputs, and of the entries of such lists, by the API's documentation. */
const DOCUMENTED_TYPES: Record<string, Exclude<TypeName, 'null'>> = {
	avg_rating: 'number',
	bio: 'string',
	claimant_wallet: 'string',
	client_name: 'string',
	completed_at: 'string',
	deliverable_media_type: 'string',
	deliverable_url: 'string',
	delivered_at: 'string',
	error: 'string',
	'provider_models[]': 'string',
	'reference_images[]': 'string',
	'reference_urls[]': 'string',
	requirement_answers: 'object',
	review_deadline: 'string',
	twitter_username: 'string',
	unavailable_because: 'string',
	user_id: 'string',
	warning: 'string',
};

/** Where n8n looks for the schema of an operation of the Atelier node. */
function schemaFile(resource: string, operation: string): string {
	return join(PROJECT_ROOT, 'nodes', 'Atelier', '__schema__', 'v1.0.0', resource, `${operation}.json`);
}

/** The schema of an operation as it is kept; undefined when there is none. */
export function readSchema(resource: string, operation: string): OutputSchema | undefined {
	const file = schemaFile(resource, operation);
	return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as OutputSchema) : undefined;
}

/** Puts the schema where n8n finds it. */
export function writeSchema(resource: string, operation: string, schema: OutputSchema): void {
	const file = schemaFile(resource, operation);
	mkdirSync(dirname(file), { recursive: true });
	writeFileSync(file, `${JSON.stringify(schema, null, '\t')}\n`);
}

/**
 * The schema of an operation that has put out these items.
 *
 * @throws Error when the type of a field is not known, because it was empty in all of them
 */
export function schemaOf(items: IDataObject[]): OutputSchema {
	return { ...inferred(items, ''), version: 1 };
}

function inferred(values: unknown[], path: string): OutputSchema {
	const name = path.split('.').pop()!;
	const types = [...new Set(values.map(typeOf))].filter((type): type is Exclude<TypeName, 'null'> => type !== 'null').sort();
	const isNullable = values.some((value) => typeOf(value) === 'null');
	if (types.length === 0) {
		const documented = DOCUMENTED_TYPES[name];
		if (!documented) throw new Error(`Nobody knows the type of ${path}: it is always empty`);
		types.push(documented);
	}
	if (types.length > 1 || !['array', 'object'].includes(types[0])) {
		const all: TypeName[] = isNullable ? [...types, 'null'] : types;
		return { type: all.length === 1 ? all[0] : all };
	}
	const nullable = isNullable ? { nullable: true as const } : {};
	if (types[0] === 'array') {
		const entries = values.flatMap((value) => (Array.isArray(value) ? (value as unknown[]) : []));
		return { type: 'array', ...nullable, items: inferred(entries, `${path}[]`) };
	}
	if (FREE_OBJECTS.has(name)) return { type: 'object', ...nullable };
	const objects = values.filter((value): value is IDataObject => typeOf(value) === 'object');
	const keys = [...new Set(objects.flatMap((object) => Object.keys(object)))];
	const properties = keys.map((key) => {
		const present = objects.filter((object) => key in object).map((object) => object[key]);
		return [key, inferred(present, path === '' ? key : `${path}.${key}`)];
	});
	return { type: 'object', ...nullable, properties: Object.fromEntries(properties) as Record<string, OutputSchema> };
}

function typeOf(value: unknown): TypeName {
	if (value === null || value === undefined) return 'null';
	return Array.isArray(value) ? 'array' : (typeof value as TypeName);
}

const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
ajv.addKeyword('version');

/** What of an item its schema does not allow, one line each; a field that the schema does not know counts, too. */
export function violations(schema: OutputSchema, item: IDataObject): string[] {
	const validate = ajv.compile(closed(schema));
	if (validate(item)) return [];
	return (validate.errors ?? []).map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`);
}

function closed({ properties, items, ...schema }: OutputSchema): object {
	return {
		...schema,
		...(items && { items: closed(items) }),
		...(properties && {
			properties: Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, closed(property)])),
			additionalProperties: false,
		}),
	};
}
