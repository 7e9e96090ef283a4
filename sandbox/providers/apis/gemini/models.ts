import { Hono } from 'hono';
import { readJsonObject, Refusal } from '../../kit/api';
import type { Sandbox } from '../../kit/sandbox';
import { generateImageContent } from './content';
import { predictImages } from './imagen';

/** The models that the stand-in offers, with the methods of each. */
const MODELS: Record<string, readonly string[]> = {
	'gemini-2.5-flash-image': ['generateContent'],
	'gemini-2.5-flash-image-preview': ['generateContent'],
	'gemini-3.1-flash-image-preview': ['generateContent'],
	'gemini-3-pro-image-preview': ['generateContent'],
	'imagen-4.0-generate-001': ['predict'],
	'imagen-4.0-fast-generate-001': ['predict'],
};

const toModelObject = (id: string) => ({
	name: `models/${id}`,
	baseModelId: id,
	version: '001',
	displayName: id,
	description: 'Local stand-in',
	inputTokenLimit: 32_768,
	outputTokenLimit: 32_768,
	supportedGenerationMethods: MODELS[id],
});

/** Turns `snake_case` keys into `camelCase` all the way down: the API takes both. */
function camelKeys(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(camelKeys);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value).map(([key, member]) => [
			key.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase()),
			camelKeys(member),
		]),
	);
}

/** Gemini API: GET /models, GET /models/{model}, POST /models/{model}:generateContent and :predict. */
export function modelRoutes(sandbox: Sandbox): Hono {
	const routes = new Hono();
	routes.get('/models', (c) => c.json({ models: Object.keys(MODELS).map(toModelObject) }));
	routes.get('/models/:id', (c) => {
		const id = c.req.param('id');
		if (!MODELS[id]) throw new Refusal(404, `Model is not found: models/${id} for api version v1beta`);
		return c.json(toModelObject(id));
	});
	routes.post('/models/:call', async (c) => {
		const [id = '', method = ''] = c.req.param('call').split(':');
		if (!MODELS[id]?.includes(method)) {
			throw new Refusal(
				404,
				`models/${id} is not found for API version v1beta, or is not supported for ${method}. Call ListModels to see the list of available models and their supported methods.`,
			);
		}
		const body = camelKeys(await readJsonObject(c)) as Record<string, unknown>;
		if (method === 'predict') return c.json(await predictImages(sandbox, body));
		return c.json(await generateImageContent(sandbox, id, body));
	});
	return routes;
}
