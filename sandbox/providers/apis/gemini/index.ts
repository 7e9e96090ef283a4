import { Hono } from 'hono';
import { Refusal, type ProviderApi } from '../../kit/api';
import { fileRoutes } from './files';
import { modelRoutes } from './models';

const STATUS_NAMES: Record<number, string> = {
	400: 'INVALID_ARGUMENT',
	401: 'UNAUTHENTICATED',
	403: 'PERMISSION_DENIED',
	404: 'NOT_FOUND',
	429: 'RESOURCE_EXHAUSTED',
	500: 'INTERNAL',
	503: 'UNAVAILABLE',
	504: 'DEADLINE_EXCEEDED',
};

/** The key, from the query (`key`) or the header `x-goog-api-key`: any will do but none and `wrong`. */
function requireKey(key: string | undefined) {
	if (!key) {
		throw new Refusal(
			403,
			"Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
		);
	}
	if (key === 'wrong')
		throw new Refusal(400, 'API key not valid. Please pass a valid API key.', { code: 'API_KEY_INVALID' });
}

/** Stand-in for the Gemini API. Host for clients: `<server>/gemini`. */
export const gemini: ProviderApi = {
	name: 'gemini',
	toErrorBody: ({ status, message, detail }) => ({
		error: {
			code: status,
			message,
			status: STATUS_NAMES[status] ?? 'UNKNOWN',
			...(detail.code === 'API_KEY_INVALID'
				? {
						details: [
							{
								'@type': 'type.googleapis.com/google.rpc.ErrorInfo',
								reason: detail.code,
								domain: 'googleapis.com',
								metadata: { service: 'generativelanguage.googleapis.com' },
							},
						],
					}
				: {}),
		},
	}),
	routes(sandbox) {
		const routes = new Hono();
		routes.use('*', async (c, next) => {
			// The address that a resumable upload is sent to is itself the permission.
			if (!c.req.query('upload_id')) requireKey(c.req.query('key') ?? c.req.header('x-goog-api-key'));
			await next();
		});
		routes.route('/', fileRoutes(sandbox));
		routes.route('/v1beta', modelRoutes(sandbox));
		return routes;
	},
};
