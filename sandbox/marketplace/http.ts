import type { Marketplace } from './marketplace';

/** One request on its way through a route. */
export interface Call {
	request: Request;
	url: URL;
	/** Decoded values of the `:name` parts of the route's path. */
	params: Record<string, string>;
	/** Address that the rate limiter counts for. */
	ip: string;
	marketplace: Marketplace;
}

export type JsonObject = Record<string, unknown>;

/** What a method of a route does. */
export interface Action {
	/** Requests per window before the shared counter of the caller's IP refuses this route; none means unlimited. */
	limit?: { requests: number; windowMs: number };
	/** Words of the 500 answer when the action throws anything but a Refusal. */
	failure?: string;
	run(call: Call): Promise<Response> | Response;
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** A path below the API's root and the methods it answers to; every other method gets an empty 405. */
export type Endpoint = { path: string } & Partial<Record<Method, Action>>;

/** An answer other than success: status, the `error` text, and keys that stand beside it in the body. */
export class Refusal extends Error {
	constructor(
		readonly status: number,
		message: string,
		readonly beside: JsonObject = {},
	) {
		super(message);
	}

	toResponse(): Response {
		return Response.json({ success: false, error: this.message, ...this.beside }, { status: this.status });
	}
}

/** `{success: true, data}`; `beside` adds keys next to `data` (`warning`, `total`, …). */
export function succeed(data: unknown, options: { status?: number; beside?: JsonObject } = {}): Response {
	return Response.json({ success: true, data, ...options.beside }, { status: options.status ?? 200 });
}

/**
 * The JSON body as an object. Malformed or empty JSON and `null` throw a plain error, which becomes the
 * platform's 500; other non-objects count as a body without fields. The Content-Type is not looked at.
 */
export async function readBody(request: Request): Promise<JsonObject> {
	const body: unknown = await request.json();
	if (body === null) throw new TypeError('The body is null');
	return typeof body === 'object' ? (body as JsonObject) : {};
}

/** A paging number from the query: text and 0 fall back to `fallback`, everything else is brought within the limits. */
export function pageNumber(text: string | null, fallback: number, minimum: number, maximum: number): number {
	const number = Number.parseInt(text ?? '', 10) || fallback;
	return Math.min(Math.max(number, minimum), maximum);
}

/** `limit` and `offset` of a request. */
export function pageOf(url: URL, options: { fallback: number; maximum: number }): { limit: number; offset: number } {
	return {
		limit: pageNumber(url.searchParams.get('limit'), options.fallback, 1, options.maximum),
		offset: pageNumber(url.searchParams.get('offset'), 0, 0, Number.MAX_SAFE_INTEGER),
	};
}

/** A query parameter that must be one of the given values when it is there; anything else is a 400. */
export function choiceOf(url: URL, name: string, choices: readonly string[]): string | undefined {
	const value = url.searchParams.get(name);
	if (!value) return undefined;
	if (!choices.includes(value)) throw new Refusal(400, `Invalid ${name}. Must be one of: ${choices.join(', ')}`);
	return value;
}

/** The text of a field, or undefined when the field is not a string. */
export function textOf(value: unknown): string | undefined {
	return typeof value === 'string' ? value : undefined;
}
