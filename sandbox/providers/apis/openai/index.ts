import { Hono } from 'hono';
import { Refusal, type ProviderApi } from '../../kit/api';
import { chatRoutes } from './chat';
import { imageRoutes } from './images';
import { modelRoutes } from './models';
import { responseRoutes } from './responses';
import { videoRoutes } from './videos';

const ERROR_TYPES: Record<number, { type: string; code: string | null }> = {
	401: { type: 'invalid_request_error', code: 'invalid_api_key' },
	404: { type: 'invalid_request_error', code: null },
	429: { type: 'requests', code: 'rate_limit_exceeded' },
};

/** `Bearer <key>` of the request: any key will do but none and `wrong`. */
function requireKey(authorization: string | undefined) {
	const key = authorization?.match(/^Bearer\s+(\S+)$/i)?.[1];
	if (!key) {
		throw new Refusal(
			401,
			"You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
		);
	}
	if (key === 'wrong')
		throw new Refusal(401, 'Incorrect API key provided: wr***. You can find your API key in your account settings.');
}

/** Stand-in for the OpenAI API. Base URL for clients: `<server>/openai/v1`. */
export const openai: ProviderApi = {
	name: 'openai',
	toErrorBody({ status, message, detail }) {
		const usual = ERROR_TYPES[status] ?? {
			type: status >= 500 ? 'server_error' : 'invalid_request_error',
			code: null,
		};
		return {
			error: {
				message,
				type: detail.type ?? (detail.code === 'insufficient_quota' ? 'insufficient_quota' : usual.type),
				param: detail.param ?? null,
				code: detail.code ?? usual.code,
			},
		};
	},
	routes(sandbox) {
		const routes = new Hono();
		routes.use('/v1/*', async (c, next) => {
			requireKey(c.req.header('authorization'));
			await next();
		});
		routes.route('/v1', modelRoutes());
		for (const part of [imageRoutes, chatRoutes, responseRoutes, videoRoutes]) routes.route('/v1', part(sandbox));
		return routes;
	},
};
