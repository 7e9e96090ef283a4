import { Hono } from 'hono';
import { Refusal } from '../../kit/api';

/** The models that the stand-in offers, by what they make. */
export const OPENAI_MODELS = {
	image: ['gpt-image-1', 'gpt-image-1-mini', 'gpt-image-1.5', 'dall-e-2', 'dall-e-3'],
	text: ['gpt-4.1', 'gpt-4.1-mini', 'gpt-4o', 'gpt-4o-mini', 'gpt-5', 'gpt-5-mini'],
	video: ['sora-2', 'sora-2-pro'],
} as const;

const models = Object.values(OPENAI_MODELS)
	.flat()
	.map((id) => ({ id, object: 'model', created: 1_745_000_000, owned_by: 'sandbox' }));

/** OpenAI API: GET /models and GET /models/{model}. */
export function modelRoutes(): Hono {
	const routes = new Hono();
	routes.get('/models', (c) => c.json({ object: 'list', data: models }));
	routes.get('/models/:id', (c) => {
		const id = c.req.param('id');
		const model = models.find((candidate) => candidate.id === id);
		if (!model) {
			throw new Refusal(404, `The model '${id}' does not exist or you do not have access to it.`, {
				code: 'model_not_found',
				param: 'model',
			});
		}
		return c.json(model);
	});
	return routes;
}
