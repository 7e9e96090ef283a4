import type { INodeExecutionData } from 'n8n-workflow';

import { TEST_KEY } from '../../engine/support/engine';

/** Words of a program, not of a message: an error that has them was not written for people. */
const PROGRAM_WORDS = [
	/\bundefined\b/,
	/\bNaN\b/,
	/\[object \w+\]/,
	/Cannot (read|set|destructure|convert|use|access|mix|assign|redefine)/,
	/is not (a function|iterable|defined|a constructor|an object|extensible)/,
	/Maximum call stack|Invalid (array|string|time) (length|value)|heap/i,
	/Unexpected (token|end|non-whitespace)|in JSON at/,
	/URI malformed|Invalid URL/,
	/\bat \S+ \(.*:\d+:\d+\)|node_modules|\.[jt]s:\d+/,
	/TypeError|RangeError|SyntaxError|ReferenceError|AggregateError/,
];

const LONGEST_MESSAGE = 2000;

/** What is wrong with the way in which a case ended, as sentences; none when it ended well. */
export function flawsOf(items: INodeExecutionData[], error: unknown): string[] {
	return [...(error === undefined ? [] : flawsOfError(error)), ...items.flatMap(flawsOfItem), ...flawsOfWorld()];
}

/** Whether an error is one of n8n's, in words for people. */
export function flawsOfError(error: unknown): string[] {
	// n8n's engine copies the errors of nodes, so that only the name tells what they were.
	const { name, message, description } = error as { name?: string; message?: string; description?: string | null };
	if (name !== 'NodeApiError' && name !== 'NodeOperationError') return [`not an error of n8n's: ${name}: ${message}`];
	const isEmpty = (message ?? '').trim() === '';
	return [...(isEmpty ? ['an error without a message'] : []), ...flawsOfText('message', message ?? ''), ...flawsOfText('description', description ?? '')];
}

function flawsOfText(name: string, text: string): string[] {
	const flaws = PROGRAM_WORDS.filter((words) => words.test(text)).map((words) => `${name} with ${String(words)}: ${text.slice(0, 300)}`);
	if (text.length > LONGEST_MESSAGE) flaws.push(`${name} of ${text.length} characters`);
	// eslint-disable-next-line no-control-regex
	if (/[\u0000-\u0008\u000b-\u001f\u007f]/.test(text)) flaws.push(`${name} with control characters: ${JSON.stringify(text.slice(0, 300))}`);
	return flaws;
}

function flawsOfItem({ json, pairedItem }: INodeExecutionData): string[] {
	const flaws = flawsOfValue(json, 'json');
	if (typeof json !== 'object' || json === null || Array.isArray(json)) flaws.push('an item that is no object');
	if (pairedItem === undefined) flaws.push('an item that is not paired');
	if (typeof json?.error === 'string' && 'advice' in json) flaws.push(...flawsOfText('error item', json.error));
	if (JSON.stringify(json).includes(TEST_KEY)) flaws.push('the key');
	return flaws;
}

function flawsOfValue(value: unknown, path: string): string[] {
	if (value === null || ['string', 'number', 'boolean', 'undefined'].includes(typeof value)) return [];
	if (typeof value !== 'object') return [`${path} is a ${typeof value}`];
	const prototype = Object.getPrototypeOf(value) as object | null;
	// Values cross the borders between the test's world and n8n's, hence the names.
	const name = (prototype?.constructor as { name?: string } | undefined)?.name;
	if (prototype !== null && !(Object.getPrototypeOf(prototype) === null || name === 'Array')) return [`${path} has a strange prototype`];
	return Object.entries(value).flatMap(([key, field]) => flawsOfValue(field, `${path}.${key}`));
}

/** Properties that a JSON could have added to every object. */
function flawsOfWorld(): string[] {
	const [object, list] = [Object.keys(Object.getPrototypeOf({})), Object.keys(Object.getPrototypeOf([]))];
	return [...object, ...list].map((key) => `every object has the property ${key} now`);
}
