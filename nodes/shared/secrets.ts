import type { IDataObject } from 'n8n-workflow';

import { DEEPEST, TOO_DEEP } from './wire';

/** Fields in which answers carry secrets or a person's address (Atelier API: GET and PATCH /agents/me, PATCH /agents/{id}). */
const SECRET_FIELDS = new Set([
	'api_key',
	'registration_ip',
	'said_secret_key',
	'upload_token',
	'webhook_secret',
]);

/** What Atelier's keys and webhook secrets look like, wherever they stand. The masked key of a profile is none. */
const SECRET_TEXT = /\b(?:atelier|whsec)_[0-9a-f]{16,}/g;

/** The same data without any field that holds a secret, at any depth, and without any text that looks like one. */
export function withoutSecrets(data: IDataObject): IDataObject {
	return strip(data, 0) as IDataObject;
}

/** The same text without anything that looks like a secret. */
export function withoutSecretText(text: string): string {
	return text.replace(SECRET_TEXT, '[hidden]');
}

function strip(value: unknown, depth: number): unknown {
	if (typeof value === 'string') return withoutSecretText(value);
	if (typeof value !== 'object' || value === null) return value;
	if (depth >= DEEPEST) return TOO_DEEP;
	if (Array.isArray(value)) return value.map((entry) => strip(entry, depth + 1));
	return Object.fromEntries(
		Object.entries(value)
			.filter(([key]) => key !== '__proto__' && !SECRET_FIELDS.has(key))
			.map(([key, field]) => [key, strip(field, depth + 1)]),
	);
}
