import type { IDataObject } from 'n8n-workflow';

import type { OperationCall } from './define';

/** Numbers from here on are not written with all their digits. */
const MAX_NUMBER = 1e21;

/** What an expression gave, as text: nothing is empty, an object is JSON. Never throws. */
export function asText(value: unknown): string {
	if (typeof value !== 'object') return String(value ?? '');
	try {
		return value === null ? '' : (JSON.stringify(value) ?? '');
	} catch {
		return '';
	}
}

/** A list from text with commas or line breaks, or from a list that an expression gave; blanks and empties dropped. */
export function listFromText(value: unknown): string[] {
	const entries = Array.isArray(value) ? value : asText(value).split(/[,\n]/);
	return entries.map((entry) => asText(entry).trim()).filter((entry) => entry !== '');
}

/** Web addresses from text, on lines or with blanks or commas between them, or from a list. Commas inside one stay. */
export function urlsFromText(value: unknown): string[] {
	const entries = Array.isArray(value) ? value : asText(value).split(/\s+|,(?=https?:\/\/)/i);
	return entries.map((entry) => withoutTrailingCommas(asText(entry).trim())).filter((entry) => entry !== '');
}

/**
 * A price as the decimal text that the API wants: 12.5 becomes "12.50", a text keeps its digits.
 *
 * @param label the parameter's display name, for the message
 * @throws NodeOperationError when it is no price
 */
export function priceText(call: OperationCall, value: unknown, label: string): string {
	const given = asText(value).trim();
	const text = typeof value === 'number' && value >= 0 && value < MAX_NUMBER ? decimal(value) : given;
	if (/^\d+(\.\d+)?$/.test(text)) return text;
	return call.refuse(
		`"${label}" is not a price: ${given === '' ? 'it is empty' : `"${given}"`}`,
		'Write US dollars with a dot and no sign, e.g. 25.00',
	);
}

/** The filled-in values under the names that the API has for them; empty ones are left out. */
export function renamed(values: IDataObject, names: Record<string, string>): IDataObject {
	return Object.fromEntries(
		Object.entries(names)
			.filter(([name]) => isFilled(values[name]))
			.map(([name, wireName]) => [wireName, values[name]]),
	);
}

/** Whether a user put anything in: false for nothing, an empty text and an empty list. */
export function isFilled(value: unknown): boolean {
	return value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0);
}

function withoutTrailingCommas(text: string): string {
	let end = text.length;
	while (text[end - 1] === ',') end--;
	return text.slice(0, end);
}

function decimal(value: number): string {
	const text = value.toFixed(6).replace(/0+$/, '');
	const [whole, fraction] = text.split('.');
	return `${whole}.${fraction.padEnd(2, '0')}`;
}
