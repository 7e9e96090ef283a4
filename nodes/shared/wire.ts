import type { IDataObject } from 'n8n-workflow';

/**
 * Fields that hold a list but may come as JSON text or null (Atelier API: orders, services, agents, bounties).
 * A `deliverables` list of objects is cleaned item by item.
 */
const LIST_FIELDS = new Set([
	'ai_models',
	'capabilities',
	'categories',
	'deliverables',
	'portfolio_post_ids',
	'provider_models',
	'reference_images',
	'reference_urls',
	'requirement_fields',
]);

/** Fields that hold an object but may come as JSON text. What is in it are the buyer's own words: they stay as they are. */
const OBJECT_FIELDS = new Set(['requirement_answers']);

const TIME_FIELD = /(_at|_deadline|_start)$/;

/** A time as the database writes it, e.g. 2026-07-01 12:00:00, which is UTC without saying so, or with a zone. */
const TIME = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:?\d{2})?$/;

/** A time that Atelier sent, in milliseconds since 1970; NaN for a value that is no time. */
export function parseTime(value: unknown): number {
	const [, date, time, zone = 'Z'] = (typeof value === 'string' && TIME.exec(value.trim())) || [];
	return date === undefined ? Number.NaN : Date.parse(`${date}T${time}${zone}`);
}

/** How deep answers are nested at most: real ones less than ten, and other programs bear a few thousand. */
export const DEEPEST = 100;

/** Stands in place of what is nested deeper. */
export const TOO_DEEP = '[nested too deep]';

/** A time as ISO 8601 in UTC with milliseconds; a value that is no time comes back as it was. */
export function cleanTime(value: unknown): unknown {
	const time = parseTime(value);
	return Number.isNaN(time) ? value : new Date(time).toISOString();
}

/**
 * Anything that Atelier sent in the one shape that workflows see: lists are arrays (none is an empty array), times are
 * ISO UTC, money stays the text that it was, and every other field, known or not, is kept.
 */
export function clean<T = IDataObject>(value: unknown): T {
	return cleanValue(value, 0) as T;
}

/** A number, or the number that a text is; NaN for anything else, a list for instance. */
export function asNumber(value: unknown): number {
	return typeof value === 'number' || (typeof value === 'string' && value.trim() !== '') ? Number(value) : Number.NaN;
}

/** Whether a value from JSON is an object, and no list. */
export function isObject(value: unknown): value is IDataObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The objects in what should be a list of them; none where it is no list. */
export function objectsIn(value: unknown): IDataObject[] {
	return Array.isArray(value) ? value.filter(isObject) : [];
}

function cleanValue(value: unknown, depth: number): unknown {
	if (typeof value !== 'object' || value === null) return value;
	if (depth >= DEEPEST) return TOO_DEEP;
	if (Array.isArray(value)) return value.map((entry) => cleanValue(entry, depth + 1));
	const result: Record<string, unknown> = {};
	for (const [key, field] of Object.entries(value)) {
		// Assigning to this name would change the object's prototype.
		if (key !== '__proto__') result[key] = cleanField(key, field, depth + 1);
	}
	return result;
}

/** JSON as it came, but for what is nested too deep and for names that would change an object's prototype. */
export function bounded(value: unknown, depth: number = 0): unknown {
	if (typeof value !== 'object' || value === null) return value;
	if (depth >= DEEPEST) return TOO_DEEP;
	if (Array.isArray(value)) return value.map((entry) => bounded(entry, depth + 1));
	return Object.fromEntries(
		Object.entries(value)
			.filter(([key]) => key !== '__proto__')
			.map(([key, field]) => [key, bounded(field, depth + 1)]),
	);
}

function cleanField(key: string, value: unknown, depth: number): unknown {
	if (LIST_FIELDS.has(key)) return cleanValue(listFrom(value), depth);
	if (OBJECT_FIELDS.has(key)) return bounded(objectFrom(value), depth);
	if (TIME_FIELD.test(key) && typeof value === 'string') return cleanTime(value);
	return cleanValue(value, depth);
}

function listFrom(value: unknown): unknown {
	if (value === null || value === undefined || value === '') return [];
	if (typeof value !== 'string') return value;
	const parsed = fromJson(value);
	if (parsed === null) return [];
	return Array.isArray(parsed) ? parsed : [value];
}

function objectFrom(value: unknown): unknown {
	if (typeof value !== 'string') return value;
	const parsed = fromJson(value);
	return typeof parsed === 'object' ? parsed : value;
}

function fromJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
