import { setTimeout as wait } from 'node:timers/promises';
import type { Context, MiddlewareHandler } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { Refusal, type ProviderApi } from './api';
import type { Sandbox } from './sandbox';

const LONGEST_TEXT = 500;

/** A copy of a JSON value in which long texts (pictures in Base64, above all) are shortened. */
function shorten(value: unknown): unknown {
	if (typeof value === 'string' && value.length > LONGEST_TEXT) {
		return `${value.slice(0, LONGEST_TEXT)}… (${value.length} characters)`;
	}
	if (Array.isArray(value)) return value.map(shorten);
	if (typeof value === 'object' && value !== null) {
		return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, shorten(member)]));
	}
	return value;
}

async function readBody(c: Context): Promise<unknown> {
	const type = c.req.header('content-type') ?? '';
	try {
		if (type.includes('json')) return shorten(await c.req.json());
		if (!type.includes('multipart/form-data')) return undefined;
		const body: Record<string, unknown> = {};
		for (const [name, value] of (await c.req.formData()).entries()) {
			const shown = typeof value === 'string' ? shorten(value) : `<${value.type}, ${value.size} bytes>`;
			body[name] = name in body ? [body[name], shown].flat() : shown;
		}
		return body;
	} catch {
		return undefined;
	}
}

/** Records each call of a provider in the ledger, and disturbs it when a fault waits for it. */
export function observe(api: ProviderApi, sandbox: Sandbox, log: (line: string) => void): MiddlewareHandler {
	return async (c, next) => {
		const started = performance.now();
		const url = new URL(c.req.url);
		if (url.searchParams.has('key')) url.searchParams.set('key', '***');
		const path = url.pathname.slice(api.name.length + 1) + url.search;
		const body = await readBody(c);
		const fault = sandbox.faults.take(api.name, path, false);
		if (fault?.delayMs) await wait(fault.delayMs);
		if (fault?.status) {
			c.res = toErrorResponse(
				c,
				api,
				new Refusal(
					fault.status as ContentfulStatusCode,
					fault.message ?? `The sandbox was told to answer ${fault.status}.`,
					{
						code: fault.code,
						retryAfterSeconds: fault.retryAfterSeconds,
					},
				),
			);
		} else {
			await next();
		}
		const milliseconds = Math.round(performance.now() - started);
		const status = c.res.status;
		sandbox.ledger.addRequest({
			provider: api.name,
			method: c.req.method,
			path,
			status,
			...(body === undefined ? {} : { body }),
			at: new Date().toISOString(),
			milliseconds,
		});
		log(`${api.name} ${c.req.method} ${path} ${status} ${milliseconds} ms`);
	};
}

/** A refusal as the provider would send it. */
export function toErrorResponse(c: Context, api: ProviderApi, refusal: Refusal): Response {
	const { retryAfterSeconds } = refusal.detail;
	const headers: Record<string, string> =
		retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
	return c.json(api.toErrorBody(refusal), refusal.status, headers);
}
