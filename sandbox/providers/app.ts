import { Hono } from 'hono';
import { automatic1111 } from './apis/automatic1111';
import { comfyui } from './apis/comfyui';
import { fal } from './apis/fal';
import { gemini } from './apis/gemini';
import { openai } from './apis/openai';
import { replicate } from './apis/replicate';
import { slack } from './apis/slack';
import { stability } from './apis/stability';
import { controlRoutes } from './control';
import { Refusal, type ProviderApi } from './kit/api';
import { observe, toErrorResponse } from './kit/observe';
import { createSandbox } from './kit/sandbox';

/** Every provider that this server stands in for. */
export const PROVIDER_APIS: readonly ProviderApi[] = [
	openai,
	gemini,
	fal,
	replicate,
	stability,
	automatic1111,
	comfyui,
	slack,
];

/** One provider's routes, with its error shape for refusals, unknown paths and crashes. */
function mount(api: ProviderApi, routes: Hono): Hono {
	routes.all('*', (c) => {
		throw new Refusal(404, `Invalid URL (${c.req.method} ${c.req.path.slice(api.name.length + 1)})`, {
			code: 'unknown_url',
		});
	});
	routes.onError((error, c) => {
		if (error instanceof Refusal) return toErrorResponse(c, api, error);
		console.error(error);
		return toErrorResponse(c, api, new Refusal(500, `The sandbox's ${api.name} stand-in broke: ${error.message}`));
	});
	return routes;
}

/** Every route but the reset, with a memory of their own. */
function createServer(log: (line: string) => void): Hono {
	const sandbox = createSandbox();
	const app = new Hono();
	app.get('/', (c) => c.json({ providers: PROVIDER_APIS.map(({ name }) => `/${name}`), sandbox: '/sandbox/stats' }));
	app.route('/sandbox', controlRoutes(sandbox));
	app.get('/files/:id/:name', (c) => {
		const file = sandbox.files.get(c.req.param('id'));
		if (!file) return c.text('No such file: results are kept until the sandbox is reset or stopped.', 404);
		return c.body(new Uint8Array(file.content), 200, {
			'content-type': file.mimeType,
			'access-control-allow-origin': '*',
		});
	});
	for (const api of PROVIDER_APIS) {
		app.use(`/${api.name}/*`, observe(api, sandbox, log));
		app.route(`/${api.name}`, mount(api, api.routes(sandbox)));
	}
	return app;
}

/**
 * The whole server: each provider under `/<name>`, results under `/files`, the sandbox's own routes under `/sandbox`.
 * `POST /sandbox/reset` makes it forget everything.
 *
 * @param log takes one line per call of a provider
 */
export function createApp({ log = () => undefined }: { log?: (line: string) => void } = {}): Hono {
	let server = createServer(log);
	const app = new Hono();
	app.post('/sandbox/reset', (c) => {
		server = createServer(log);
		return c.json({ reset: true });
	});
	app.all('*', async (c) => await server.fetch(c.req.raw));
	return app;
}
