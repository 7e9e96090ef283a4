import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context, MiddlewareHandler, Next } from 'hono';
import { matchedRoutes } from 'hono/route';
import type { RequestFault } from './faults';
import { Refusal } from './http';
import type { Marketplace } from './marketplace';
import type { Environment } from './environment';

const PAGE =
	'<!DOCTYPE html><html lang="en"><head><title>Something went wrong</title></head>' +
	'<body><h1>Please try again later</h1><p>The request could not be completed.</p></body></html>';

/** Makes requests below /api fail as the marketplace's faults say; without any it changes nothing. */
export function injectFaults(marketplace: Marketplace): MiddlewareHandler<Environment> {
	return async (context, next) => {
		const route = routeOf(context);
		const { path } = context.req;
		const { faults } = marketplace;
		const planned = path.startsWith('/api/') ? faults.takePlanned(route, path) : undefined;
		const fault = planned?.fault ?? (path.startsWith('/api/') ? faults.drawForRequest(route) : undefined);
		if (!fault) {
			await next();
			tellTime(context, marketplace, 0);
			return;
		}
		context.set('fault', fault);
		context.set('route', route.slice(route.indexOf(' ') + 1));
		marketplace.statistics.countFault(fault);
		const reached = () => {
			if (planned) planned.reached = true;
		};
		await FAILURES[fault]({ context, next, marketplace, route, reached });
		reached();
	};
}

interface Failing {
	context: Context<Environment>;
	next: Next;
	marketplace: Marketplace;
	route: string;
	/** Says that the request is as far as the fault lets it. */
	reached(): void;
}

const FAILURES: Record<RequestFault, (failing: Failing) => Promise<void>> = {
	error_before: async ({ context }) => answer(context, new Refusal(500, 'Internal server error').toResponse()),
	async error_after({ context, next }) {
		await next();
		answer(context, new Refusal(500, 'Internal server error').toResponse());
	},
	html_error: async ({ context }) => answer(context, page(502)),
	reset_before: async ({ context }) => reset(context),
	async reset_after({ context, next }) {
		await next();
		reset(context);
	},
	async slow({ context, next, marketplace }) {
		await next();
		tellTime(context, marketplace, 0);
		await pause(context, marketplace.faults.settings.slow_ms);
	},
	async hang_before({ context, marketplace, reached }) {
		reached();
		await pause(context, marketplace.faults.settings.hang_ms);
		reset(context);
	},
	async hang_during({ context, marketplace, reached }) {
		await context.req.raw.body?.getReader().read();
		reached();
		await pause(context, marketplace.faults.settings.hang_ms);
		reset(context);
	},
	async hang_after({ context, next, marketplace, reached }) {
		await next();
		reached();
		await pause(context, marketplace.faults.settings.hang_ms);
		reset(context);
	},
	async truncated({ context, next }) {
		await next();
		const { status, headers } = context.res;
		const body = Buffer.from(await context.res.arrayBuffer());
		const { outgoing } = context.env;
		outgoing.writeHead(status, { ...Object.fromEntries(headers), 'content-length': String(body.length + 1) });
		outgoing.write(body.subarray(0, Math.floor(body.length / 2)), () => outgoing.destroy());
		leaveAlone(context);
	},
	async cut_json({ context, next }) {
		await next();
		const { status } = context.res;
		const text = await context.res.text();
		const headers = { 'Content-Type': 'application/json' };
		answer(context, new Response(text.slice(0, Math.floor(text.length / 2)), { status, headers }));
	},
	async not_json({ context, next }) {
		await next();
		answer(context, page(200));
	},
	rate_limit: async ({ context, marketplace }) =>
		answer(context, tooMany({ 'Retry-After': String(marketplace.faults.settings.retry_after_seconds) })),
	rate_limit_silent: async ({ context }) => answer(context, tooMany({})),
	too_large: async ({ context }) =>
		answer(context, new Response('Request Entity Too Large', { status: 413, headers: { 'Content-Type': 'text/plain' } })),
	async redirect({ context, marketplace, route }) {
		const { pathname, search } = new URL(context.req.url);
		const status = [301, 302, 307, 308][Math.floor(marketplace.faults.fraction(route, 'redirect') * 4)];
		const Location = `${marketplace.faults.settings.redirect_to}${pathname}${search}`;
		answer(context, new Response(null, { status, headers: { Location } }));
	},
	async clock_skew({ context, next, marketplace, route }) {
		await next();
		const { faults } = marketplace;
		tellTime(context, marketplace, Math.round((faults.fraction(route, 'skew') * 2 - 1) * faults.settings.skew_ms));
	},
};

/** Method and pattern of the request's route; its plain path where there is no such route. */
function routeOf(context: Context): string {
	const { method, path } = context.req;
	const pattern = matchedRoutes(context).find((route) => !route.path.endsWith('*'))?.path ?? path;
	return `${method} ${pattern}`;
}

function tooMany(headers: Record<string, string>): Response {
	const body = { success: false, error: 'Too many requests. Please try again later.' };
	return Response.json(body, { status: 429, headers });
}

function page(status: number): Response {
	return new Response(PAGE, { status, headers: { 'Content-Type': 'text/html; charset=utf-8' } });
}

/** Replaces the answer. Assigned over another one, it would take that one's headers. */
function answer(context: Context<Environment>, response: Response | undefined): void {
	context.res = undefined;
	context.res = response;
}

function reset(context: Context<Environment>): void {
	context.env.outgoing.socket?.resetAndDestroy();
	leaveAlone(context);
}

function leaveAlone(context: Context<Environment>): void {
	context.set('unanswered', true);
	answer(context, RESPONSE_ALREADY_SENT);
}

/** Waits, at most as long as the caller does. */
async function pause(context: Context<Environment>, milliseconds: number): Promise<void> {
	const left = new AbortController();
	const outgoing: ServerResponse = context.env.outgoing as ServerResponse;
	const onClose = () => left.abort();
	outgoing.once('close', onClose);
	await delay(milliseconds, undefined, { signal: left.signal, ref: false }).catch(() => undefined);
	outgoing.off('close', onClose);
}

/** The answer's Date is the marketplace's time, which may have been moved. */
function tellTime(context: Context<Environment>, { clock }: Marketplace, offByMs: number): void {
	if (clock.isMoved || offByMs !== 0) context.res.headers.set('Date', new Date(clock.now() + offByMs).toUTCString());
}
