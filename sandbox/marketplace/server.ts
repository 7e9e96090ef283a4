import { Hono, type Context, type Next } from 'hono';
import type { Environment } from './environment';
import { injectFaults } from './fault-injection';
import { Refusal, type Action, type Call, type Endpoint, type Method } from './http';
import type { Marketplace } from './marketplace';
import { servePage } from './page';
import { notFoundPage, redirectToCanonicalUrl } from './platform-edge';
import { BLOB_PATH, getStoredFile, putBlob } from './routes/blob';
import { API_ENDPOINTS } from './routes';
import { SANDBOX_ENDPOINTS } from './routes/sandbox';
import { guardSandbox } from './sandbox-guard';
import { STORAGE_PATH } from './storage';

const METHODS: Method[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/**
 * Puts the rooms together: request log, what goes wrong on purpose, the edge's URL rules, the file store, the API, the sandbox's own calls, the page.
 * @param options.allowRemote answers requests that came by another name than this machine's own
 */
export function createApp(marketplace: Marketplace, options: { allowRemote: boolean }): Hono<Environment> {
	const app = new Hono<Environment>();

	app.use(async (context, next) => {
		const start = performance.now();
		await next();
		const { path, method } = context.req;
		marketplace.statistics.record({
			method,
			path,
			route: context.get('route') ?? path,
			status: context.get('unanswered') ? 0 : context.res.status,
			milliseconds: Math.round((performance.now() - start) * 10) / 10,
			ip: clientIp(context),
			problem: context.get('problem'),
			fault: context.get('fault'),
		});
	});
	app.use(readWholeRequest);
	app.use(injectFaults(marketplace));
	app.put(BLOB_PATH, (context) => putBlob(marketplace, context.req.raw));
	app.put(`${BLOB_PATH}/`, (context) => putBlob(marketplace, context.req.raw));
	app.use(redirectToCanonicalUrl);

	app.get(`${STORAGE_PATH}/*`, (context) => {
		context.set('route', `${STORAGE_PATH}/*`);
		return getStoredFile(marketplace, context);
	});
	for (const endpoint of API_ENDPOINTS) mount(app, marketplace, '/api', endpoint);
	app.use('/sandbox/*', guardSandbox(options));
	for (const endpoint of SANDBOX_ENDPOINTS) mount(app, marketplace, '/sandbox', endpoint);
	servePage(app);
	app.notFound(notFoundPage);
	return app;
}

/**
 * Answers only when the whole request is here, as the platform's edge does: an early refusal would cut an upload off, and
 * the client could see a broken connection in place of the answer.
 */
async function readWholeRequest(context: Context<Environment>, next: Next): Promise<void> {
	await next();
	const { raw } = context.req;
	if (!context.get('unanswered') && !raw.bodyUsed) await raw.arrayBuffer().catch(() => undefined);
}

function mount(app: Hono<Environment>, marketplace: Marketplace, root: string, endpoint: Endpoint): void {
	const path = `${root}${endpoint.path}`;
	const methods = METHODS.filter((method) => endpoint[method]);
	for (const method of methods) {
		app.on(method, path, (context) => {
			context.set('route', path);
			return answer(context, marketplace, endpoint[method]!);
		});
	}
	const allowed = ['OPTIONS', ...methods, ...(endpoint.GET ? ['HEAD'] : [])].sort().join(', ');
	app.all(path, (context) => {
		context.set('route', path);
		const status = context.req.method === 'OPTIONS' ? 204 : 405;
		return new Response(null, { status, headers: status === 204 ? { Allow: allowed } : {} });
	});
}

async function answer(context: Context<Environment>, marketplace: Marketplace, action: Action): Promise<Response> {
	const call: Call = {
		request: context.req.raw,
		url: new URL(context.req.url),
		params: context.req.param(),
		ip: clientIp(context),
		marketplace,
	};
	const refused = action.limit && marketplace.limiter.countIp(call.ip, action.limit);
	if (refused) return refused;
	try {
		return await action.run(call);
	} catch (error) {
		if (error instanceof Refusal) return error.toResponse();
		context.set('problem', error instanceof Error ? (error.stack ?? error.message) : String(error));
		return new Refusal(500, action.failure ?? 'Internal server error').toResponse();
	}
}

// The hosting edge names the client in these headers; without an edge it is whoever is connected.
function clientIp(context: Context<Environment>): string {
	const header = (name: string) => context.req.header(name)?.split(',')[0].trim();
	return (
		header('x-vercel-forwarded-for') ||
		header('x-forwarded-for') ||
		header('x-real-ip') ||
		context.env.incoming?.socket.remoteAddress ||
		'unknown'
	);
}
