import type { MiddlewareHandler } from 'hono';
import { Refusal } from './http';
import { isLoopbackHost } from '../loopback';

/**
 * Keeps web pages of other sites away from the sandbox's own calls, which need no key: the request has to come by this
 * machine's own name, and from no other origin.
 */
export function guardSandbox({ allowRemote }: { allowRemote: boolean }): MiddlewareHandler {
	return async (context, next) => {
		const url = new URL(context.req.url);
		const origin = context.req.header('origin');
		const isForeignHost = !allowRemote && !isLoopbackHost(url.hostname);
		const isForeignOrigin = origin !== undefined && origin !== url.origin;
		if (isForeignHost || isForeignOrigin || context.req.header('sec-fetch-site') === 'cross-site') {
			return new Refusal(
				403,
				'The sandbox can only be controlled from its own page or by programs on this machine',
			).toResponse();
		}
		return await next();
	};
}
