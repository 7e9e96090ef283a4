import type { HttpBindings } from '@hono/node-server';

/** What Hono hands from one part of the server to the next beside the request: notes for the request log. */
export interface Environment {
	Bindings: HttpBindings;
	Variables: {
		/** The route's path with its `:name` parts; the request's path when no route took it. */
		route?: string;
		/** Why the server failed, with its stack. */
		problem?: string;
		/** What went wrong on purpose. */
		fault?: string;
		/** The connection was cut instead of an answer. */
		unanswered?: boolean;
	};
}
