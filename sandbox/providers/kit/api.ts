import type { Context, Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Sandbox } from './sandbox';

/** One provider's stand-in: where it is mounted, its routes, and how it words a refusal. */
export interface ProviderApi {
	/** Name in the statistics and in faults, and the first part of every path (`openai` → `/openai/…`). */
	name: string;
	/** Builds the routes; their paths start after the prefix. */
	routes(sandbox: Sandbox): Hono;
	/** The body of an error response in the provider's own shape. */
	toErrorBody(refusal: Refusal): object;
}

/** A request that a provider answers with an error status. Its message is what the caller reads. */
export class Refusal extends Error {
	/**
	 * @param status HTTP status, 400 to 599
	 * @param message the sentence for the caller
	 * @param detail what the provider's error shape holds besides (a code, the parameter's name, …)
	 */
	constructor(
		readonly status: ContentfulStatusCode,
		message: string,
		readonly detail: { code?: string; param?: string; type?: string; retryAfterSeconds?: number } = {},
	) {
		super(message);
	}
}

/** The address under which the caller reached this server, without a path: links in answers start with it. */
export const originOf = (c: Context): string => new URL(c.req.url).origin;

/**
 * The request's JSON object.
 *
 * @throws {Refusal} 400 when the body is not a JSON object
 */
export async function readJsonObject(c: Context): Promise<Record<string, unknown>> {
	let body: unknown;
	try {
		body = await c.req.json();
	} catch {
		throw new Refusal(400, 'The request body is not valid JSON.', { code: 'invalid_json' });
	}
	if (typeof body !== 'object' || body === null || Array.isArray(body)) {
		throw new Refusal(400, 'The request body has to be a JSON object.', { code: 'invalid_json' });
	}
	return body as Record<string, unknown>;
}

/** A multipart form: its text fields (the last of a name counts) and its files by field name. */
export interface MultipartForm {
	fields: Record<string, string>;
	files: Record<string, File[]>;
}

/**
 * The request's multipart form. A field name's trailing `[]` is dropped.
 *
 * @throws {Refusal} 400 when the body is not a multipart form
 */
export async function readMultipart(c: Context): Promise<MultipartForm> {
	let parts: FormData;
	try {
		parts = await c.req.formData();
	} catch {
		throw new Refusal(400, 'The request body has to be multipart/form-data.', { code: 'invalid_form' });
	}
	const form: MultipartForm = { fields: {}, files: {} };
	for (const [name, value] of parts.entries()) {
		const field = name.replace(/\[\]$/, '');
		if (typeof value === 'string') form.fields[field] = value;
		else (form.files[field] ??= []).push(value);
	}
	return form;
}

/** The bytes of uploaded files. */
export async function toBuffers(files: readonly File[] = []): Promise<Buffer[]> {
	return await Promise.all(files.map(async (file) => Buffer.from(await file.arrayBuffer())));
}
