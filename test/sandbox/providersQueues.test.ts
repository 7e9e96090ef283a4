import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ALL_FORMATS, BufferSource, EncodedPacketSink, Input } from 'mediabunny';
import { drawPicture } from '../../sandbox/providers/making/picture';
import { compareLooks, inspectPicture, ProvidersClient } from './providersClient';

// Films take seconds to make, more on a busy machine.
jest.setTimeout(60_000);

const server = new ProvidersClient();
beforeAll(async () => await server.start(), 60_000);
afterAll(async () => await server.stop());
beforeEach(async () => await server.reset());

/** Jobs that move on by being looked at: one look sees them queued, one at work. */
const byPolls = async () =>
	await server.post('/sandbox/timing', { queuedMs: 0, runningMs: 0, queuedPolls: 1, runningPolls: 1 });
const atOnce = async () => await server.post('/sandbox/timing', { queuedMs: 0, runningMs: 0 });

/** Asks until the answer is as wanted; at most 20 s. */
async function until<T>(ask: () => Promise<T>, isWanted: (answer: T) => boolean): Promise<T> {
	for (const deadline = Date.now() + 20_000; ;) {
		const answer = await ask();
		if (isWanted(answer)) return answer;
		if (Date.now() > deadline) throw new Error(`Still ${JSON.stringify(answer)} after 20 s.`);
		await new Promise((resolve) => setTimeout(resolve, 25));
	}
}

const download = async (url: string) => Buffer.from(await (await fetch(url)).arrayBuffer());
const json = async <T>(response: Response | Promise<Response>) => (await (await response).json()) as T;

/** What a video file holds, read by a demuxer. */
async function inspectVideo(file: Buffer) {
	const input = new Input({ source: new BufferSource(new Uint8Array(file)), formats: ALL_FORMATS });
	const track = (await input.getPrimaryVideoTrack())!;
	const packets = [];
	for await (const packet of new EncodedPacketSink(track).packets()) packets.push(packet);
	return {
		type: await input.getMimeType(),
		seconds: await input.computeDuration(),
		width: track.displayWidth,
		height: track.displayHeight,
		frames: packets.length,
		/** AV1 streams are made of units; type 1 is the header that a decoder has to see first. */
		firstUnits: new Set(packets.map(({ data }) => (data[0]! >> 3) & 0xf)),
		differentFrames: new Set(packets.map(({ data }) => Buffer.from(data).toString('base64', 0, 600))).size,
	};
}

/** A receiver of webhooks on this machine. */
class Receiver {
	readonly bodies: Array<Record<string, unknown>> = [];
	private http!: Server;

	async start(): Promise<string> {
		this.http = createServer((request, response) => {
			let text = '';
			request.on('data', (chunk) => (text += chunk));
			request.on('end', () => {
				this.bodies.push(JSON.parse(text) as Record<string, unknown>);
				response.end('ok');
			});
		});
		await new Promise<void>((resolve) => this.http.listen(0, '127.0.0.1', resolve));
		return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}/hook`;
	}

	async stop() {
		this.http.closeAllConnections();
		await new Promise((resolve) => this.http.close(resolve));
	}
}

describe('fal.ai', () => {
	const key = { authorization: 'Key any' };
	interface Ticket {
		status: string;
		request_id: string;
		status_url: string;
		response_url: string;
		cancel_url: string;
	}
	interface Pictures {
		images: Array<{ url: string; width: number; height: number; content_type: string }>;
		seed: number;
		prompt: string;
	}
	const submit = async (model: string, input: object, query = '') =>
		await json<Ticket>(server.post(`/fal/queue/${model}${query}`, input, key));
	const statusOf = async ({ status_url: url }: Ticket) => {
		const response = await server.get(url, key);
		return [response.status, ((await response.json()) as { status: string }).status];
	};

	it('answers a direct call with pictures by link', async () => {
		const body = { prompt: 'tea', image_size: 'portrait_4_3', num_images: 2, output_format: 'png' };
		const { images, prompt } = await json<Pictures>(server.post('/fal/run/fal-ai/flux/schnell', body, key));
		expect(prompt).toBe('tea');
		expect(images).toMatchObject([{ width: 768, height: 1024, content_type: 'image/png' }, {}]);
		const [first, second] = await Promise.all(images.map(async ({ url }) => await download(url)));
		expect(await inspectPicture(first!)).toEqual({ format: 'png', width: 768, height: 1024 });
		expect(await compareLooks(first!, second!)).toBeGreaterThan(8);
	});

	it('takes a request through the queue', async () => {
		await byPolls();
		const ticket = await submit('fal-ai/flux/dev', { prompt: 'tea' });
		expect(ticket.status).toBe('IN_QUEUE');
		expect(ticket.status_url).toBe(`${server.url}/fal/queue/fal-ai/flux/requests/${ticket.request_id}/status`);
		expect(await statusOf(ticket)).toEqual([202, 'IN_QUEUE']);
		expect((await server.get(ticket.response_url, key)).status).toBe(400);
		expect(await statusOf(ticket)).toEqual([202, 'IN_PROGRESS']);
		await until(
			async () => await statusOf(ticket),
			([, status]) => status === 'COMPLETED',
		);
		const { images } = await json<Pictures>(server.get(ticket.response_url, key));
		expect(await inspectPicture(await download(images[0]!.url))).toEqual({ format: 'jpeg', width: 1024, height: 768 });
	});

	it('lets time move a request on by default', async () => {
		const started = Date.now();
		const ticket = await submit('fal-ai/flux/dev', { prompt: 'tea' });
		await until(
			async () => await statusOf(ticket),
			([, status]) => status === 'COMPLETED',
		);
		expect(Date.now() - started).toBeGreaterThanOrEqual(990);
	});

	it('tells what is wrong with the input at once, or with the result of a queued request', async () => {
		await atOnce();
		const problem = { detail: [{ loc: ['body', 'prompt'], msg: 'Field required', type: 'missing' }] };
		const direct = await server.post('/fal/run/fal-ai/flux/dev', {}, key);
		expect([direct.status, await direct.json()]).toEqual([422, problem]);
		const ticket = await submit('fal-ai/flux/dev', {});
		await until(
			async () => await statusOf(ticket),
			([, status]) => status === 'COMPLETED',
		);
		const result = await server.get(ticket.response_url, key);
		expect([result.status, await result.json()]).toEqual([422, problem]);
	});

	it('lets a queued request fail when told to', async () => {
		await atOnce();
		await server.fault({ provider: 'fal', failJob: true, message: 'The runner crashed.' });
		const ticket = await submit('fal-ai/flux/dev', { prompt: 'tea' });
		const status = await until(
			async () => await json<{ status: string; error?: string }>(server.get(ticket.status_url, key)),
			(answer) => answer.status === 'COMPLETED',
		);
		expect(status.error).toBe('The runner crashed.');
		expect((await server.get(ticket.response_url, key)).status).toBe(500);
	});

	it('cancels a request that waits, not one that is done', async () => {
		await byPolls();
		const ticket = await submit('fal-ai/flux/dev', { prompt: 'tea' });
		const cancel = async (url: string) => await json(fetch(url, { method: 'PUT', headers: key }));
		expect(await cancel(ticket.cancel_url)).toEqual({ status: 'CANCELLATION_REQUESTED' });
		expect((await server.get(ticket.response_url, key)).status).toBe(400);
		await atOnce();
		const other = await submit('fal-ai/flux/dev', { prompt: 'tea' });
		await until(
			async () => await statusOf(other),
			([, status]) => status === 'COMPLETED',
		);
		expect(await cancel(other.cancel_url)).toEqual({ status: 'ALREADY_COMPLETED' });
	});

	it('shows a picture given as a data URL or a link of this server, and fetches nothing from elsewhere', async () => {
		const reference = await drawPicture({ prompt: 'the original', width: 300, height: 300 });
		const dataUrl = `data:image/png;base64,${reference.toString('base64')}`;
		const edit = async (imageUrl: string) =>
			await server.post(
				'/fal/run/fal-ai/flux/dev/image-to-image',
				{ prompt: 'winter', image_url: imageUrl, image_size: 'square', output_format: 'png' },
				key,
			);
		const fromData = await download((await json<Pictures>(edit(dataUrl))).images[0]!.url);
		const unrelated = await drawPicture({ prompt: 'winter', width: 512, height: 512 });
		expect(await compareLooks(fromData, reference)).toBeLessThan(await compareLooks(unrelated, reference));
		const hosted = (await json<Pictures>(server.post('/fal/run/fal-ai/flux/dev', { prompt: 'tea' }, key))).images[0]!
			.url;
		expect((await edit(hosted)).status).toBe(200);
		const refused = await edit('https://example.com/cat.png');
		expect([refused.status, await refused.json()]).toEqual([
			422,
			{
				detail: [
					{
						loc: ['body', 'image_url'],
						msg: expect.stringContaining('this machine only'),
						type: 'file_download_error',
					},
				],
			},
		]);
	});

	it('calls a webhook with the result', async () => {
		await atOnce();
		const receiver = new Receiver();
		const hook = await receiver.start();
		try {
			const { request_id: id } = await submit(
				'fal-ai/flux/dev',
				{ prompt: 'tea' },
				`?fal_webhook=${encodeURIComponent(hook)}`,
			);
			await until(
				async () => receiver.bodies.length,
				(count) => count === 1,
			);
			expect(receiver.bodies[0]).toMatchObject({ request_id: id, status: 'OK', payload: { prompt: 'tea' } });
		} finally {
			await receiver.stop();
		}
	});

	it('refuses a missing key, a wrong key and a webhook off this machine', async () => {
		for (const authorization of ['', 'Key wrong']) {
			const response = await server.post('/fal/run/fal-ai/flux/dev', { prompt: 'x' }, { authorization });
			expect([response.status, await response.json()]).toEqual([401, { detail: expect.any(String) }]);
		}
		const response = await server.post(
			'/fal/queue/fal-ai/flux/dev?fal_webhook=https%3A%2F%2Fexample.com',
			{ prompt: 'x' },
			key,
		);
		expect(response.status).toBe(422);
	});

	it('makes a video that is real and larger than a plain upload may be', async () => {
		await atOnce();
		const ticket = await submit('fal-ai/veo3', { prompt: 'A fox in the snow', duration: '4s', aspect_ratio: '16:9' });
		await until(
			async () => await statusOf(ticket),
			([, status]) => status === 'COMPLETED',
		);
		const { video } = await json<{ video: { url: string; content_type: string; file_size: number } }>(
			server.get(ticket.response_url, key),
		);
		const file = await download(video.url);
		expect([video.content_type, file.length]).toEqual(['video/mp4', video.file_size]);
		expect(file.length).toBeGreaterThan(4.5 * 1024 * 1024);
		expect(await inspectVideo(file)).toEqual({
			type: expect.stringMatching(/^video\/mp4; codecs="av01\./),
			seconds: 4,
			width: 1280,
			height: 720,
			frames: 48,
			firstUnits: new Set([1]),
			differentFrames: 24,
		});
	});
});

describe('Replicate', () => {
	interface Prediction {
		id: string;
		status: string;
		output: string | string[] | null;
		error: string | null;
		completed_at: string | null;
		urls: { get: string; cancel: string };
	}
	const create = async (model: string, input: object, headers: Record<string, string> = {}, more: object = {}) =>
		await server.post(`/replicate/v1/models/${model}/predictions`, { input, ...more }, headers);

	it('goes from starting to succeeded', async () => {
		await byPolls();
		const response = await create('black-forest-labs/flux-schnell', {
			prompt: 'tea',
			aspect_ratio: '16:9',
			output_format: 'png',
		});
		expect(response.status).toBe(201);
		const created = await json<Prediction>(response);
		expect(created).toMatchObject({ status: 'starting', output: null, completed_at: null });
		const look = async () => await json<Prediction>(server.get(created.urls.get));
		expect((await look()).status).toBe('starting');
		expect((await look()).status).toBe('processing');
		const done = await until(look, ({ status }) => status === 'succeeded');
		expect(done.completed_at).not.toBeNull();
		expect(await inspectPicture(await download(done.output![0]!))).toEqual({ format: 'png', width: 1360, height: 768 });
	});

	it('waits for the result when preferred, and gives one link for models that make one picture', async () => {
		const response = await create('black-forest-labs/flux-1.1-pro', { prompt: 'tea' }, { prefer: 'wait' });
		expect(response.status).toBe(201);
		const { status, output } = await json<Prediction>(response);
		expect(status).toBe('succeeded');
		expect((await inspectPicture(await download(output as string))).format).toBe('webp');
	});

	it('answers 202 when the result takes longer than preferred', async () => {
		await server.post('/sandbox/timing', { queuedMs: 0, runningMs: 60_000 });
		const response = await create('a/b', { prompt: 'tea' }, { prefer: 'wait=1' });
		expect([response.status, (await json<Prediction>(response)).status]).toEqual([202, 'processing']);
	});

	it('runs a version, cancels, lists and fails', async () => {
		await byPolls();
		const created = await json<Prediction>(
			server.post('/replicate/v1/predictions', { version: 'stability-ai/sdxl:39ed', input: { prompt: 'tea' } }),
		);
		expect((await json<Prediction>(server.post(created.urls.cancel.replace(server.url, ''), {}))).status).toBe(
			'canceled',
		);
		expect((await json<Prediction>(server.get(created.urls.get))).status).toBe('canceled');
		await atOnce();
		await server.fault({ provider: 'replicate', failJob: true, message: 'CUDA out of memory' });
		const failing = await json<Prediction>(create('a/b', { prompt: 'tea' }));
		const failed = await until(
			async () => await json<Prediction>(server.get(failing.urls.get)),
			({ status }) => status !== 'processing',
		);
		expect(failed).toMatchObject({ status: 'failed', error: 'CUDA out of memory', output: null });
		const { results } = await json<{ results: Prediction[] }>(server.get('/replicate/v1/predictions'));
		expect(results.map(({ id }) => id)).toEqual([failing.id, created.id]);
	});

	it('calls a webhook with the finished prediction', async () => {
		await atOnce();
		const receiver = new Receiver();
		const webhook = await receiver.start();
		try {
			const { id } = await json<Prediction>(
				create('a/b', { prompt: 'tea' }, {}, { webhook, webhook_events_filter: ['completed'] }),
			);
			await until(
				async () => receiver.bodies.length,
				(count) => count === 1,
			);
			expect(receiver.bodies[0]).toMatchObject({
				id,
				status: 'succeeded',
				output: expect.stringContaining(server.url),
			});
		} finally {
			await receiver.stop();
		}
	});

	it('refuses bad input and keys in its own shape', async () => {
		const missing = await create('a/b', {});
		expect([missing.status, await missing.json()]).toEqual([
			422,
			{ title: 'Input validation failed', detail: '- input: prompt is required\n', status: 422 },
		]);
		const keyless = await create('a/b', { prompt: 'x' }, { authorization: '' });
		expect([keyless.status, await keyless.json()]).toMatchObject([401, { title: 'Unauthenticated', status: 401 }]);
	});
});

describe('OpenAI: videos', () => {
	interface Video {
		id: string;
		status: string;
		progress: number;
		size: string;
		error: { message: string } | null;
	}
	const look = async (id: string) => await json<Video>(server.get(`/openai/v1/videos/${id}`));

	it('goes from queued to a film that shows the reference', async () => {
		await byPolls();
		const reference = await drawPicture({ prompt: 'the original', width: 300, height: 300 });
		const created = await json<Video>(
			server.postForm('/openai/v1/videos', [
				['model', 'sora-2'],
				['prompt', 'A fox in the snow'],
				['seconds', '4'],
				['size', '720x1280'],
				['input_reference', reference],
			]),
		);
		expect(created).toMatchObject({ status: 'queued', progress: 0, size: '720x1280', error: null });
		expect((await look(created.id)).status).toBe('queued');
		expect((await look(created.id)).status).toBe('in_progress');
		expect((await server.get(`/openai/v1/videos/${created.id}/content`)).status).toBe(404);
		await until(
			async () => await look(created.id),
			({ status }) => status === 'completed',
		);
		const content = await server.get(`/openai/v1/videos/${created.id}/content`);
		expect(content.headers.get('content-type')).toBe('video/mp4');
		const file = Buffer.from(await content.arrayBuffer());
		expect(await inspectVideo(file)).toMatchObject({ width: 720, height: 1280, seconds: 4 });
		expect((await server.stats()).generations.openai).toMatchObject({ video: 1, prompts: { 'A fox in the snow': 1 } });
	});

	it('reports a film that failed, and forgets a deleted one', async () => {
		await atOnce();
		await server.fault({ path: '/videos', failJob: true, message: 'Moderated.' });
		const { id } = await json<Video>(server.post('/openai/v1/videos', { prompt: 'x' }));
		const failed = await until(
			async () => await look(id),
			({ status }) => status === 'failed',
		);
		expect(failed.error).toEqual({ code: 'video_generation_failed', message: 'Moderated.' });
		expect(
			(
				await fetch(`${server.url}/openai/v1/videos/${id}`, {
					method: 'DELETE',
					headers: { authorization: 'Bearer k' },
				})
			).status,
		).toBe(200);
		expect((await server.get(`/openai/v1/videos/${id}`)).status).toBe(404);
	});

	it.each([
		[{}, 'prompt'],
		[{ prompt: 'x', seconds: '5' }, 'seconds'],
		[{ prompt: 'x', size: '1x1' }, 'size'],
		[{ prompt: 'x', model: 'sora-1' }, 'model'],
	])('answers 400 for %j', async (body, param) => {
		const response = await server.post('/openai/v1/videos', body);
		expect([response.status, ((await response.json()) as { error: { param: string } }).error.param]).toEqual([
			400,
			param,
		]);
	});
});

describe('Gemini: Veo', () => {
	it('gives an operation that ends with a film to download with the key', async () => {
		await byPolls();
		interface Operation {
			name: string;
			done?: boolean;
			response?: { generateVideoResponse: { generatedSamples: Array<{ video: { uri: string } }> } };
		}
		const start = await json<Operation>(
			server.post('/gemini/v1beta/models/veo-3.1-generate-preview:predictLongRunning?key=k', {
				instances: [{ prompt: 'A fox in the snow' }],
				parameters: { sampleCount: 1, durationSeconds: 4, aspectRatio: '9:16' },
			}),
		);
		const look = async () => await json<Operation>(server.get(`/gemini/v1beta/${start.name}?key=k`));
		expect(await look()).toEqual({ name: start.name });
		const done = await until(look, (operation) => operation.done === true);
		const { uri } = done.response!.generateVideoResponse.generatedSamples[0]!.video;
		expect((await fetch(uri)).status).toBe(403);
		const file = await fetch(`${uri}&key=k`);
		expect(file.headers.get('content-type')).toBe('video/mp4');
		expect(await inspectVideo(Buffer.from(await file.arrayBuffer()))).toMatchObject({
			width: 720,
			height: 1280,
			seconds: 4,
		});
	});
});
