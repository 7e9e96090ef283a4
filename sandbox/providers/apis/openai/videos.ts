import { Hono, type Context } from 'hono';
import { readJsonObject, readMultipart, Refusal, toBuffers } from '../../kit/api';
import type { StoredFile } from '../../kit/files';
import type { Job } from '../../kit/jobs';
import { makeVideoFile } from '../../kit/media';
import { startJob, type Sandbox } from '../../kit/sandbox';

const SIZES = ['720x1280', '1280x720', '1024x1792', '1792x1024'];
const SECONDS = ['4', '8', '12'];

interface VideoOrder {
	model: string;
	prompt: string;
	seconds: string;
	size: string;
}

interface StoredVideo {
	order: VideoOrder;
	job: Job<StoredFile>;
}

function oneOf(values: readonly string[], param: string, value: string): string {
	if (values.includes(value)) return value;
	throw new Refusal(
		400,
		`Invalid value: '${value}'. Supported values are: ${values.map((known) => `'${known}'`).join(', ')}.`,
		{
			param,
			code: 'invalid_value',
		},
	);
}

function readOrder(body: Record<string, unknown>): VideoOrder {
	const prompt = String(body.prompt ?? '').trim();
	if (!prompt)
		throw new Refusal(400, "Missing required parameter: 'prompt'.", {
			param: 'prompt',
			code: 'missing_required_parameter',
		});
	return {
		prompt,
		model: oneOf(['sora-2', 'sora-2-pro'], 'model', String(body.model ?? 'sora-2')),
		seconds: oneOf(SECONDS, 'seconds', String(body.seconds ?? '4')),
		size: oneOf(SIZES, 'size', String(body.size ?? '720x1280')),
	};
}

async function readBody(c: Context): Promise<{ order: VideoOrder; reference?: Buffer }> {
	if (!c.req.header('content-type')?.includes('multipart/form-data'))
		return { order: readOrder(await readJsonObject(c)) };
	const { fields, files } = await readMultipart(c);
	const [reference] = await toBuffers(files.input_reference);
	return { order: readOrder(fields), reference };
}

const STATUSES = {
	queued: 'queued',
	running: 'in_progress',
	succeeded: 'completed',
	failed: 'failed',
	canceled: 'failed',
} as const;
const toSeconds = (date: Date) => Math.floor(date.getTime() / 1000);

function toVideoObject({ order, job }: StoredVideo, state = job.state) {
	return {
		id: `video_${job.id}`,
		object: 'video',
		model: order.model,
		status: STATUSES[state],
		progress: state === 'queued' ? 0 : state === 'running' ? 50 : 100,
		created_at: toSeconds(job.createdAt),
		completed_at: state === 'succeeded' && job.finishedAt ? toSeconds(job.finishedAt) : null,
		expires_at: null,
		size: order.size,
		seconds: order.seconds,
		prompt: order.prompt,
		remixed_from_video_id: null,
		error: state === 'failed' ? { code: 'video_generation_failed', message: job.error } : null,
	};
}

/** OpenAI API: POST /videos, GET /videos, GET and DELETE /videos/{id}, GET /videos/{id}/content. */
export function videoRoutes(sandbox: Sandbox): Hono {
	const routes = new Hono();
	const videos = new Map<string, StoredVideo>();
	const find = (c: Context): StoredVideo => {
		const id = c.req.param('id') ?? '';
		const video = videos.get(id);
		if (!video) throw new Refusal(404, `Video with id '${id}' not found.`);
		return video;
	};

	routes.post('/videos', async (c) => {
		const { order, reference } = await readBody(c);
		const [width, height] = order.size.split('x').map(Number) as [number, number];
		const job = startJob(
			sandbox,
			'openai',
			c.req.path,
			async () =>
				await makeVideoFile(sandbox, 'openai', {
					prompt: order.prompt,
					width,
					height,
					seconds: Number(order.seconds),
					reference,
				}),
		);
		videos.set(`video_${job.id}`, { order, job });
		return c.json(toVideoObject({ order, job }, 'queued'));
	});
	routes.get('/videos', (c) =>
		c.json({
			object: 'list',
			data: [...videos.values()].reverse().map((video) => toVideoObject(video)),
			has_more: false,
		}),
	);
	routes.get('/videos/:id', (c) => {
		const video = find(c);
		return c.json(toVideoObject(video, video.job.poll()));
	});
	routes.delete('/videos/:id', (c) => {
		const { job } = find(c);
		job.cancel();
		videos.delete(`video_${job.id}`);
		return c.json({ id: `video_${job.id}`, object: 'video.deleted', deleted: true });
	});
	routes.get('/videos/:id/content', (c) => {
		const { job } = find(c);
		if (job.state !== 'succeeded')
			throw new Refusal(404, 'Video is not ready yet, use GET /v1/videos/{video_id} to check status.');
		const { content, mimeType } = job.result!;
		return c.body(new Uint8Array(content), 200, { 'content-type': mimeType });
	});
	return routes;
}
