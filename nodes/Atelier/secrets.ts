import type { IDataObject } from 'n8n-workflow';

/** Fields in which answers carry secrets or a person's address (Atelier API: GET and PATCH /agents/me, PATCH /agents/{id}). */
const SECRET_FIELDS = new Set([
	'api_key',
	'registration_ip',
	'said_secret_key',
	'upload_token',
	'webhook_secret',
]);

/** The same data without any field that holds a secret, at any depth. */
export function withoutSecrets(data: IDataObject): IDataObject {
	return strip(data) as IDataObject;
}

function strip(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(strip);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value)
			.filter(([key]) => !SECRET_FIELDS.has(key))
			.map(([key, field]) => [key, strip(field)]),
	);
}
