import { drawPicture } from '../../sandbox/providers/making/picture';
import { compareLooks, inspectPicture, ProvidersClient } from './providersClient';

const server = new ProvidersClient();
beforeAll(async () => await server.start(), 60_000);
afterAll(async () => await server.stop());
beforeEach(async () => await server.reset());

interface OpenAiImages {
	created: number;
	data: Array<{ b64_json?: string; url?: string; revised_prompt?: string }>;
	size?: string;
	usage?: { total_tokens: number };
}

const decode = (base64: string | undefined) => Buffer.from(base64!, 'base64');

async function generate(body: Record<string, unknown>) {
	const response = await server.post('/openai/v1/images/generations', body);
	expect(response.status).toBe(200);
	return (await response.json()) as OpenAiImages;
}

describe('OpenAI: models and keys', () => {
	it('lists models and finds one', async () => {
		const list = (await (await server.get('/openai/v1/models')).json()) as { data: Array<{ id: string }> };
		expect(list.data.map(({ id }) => id)).toEqual(expect.arrayContaining(['gpt-image-1', 'dall-e-3', 'gpt-4o-mini']));
		expect(await (await server.get('/openai/v1/models/gpt-image-1')).json()).toMatchObject({
			id: 'gpt-image-1',
			object: 'model',
		});
		expect((await server.get('/openai/v1/models/none')).status).toBe(404);
	});

	it.each([
		['', "You didn't provide an API key"],
		['Bearer wrong', 'Incorrect API key provided'],
	])('answers 401 in the API shape for the header "%s"', async (authorization, words) => {
		const response = await server.get('/openai/v1/models', { authorization });
		expect(response.status).toBe(401);
		expect(await response.json()).toEqual({
			error: {
				message: expect.stringContaining(words),
				type: 'invalid_request_error',
				param: null,
				code: 'invalid_api_key',
			},
		});
	});

	it('answers an unknown path in the API shape', async () => {
		const response = await server.get('/openai/v1/nothing');
		expect(response.status).toBe(404);
		expect(await response.json()).toMatchObject({
			error: { message: 'Invalid URL (GET /v1/nothing)', type: 'invalid_request_error' },
		});
	});
});

describe('OpenAI: POST /images/generations', () => {
	it('gives gpt-image pictures as Base64 in the size and format asked for', async () => {
		const answer = await generate({
			model: 'gpt-image-1-mini',
			prompt: 'tea',
			size: '1536x1024',
			output_format: 'webp',
			quality: 'low',
		});
		expect(answer.size).toBe('1536x1024');
		expect(answer.usage!.total_tokens).toBeGreaterThan(0);
		expect(await inspectPicture(decode(answer.data[0]!.b64_json))).toEqual({
			format: 'webp',
			width: 1536,
			height: 1024,
		});
	});

	it('gives n different pictures', async () => {
		const { data } = await generate({
			model: 'dall-e-2',
			prompt: 'tea',
			size: '256x256',
			n: 3,
			response_format: 'b64_json',
		});
		const pictures = data.map(({ b64_json }) => decode(b64_json));
		expect(pictures).toHaveLength(3);
		expect(await compareLooks(pictures[0]!, pictures[1]!)).toBeGreaterThan(8);
		expect(await compareLooks(pictures[1]!, pictures[2]!)).toBeGreaterThan(8);
		expect((await server.stats()).generations.openai).toMatchObject({ total: 3, image: 3, prompts: { tea: 3 } });
	});

	it('gives DALL·E pictures as links by default, served by this server', async () => {
		const { data } = await generate({ model: 'dall-e-3', prompt: 'tea', size: '1024x1792' });
		expect(data[0]!.revised_prompt).toBe('tea');
		expect(data[0]!.url).toMatch(new RegExp(`^${server.url}/files/.+\\.png$`));
		const file = await fetch(data[0]!.url!);
		expect(file.headers.get('content-type')).toBe('image/png');
		expect(await inspectPicture(Buffer.from(await file.arrayBuffer()))).toEqual({
			format: 'png',
			width: 1024,
			height: 1792,
		});
	});

	it.each([
		[{ model: 'gpt-image-1', prompt: '  ' }, 'prompt', 'empty_string'],
		[{ model: 'gpt-image-1' }, 'prompt', 'missing_required_parameter'],
		[{ model: 'dall-e-2', prompt: 'x'.repeat(1001) }, 'prompt', 'string_above_max_length'],
		[{ model: 'gpt-image-1', prompt: 'x', response_format: 'url' }, 'response_format', 'unknown_parameter'],
		[{ model: 'dall-e-3', prompt: 'x', n: 2 }, 'n', 'integer_above_max_value'],
		[{ model: 'dall-e-3', prompt: 'x', size: '256x256' }, 'size', 'invalid_value'],
		[{ model: 'gpt-9', prompt: 'x' }, 'model', 'invalid_value'],
	])('answers 400 for %j', async (body, param, code) => {
		const response = await server.post('/openai/v1/images/generations', body);
		expect(response.status).toBe(400);
		expect(await response.json()).toEqual({
			error: { message: expect.any(String), type: 'invalid_request_error', param, code },
		});
		expect((await server.stats()).generations).toEqual({});
	});

	it('answers 400 for a body that is not JSON', async () => {
		const response = await fetch(`${server.url}/openai/v1/images/generations`, {
			method: 'POST',
			headers: { authorization: 'Bearer k', 'content-type': 'application/json' },
			body: '{"prompt": ',
		});
		expect(response.status).toBe(400);
	});
});

describe('OpenAI: POST /images/edits', () => {
	it('shows the uploaded picture in the result', async () => {
		const reference = await drawPicture({ prompt: 'the original', width: 400, height: 400 });
		const fields: Array<[string, string | Buffer]> = [
			['image[]', reference],
			['prompt', 'make it winter'],
			['model', 'gpt-image-1'],
			['n', '1'],
			['size', '1024x1024'],
			['quality', 'auto'],
		];
		const response = await server.postForm('/openai/v1/images/edits', fields);
		expect(response.status).toBe(200);
		const edited = decode(((await response.json()) as OpenAiImages).data[0]!.b64_json);
		expect(await inspectPicture(edited)).toEqual({ format: 'png', width: 1024, height: 1024 });
		const unrelated = await drawPicture({ prompt: 'make it winter', width: 1024, height: 1024 });
		expect(await compareLooks(edited, reference)).toBeLessThan(await compareLooks(unrelated, reference));
		expect((await server.stats()).requests.at(-1)!.body).toMatchObject({
			prompt: 'make it winter',
			'image[]': expect.stringMatching(/^<image\/png, \d+ bytes>$/),
		});
	});

	it('answers 400 without an image and with one that is no picture', async () => {
		const missing = await server.postForm('/openai/v1/images/edits', [
			['prompt', 'x'],
			['model', 'dall-e-2'],
		]);
		expect([missing.status, ((await missing.json()) as { error: { param: string } }).error.param]).toEqual([
			400,
			'image',
		]);
		const broken = await server.postForm('/openai/v1/images/edits', [
			['prompt', 'x'],
			['model', 'dall-e-2'],
			['image', Buffer.from('no picture')],
		]);
		expect([broken.status, ((await broken.json()) as { error: { code: string } }).error.code]).toEqual([
			400,
			'invalid_image_file',
		]);
	});
});

interface GeminiContent {
	candidates: Array<{ content: { parts: Array<{ text?: string; inlineData?: { mimeType: string; data: string } }> } }>;
}

const pictureOf = (content: GeminiContent) =>
	decode(content.candidates[0]!.content.parts.find(({ inlineData }) => inlineData)?.inlineData!.data);

describe('Gemini', () => {
	const model = '/gemini/v1beta/models/gemini-3.1-flash-image-preview:generateContent';

	it('takes the key from the query or the header', async () => {
		expect((await fetch(`${server.url}/gemini/v1beta/models?key=k`)).status).toBe(200);
		expect((await fetch(`${server.url}/gemini/v1beta/models`, { headers: { 'x-goog-api-key': 'k' } })).status).toBe(
			200,
		);
	});

	it.each([
		['', 403, 'PERMISSION_DENIED'],
		['?key=wrong', 400, 'INVALID_ARGUMENT'],
	])('refuses the query "%s" with %i in the API shape', async (query, status, name) => {
		const response = await fetch(`${server.url}/gemini/v1beta/models${query}`);
		expect(response.status).toBe(status);
		expect(await response.json()).toMatchObject({ error: { code: status, status: name, message: expect.any(String) } });
	});

	it('makes a picture beside a text, in the aspect ratio asked for', async () => {
		const response = await server.post(`${model}?key=k`, {
			contents: [{ role: 'user', parts: [{ text: 'tea' }] }],
			generationConfig: { responseModalities: ['IMAGE', 'TEXT'], imageConfig: { aspectRatio: '16:9' } },
		});
		const content = (await response.json()) as GeminiContent;
		expect(content.candidates[0]!.content.parts[0]!.text).toEqual(expect.any(String));
		expect(await inspectPicture(pictureOf(content))).toEqual({ format: 'png', width: 1360, height: 768 });
		expect((await server.stats()).generations.gemini).toMatchObject({ image: 1, prompts: { tea: 1 } });
	});

	it('shows a picture given inline, also under snake_case names', async () => {
		const reference = await drawPicture({ prompt: 'the original', width: 300, height: 300 });
		const data = reference.toString('base64');
		const bodies = [
			{ contents: [{ parts: [{ inlineData: { mimeType: 'image/png', data } }, { text: 'make it winter' }] }] },
			{ contents: [{ parts: [{ inline_data: { mime_type: 'image/png', data } }, { text: 'make it winter' }] }] },
		];
		const [camel, snake] = await Promise.all(
			bodies.map(async (body) =>
				pictureOf((await (await server.post(`${model}?key=k`, body)).json()) as GeminiContent),
			),
		);
		expect(camel!.equals(snake!)).toBe(true);
		const unrelated = await drawPicture({ prompt: 'make it winter', width: 1024, height: 1024 });
		expect(await compareLooks(camel!, reference)).toBeLessThan(await compareLooks(unrelated, reference));
	});

	it('takes an upload in the resumable protocol and shows it in the result', async () => {
		const reference = await drawPicture({ prompt: 'the original', width: 300, height: 300 });
		const start = await fetch(`${server.url}/gemini/upload/v1beta/files?key=k`, {
			method: 'POST',
			headers: {
				'X-Goog-Upload-Protocol': 'resumable',
				'X-Goog-Upload-Command': 'start',
				'X-Goog-Upload-Header-Content-Length': String(reference.length),
				'X-Goog-Upload-Header-Content-Type': 'image/png',
				'Content-Type': 'application/json',
			},
		});
		const finish = await fetch(start.headers.get('x-goog-upload-url')!, {
			method: 'POST',
			headers: { 'X-Goog-Upload-Offset': '0', 'X-Goog-Upload-Command': 'upload, finalize' },
			body: new Uint8Array(reference),
		});
		const { file } = (await finish.json()) as {
			file: { name: string; uri: string; mimeType: string; state: string; sizeBytes: string };
		};
		expect(file).toMatchObject({ mimeType: 'image/png', state: 'ACTIVE', sizeBytes: String(reference.length) });
		expect(await (await fetch(`${server.url}/gemini/v1beta/${file.name}?key=k`)).json()).toMatchObject({
			uri: file.uri,
		});

		const response = await server.post(`${model}?key=k`, {
			contents: [
				{
					role: 'user',
					parts: [{ fileData: { fileUri: file.uri, mimeType: file.mimeType } }, { text: 'make it winter' }],
				},
			],
			generationConfig: { responseModalities: ['IMAGE'] },
		});
		const content = (await response.json()) as GeminiContent;
		expect(content.candidates[0]!.content.parts).toHaveLength(1);
		const unrelated = await drawPicture({ prompt: 'make it winter', width: 1024, height: 1024 });
		expect(await compareLooks(pictureOf(content), reference)).toBeLessThan(await compareLooks(unrelated, reference));
	});

	it('makes Imagen pictures', async () => {
		const response = await server.post('/gemini/v1beta/models/imagen-4.0-generate-001:predict?key=k', {
			instances: [{ prompt: 'tea' }],
			parameters: { sampleCount: 2 },
		});
		const { predictions } = (await response.json()) as {
			predictions: Array<{ mimeType: string; bytesBase64Encoded: string }>;
		};
		const pictures = predictions.map(({ bytesBase64Encoded }) => decode(bytesBase64Encoded));
		expect(await inspectPicture(pictures[0]!)).toEqual({ format: 'png', width: 1024, height: 1024 });
		expect(await compareLooks(pictures[0]!, pictures[1]!)).toBeGreaterThan(8);
	});

	it.each([
		[model, { contents: [{ parts: [{ text: ' ' }] }] }, 400],
		[model, {}, 400],
		['/gemini/v1beta/models/none:generateContent', { contents: [] }, 404],
		[model, { contents: [{ parts: [{ text: 'x' }, { fileData: { fileUri: 'files/none' } }] }] }, 403],
		[model, { contents: [{ parts: [{ text: 'x' }, { inlineData: { mimeType: 'image/png', data: 'AAAA' } }] }] }, 400],
	])('answers %s with %j by %i', async (path, body, status) => {
		const response = await server.post(`${path}?key=k`, body);
		expect(response.status).toBe(status);
		expect(await response.json()).toMatchObject({ error: { code: status, message: expect.any(String) } });
	});
});
