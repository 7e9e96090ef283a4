import { Hono } from 'hono';
import { readJsonObject, Refusal, type ProviderApi } from '../kit/api';

/**
 * Stand-in for Slack's incoming webhooks: `<server>/slack` is their `https://hooks.slack.com`; POST /services/…. What a
 * channel was sent stands among the requests.
 */
export const slack: ProviderApi = {
	name: 'slack',
	toErrorBody: ({ message }) => ({ ok: false, error: message }),
	routes() {
		const routes = new Hono();
		routes.post('/services/*', async (c) => {
			const { text } = await readJsonObject(c).catch((error: unknown) => {
				if (error instanceof Refusal) return { text: undefined };
				throw error;
			});
			// Slack answers in plain words, not in JSON.
			return typeof text === 'string' && text.trim() ? c.text('ok') : c.text('no_text', 400);
		});
		return routes;
	},
};
