import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { readJsonObject, Refusal } from '../../kit/api';
import type { Sandbox } from '../../kit/sandbox';
import { generateImageContent } from './imageContent';
import { predictImages } from './imagen';
import { generateTextContent, toChunks } from './textContent';
import { videoOperations } from './veo';

type Kind = 'text' | 'image' | 'imagen' | 'veo';

const METHODS: Record<Kind, readonly string[]> = {
	text: ['generateContent', 'streamGenerateContent'],
	image: ['generateContent'],
	imagen: ['predict'],
	veo: ['predictLongRunning'],
};

/** The models that the stand-in offers. */
const MODELS: Record<string, Kind> = {
	'gemini-2.5-flash': 'text',
	'gemini-2.5-flash-lite': 'text',
	'gemini-2.5-pro': 'text',
	'gemini-3-pro-preview': 'text',
	'gemini-2.5-flash-image': 'image',
	'gemini-2.5-flash-image-preview': 'image',
	'gemini-3.1-flash-image-preview': 'image',
	'gemini-3-pro-image-preview': 'image',
	'imagen-4.0-generate-001': 'imagen',
	'imagen-4.0-fast-generate-001': 'imagen',
	'veo-3.0-generate-001': 'veo',
	'veo-3.1-generate-preview': 'veo',
};

const toModelObject = (id: string) => ({
	name: `models/${id}`,
	baseModelId: id,
	version: '001',
	displayName: id,
	description: 'Local stand-in',
	inputTokenLimit: 32_768,
	outputTokenLimit: 32_768,
	supportedGenerationMethods: METHODS[MODELS[id]!],
});

/** Members whose inner names are the caller's own and stay as they are. */
const FOREIGN = ['parameters', 'parametersJsonSchema', 'responseSchema', 'responseJsonSchema', 'args', 'response'];

/** Turns the API's `snake_case` names into `camelCase`, which it takes as well. */
function camelKeys(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(camelKeys);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value).map(([key, member]) => {
			const name = key.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase());
			// Of all `parameters`, only a tool's are a schema; those of a prediction hold the API's names.
			const isForeign = FOREIGN.includes(name) && !(name === 'parameters' && 'instances' in value);
			return [name, isForeign ? member : camelKeys(member)];
		}),
	);
}

/** Gemini API: GET /models, GET /models/{model}, POST /models/{model}:{method}, GET /models/{model}/operations/{operation}. */
export function modelRoutes(sandbox: Sandbox): Hono {
	const routes = new Hono();
	const operations = videoOperations(sandbox);

	routes.get('/models', (c) => c.json({ models: Object.keys(MODELS).map(toModelObject) }));
	routes.get('/models/:id', (c) => {
		const id = c.req.param('id');
		if (!MODELS[id]) throw new Refusal(404, `Model is not found: models/${id} for api version v1beta`);
		return c.json(toModelObject(id));
	});
	routes.get('/models/:id/operations/:operation', (c) => c.json(operations.read(c, c.req.param('operation'))));

	routes.post('/models/:call', async (c) => {
		const [id = '', method = ''] = c.req.param('call').split(':');
		const kind = MODELS[id];
		if (!kind || !METHODS[kind].includes(method)) {
			throw new Refusal(
				404,
				`models/${id} is not found for API version v1beta, or is not supported for ${method}. Call ListModels to see the list of available models and their supported methods.`,
			);
		}
		const body = camelKeys(await readJsonObject(c));
		if (kind === 'imagen') return c.json(await predictImages(sandbox, body));
		if (kind === 'veo') return c.json(operations.start(c, id, body));
		if (kind === 'image') return c.json(await generateImageContent(sandbox, id, body));

		const answer = generateTextContent(sandbox, id, body);
		if (method === 'generateContent') return c.json(answer);
		const chunks = toChunks(answer);
		if (c.req.query('alt') !== 'sse') return c.json(chunks);
		return streamSSE(c, async (stream) => {
			for (const chunk of chunks) await stream.writeSSE({ data: JSON.stringify(chunk) });
		});
	});
	return routes;
}
