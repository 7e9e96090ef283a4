import { drawPicture } from '../../sandbox/providers/making/picture';
import { compareLooks, inspectPicture, ProvidersClient } from './providersClient';

const server = new ProvidersClient();
beforeAll(async () => await server.start(), 60_000);
afterAll(async () => await server.stop());
beforeEach(async () => await server.reset());

const fromBase64 = (text: string) => Buffer.from(text, 'base64');

describe('Automatic1111', () => {
	interface Answer {
		images: string[];
		parameters: Record<string, unknown>;
		info: string;
	}
	const call = async (path: string, body: object) =>
		await server.post(`/a1111/sdapi/v1/${path}`, body, { authorization: '' });

	it('draws pictures as Base64, one for each seed', async () => {
		const answer = (await (
			await call('txt2img', { prompt: 'tea', width: 320, height: 256, batch_size: 2, seed: 7, steps: 5 })
		).json()) as Answer;
		const [first, second] = answer.images.map(fromBase64);
		expect(await inspectPicture(first!)).toEqual({ format: 'png', width: 320, height: 256 });
		expect(await compareLooks(first!, second!)).toBeGreaterThan(8);
		expect(JSON.parse(answer.info)).toMatchObject({ prompt: 'tea', seed: 7, all_seeds: [7, 8] });
		expect(answer.parameters).toMatchObject({ steps: 5 });
	});

	it('shows the initial picture in the result', async () => {
		const reference = await drawPicture({ prompt: 'the original', width: 300, height: 300 });
		const body = { prompt: 'winter', init_images: [reference.toString('base64')], seed: 1 };
		const answer = (await (await call('img2img', body)).json()) as Answer;
		const unrelated = await drawPicture({ prompt: 'winter', width: 512, height: 512, seed: 1 });
		expect(await compareLooks(fromBase64(answer.images[0]!), reference)).toBeLessThan(
			await compareLooks(unrelated, reference),
		);
	});

	it('refuses in its own shape', async () => {
		const wrong = await call('txt2img', { prompt: 'tea', width: 'wide' });
		expect([wrong.status, await wrong.json()]).toMatchObject([
			422,
			{ detail: [{ loc: ['body', 'width'], msg: expect.any(String) }] },
		]);
		const missing = await call('img2img', { prompt: 'tea' });
		expect([missing.status, await missing.json()]).toMatchObject([
			404,
			{ error: 'HTTPException', detail: 'Init image not found' },
		]);
	});

	it('lists its models', async () => {
		expect(await (await server.get('/a1111/sdapi/v1/sd-models')).json()).toMatchObject([{ model_name: 'sandbox' }]);
	});
});

describe('ComfyUI', () => {
	/** The default text-to-image workflow in API format; with `image`, it starts from that upload. */
	const workflow = (prompt: string, image?: string) => ({
		'3': {
			class_type: 'KSampler',
			inputs: {
				seed: 5,
				steps: 20,
				model: ['4', 0],
				positive: ['6', 0],
				negative: ['7', 0],
				latent_image: [image ? '11' : '5', 0],
			},
		},
		'4': { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: 'any.safetensors' } },
		'5': { class_type: 'EmptyLatentImage', inputs: { width: 384, height: 320, batch_size: 2 } },
		'6': { class_type: 'CLIPTextEncode', inputs: { text: prompt, clip: ['4', 1] } },
		'7': { class_type: 'CLIPTextEncode', inputs: { text: 'blurry', clip: ['4', 1] } },
		'8': { class_type: 'VAEDecode', inputs: { samples: ['3', 0], vae: ['4', 2] } },
		'9': { class_type: 'SaveImage', inputs: { filename_prefix: 'shop/tea', images: ['8', 0] } },
		...(image
			? {
					'10': { class_type: 'LoadImage', inputs: { image } },
					'11': { class_type: 'VAEEncode', inputs: { pixels: ['10', 0], vae: ['4', 2] } },
				}
			: {}),
	});
	interface Entry {
		outputs: Record<string, { images: Array<{ filename: string; subfolder: string; type: string }> }>;
		status: { status_str: string; completed: boolean };
	}

	const submit = async (graph: object) => {
		const response = await server.post('/comfyui/prompt', { prompt: graph, client_id: 'test' }, { authorization: '' });
		return (await response.json()) as { prompt_id: string; node_errors: object };
	};
	const historyOf = async (id: string) =>
		((await (await server.get(`/comfyui/history/${id}`)).json()) as Record<string, Entry>)[id];
	const finish = async (id: string): Promise<Entry> => {
		for (const deadline = Date.now() + 20_000; Date.now() < deadline;) {
			const entry = await historyOf(id);
			if (entry) return entry;
			await new Promise((resolve) => setTimeout(resolve, 25));
		}
		throw new Error('The workflow did not end within 20 s.');
	};
	const view = async (image: { filename: string; subfolder: string; type: string }) =>
		Buffer.from(await (await server.get(`/comfyui/view?${new URLSearchParams(image)}`)).arrayBuffer());

	it('runs a workflow: the text behind "positive", in the size of the empty latent image', async () => {
		await server.post('/sandbox/timing', { queuedMs: 0, runningMs: 0, queuedPolls: 1, runningPolls: 1 });
		const { prompt_id: id } = await submit(workflow('a red teapot'));
		expect(await historyOf(id)).toBeUndefined();
		expect(await (await server.get('/comfyui/prompt')).json()).toEqual({ exec_info: { queue_remaining: 1 } });
		const { outputs, status } = await finish(id);
		expect(status).toMatchObject({ status_str: 'success', completed: true });
		const { images } = outputs['9']!;
		expect(images).toEqual([
			{ filename: 'tea_00001_.png', subfolder: 'shop', type: 'output' },
			{ filename: 'tea_00002_.png', subfolder: 'shop', type: 'output' },
		]);
		expect(await inspectPicture(await view(images[0]!))).toEqual({ format: 'png', width: 384, height: 320 });
		expect((await server.stats()).generations.comfyui).toMatchObject({ image: 2, prompts: { 'a red teapot': 2 } });
	});

	it('starts from an uploaded picture, also under /api', async () => {
		const reference = await drawPicture({ prompt: 'the original', width: 300, height: 300 });
		const uploaded = await server.postForm('/comfyui/api/upload/image', [
			['image', reference],
			['overwrite', 'false'],
		]);
		expect(await uploaded.json()).toEqual({ name: 'image.png', subfolder: '', type: 'input' });
		const again = await server.postForm('/comfyui/upload/image', [['image', reference]]);
		expect(await again.json()).toMatchObject({ name: 'image (1).png' });
		const { prompt_id: id } = await submit(workflow('winter', 'image.png'));
		const { outputs } = await finish(id);
		const picture = await view(outputs['9']!.images[0]!);
		const unrelated = await drawPicture({ prompt: 'winter', width: 512, height: 512, seed: 5 });
		expect(await compareLooks(picture, reference)).toBeLessThan(await compareLooks(unrelated, reference));
	});

	it('reports a workflow that failed', async () => {
		const { prompt_id: id } = await submit(workflow('winter', 'never-uploaded.png'));
		expect((await finish(id)).status).toMatchObject({ status_str: 'error', completed: false });
	});

	it.each([
		[{}, 'no_prompt'],
		[{ prompt: { '1': { class_type: 'KSampler', inputs: {} } } }, 'prompt_no_outputs'],
		[{ prompt: { nodes: [], links: [] } }, 'invalid_prompt'],
		[
			{ prompt: { '9': { class_type: 'SaveImage', inputs: { images: ['8', 0] } } } },
			'prompt_outputs_failed_validation',
		],
	])('refuses %j', async (body, type) => {
		const response = await server.post('/comfyui/prompt', body);
		expect(response.status).toBe(400);
		expect(await response.json()).toMatchObject({
			error: { type, message: expect.any(String) },
			node_errors: expect.any(Object),
		});
	});
});

describe('Stability AI', () => {
	const url = '/stability/v2beta/stable-image/generate';

	it('answers with the picture itself, or with JSON when that is accepted', async () => {
		const fields: Array<[string, string]> = [
			['prompt', 'tea'],
			['output_format', 'webp'],
			['aspect_ratio', '16:9'],
			['seed', '9'],
		];
		const asPicture = await server.postForm(`${url}/ultra`, fields, { accept: 'image/*' });
		expect(Object.fromEntries(asPicture.headers)).toMatchObject({
			'content-type': 'image/webp',
			'finish-reason': 'SUCCESS',
			seed: '9',
		});
		const picture = Buffer.from(await asPicture.arrayBuffer());
		expect(await inspectPicture(picture)).toEqual({ format: 'webp', width: 1344, height: 768 });
		const asJson = await server.postForm(`${url}/ultra`, fields, { accept: 'application/json' });
		const answer = (await asJson.json()) as { image: string };
		expect(answer).toMatchObject({ finish_reason: 'SUCCESS', seed: 9 });
		expect(fromBase64(answer.image).equals(picture)).toBe(true);
	});

	it('shows the picture to start from', async () => {
		const reference = await drawPicture({ prompt: 'the original', width: 300, height: 300 });
		const response = await server.postForm(`${url}/sd3`, [
			['prompt', 'winter'],
			['mode', 'image-to-image'],
			['strength', '0.6'],
			['image', reference],
		]);
		const unrelated = await drawPicture({ prompt: 'winter', width: 1024, height: 1024 });
		const picture = Buffer.from(await response.arrayBuffer());
		expect(await compareLooks(picture, reference)).toBeLessThan(await compareLooks(unrelated, reference));
	});

	it('tells all that is wrong at once, in its own shape', async () => {
		const wrong = await server.postForm(`${url}/core`, [
			['prompt', ''],
			['output_format', 'gif'],
		]);
		expect([wrong.status, await wrong.json()]).toEqual([
			400,
			{
				id: expect.any(String),
				name: 'bad_request',
				errors: ['prompt: cannot be empty', expect.stringContaining('output_format')],
			},
		]);
		const asJson = await server.post(`${url}/core`, { prompt: 'tea' });
		expect([asJson.status, await asJson.json()]).toMatchObject([
			400,
			{ errors: ['content-type: must be multipart/form-data'] },
		]);
		const keyless = await server.postForm(`${url}/core`, [['prompt', 'tea']], { authorization: '' });
		expect([keyless.status, await keyless.json()]).toMatchObject([401, { name: 'unauthorized' }]);
	});
});
