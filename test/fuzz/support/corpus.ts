import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { resources } from '../../../nodes/Atelier/operations';
import type { NodeRun } from '../../engine/support/engine';
import type { TestItem } from '../../engine/support/nodeTypes';

/** Real answers of the sandbox marketplace, one file an operation, written by `npm run corpus`. */
export const CORPUS_FOLDER = join(__dirname, '..', 'corpus');

/** Stands in samples for the server's origin. */
export const ORIGIN = 'http://origin.invalid';

/** A request and its answer. */
export interface Exchange {
	/** Method and path without query, e.g. `GET /api/agents/me`. */
	call: string;
	status: number;
	/** The answer's Content-Type; absent when it had none. */
	type?: string;
	/** JSON as its value, anything else in hexadecimal. */
	body: unknown;
}

/** One run of an operation, with all that the server answered in it. */
export interface Sample {
	parameters: NodeRun['parameters'];
	/** Input items; absent for the usual empty one. */
	items?: TestItem[];
	exchanges: Exchange[];
}

/** Names of all operations, e.g. `order.getAll`. */
export const OPERATIONS = resources.flatMap(({ value, operations }) => operations.map((operation) => `${value}.${operation.value}`));

/** The samples of an operation. Throws when there is none. */
export function samplesOf(operation: string): Sample[] {
	const file = corpusFile(operation);
	if (!existsSync(file)) throw new Error(`There is no sample of ${operation}: npm run corpus records them`);
	return fromJson(readFileSync(file, 'utf8')) as Sample[];
}

export function corpusFile(operation: string): string {
	return join(CORPUS_FOLDER, `${operation}.json`);
}

/** Samples as JSON; contents of files are in base64. */
export function toJson(value: unknown, indent?: string): string {
	return JSON.stringify(value, (key, field: unknown) => (key === 'content' && isStoredBuffer(field) ? { base64: Buffer.from(field.data).toString('base64') } : field), indent);
}

function fromJson(text: string): unknown {
	return JSON.parse(text, (_key, field: { base64?: string } | null) =>
		typeof field === 'object' && typeof field?.base64 === 'string' ? Buffer.from(field.base64, 'base64') : field,
	);
}

function isStoredBuffer(value: unknown): value is { data: number[] } {
	return typeof value === 'object' && value !== null && (value as { type?: unknown }).type === 'Buffer';
}
