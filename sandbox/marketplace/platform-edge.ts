import type { Context, Next } from 'hono';

/** Doubled and trailing slashes are redirected (308, method kept) to a relative address, as the platform's framework does. */
export async function redirectToCanonicalUrl(context: Context, next: Next): Promise<Response | void> {
	const { pathname, search } = new URL(context.req.url);
	const canonical = pathname.replace(/\/{2,}/g, '/').replace(/(.)\/$/, '$1');
	if (canonical === pathname) return await next();
	return new Response(null, { status: 308, headers: { Location: `${canonical}${search}` } });
}

/** What is not there gets a page, even below `/api`: clients have to survive an answer that is not JSON. */
export function notFoundPage(): Response {
	const html =
		'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>404: This page could not be found.</title></head>' +
		'<body><h1>404</h1><h2>This page could not be found.</h2></body></html>';
	return new Response(html, { status: 404, headers: { 'Content-Type': 'text/html; charset=utf-8' } });
}
