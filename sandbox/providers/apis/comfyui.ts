import { randomUUID } from 'node:crypto';
import { Hono, type Context } from 'hono';
import { readJsonObject, readMultipart, Refusal, toBuffers, type ProviderApi } from '../kit/api';
import type { Job } from '../kit/jobs';
import { startJob, type Sandbox } from '../kit/sandbox';
import { drawPicture } from '../making/picture';
import { findBrokenLinks, graphSchema, readImageJobs, type Graph, type ImageJob } from './comfyuiGraph';

type Folder = 'input' | 'output' | 'temp';

interface ImageName {
	filename: string;
	subfolder: string;
	type: Folder;
}

type Outputs = Record<string, { images: ImageName[] }>;

interface QueuedPrompt {
	id: string;
	number: number;
	graph: Graph;
	extra: unknown;
	outputNodes: string[];
	job: Job<Outputs>;
}

/** ComfyUI's refusals of a workflow carry a kind, and what is wrong with each node. */
class GraphRefusal extends Refusal {
	constructor(
		readonly kind: string,
		message: string,
		readonly nodeErrors: Record<string, object> = {},
	) {
		super(400, message);
	}
}

function readGraph(body: Record<string, unknown>): { graph: Graph; jobs: ImageJob[] } {
	if (body.prompt === undefined) throw new GraphRefusal('no_prompt', 'No prompt provided');
	const parsed = graphSchema.safeParse(body.prompt);
	if (!parsed.success) {
		throw new GraphRefusal(
			'invalid_prompt',
			'Cannot execute because a node is missing the class_type property: export the workflow in API format.',
		);
	}
	const graph = parsed.data;
	const jobs = readImageJobs(graph);
	if (jobs.length === 0) throw new GraphRefusal('prompt_no_outputs', 'Prompt has no outputs');
	const broken = findBrokenLinks(graph);
	if (broken.length > 0) {
		const nodeErrors: Record<string, { errors: object[]; dependent_outputs: string[]; class_type: string }> = {};
		for (const { nodeId, input, target } of broken) {
			const error = (nodeErrors[nodeId] ??= {
				errors: [],
				dependent_outputs: [],
				class_type: graph[nodeId]!.class_type,
			});
			error.errors.push({
				type: 'bad_linked_input',
				message: 'Bad linked input',
				details: `${input}: no node ${target}`,
				extra_info: { input_name: input },
			});
		}
		throw new GraphRefusal('prompt_outputs_failed_validation', 'Prompt outputs failed validation', nodeErrors);
	}
	return { graph, jobs };
}

/** The pictures of one ComfyUI: what was uploaded and what was made, by folder and name. */
class ImageFolders {
	private readonly images = new Map<string, Buffer>();
	private counter = 0;

	private keyOf = ({ type, subfolder, filename }: ImageName) => `${type}/${subfolder}/${filename}`;

	get(name: ImageName): Buffer | undefined {
		return this.images.get(this.keyOf(name));
	}

	/** Keeps a picture; when the name is taken and may not be overwritten, under a numbered one. */
	put(name: ImageName, content: Buffer, overwrite: boolean): ImageName {
		let kept = name;
		for (let number = 1; !overwrite && this.images.has(this.keyOf(kept)); number++) {
			kept = { ...name, filename: name.filename.replace(/(\.[^.]*)?$/, (extension) => ` (${number})${extension}`) };
		}
		this.images.set(this.keyOf(kept), content);
		return kept;
	}

	/** A new name in ComfyUI's manner, `<prefix>_00001_.png`; slashes in the prefix are subfolders. */
	nextName(prefix: string, type: Folder): ImageName {
		this.counter += 1;
		const parts = prefix.split('/');
		return {
			filename: `${parts.pop()}_${String(this.counter).padStart(5, '0')}_.png`,
			subfolder: parts.join('/'),
			type,
		};
	}
}

async function execute(sandbox: Sandbox, folders: ImageFolders, jobs: ImageJob[]): Promise<Outputs> {
	const outputs: Outputs = {};
	for (const { nodeId, type, filenamePrefix, prompt, seed, width, height, count, imageNames } of jobs) {
		const references = imageNames.map((filename) => {
			const picture = folders.get({ filename: filename.replace(/ \[input\]$/, ''), subfolder: '', type: 'input' });
			if (!picture) throw new Error(`Invalid image file: ${filename}`);
			return picture;
		});
		const images: ImageName[] = [];
		for (let index = 0; index < count; index++) {
			const picture = await drawPicture({ prompt, width, height, seed: seed + index, references });
			sandbox.ledger.addGeneration('comfyui', 'image', prompt);
			images.push(folders.put(folders.nextName(filenamePrefix, type), picture, true));
		}
		outputs[nodeId] = { images };
	}
	return outputs;
}

function toHistoryEntry({ id, number, graph, extra, outputNodes, job }: QueuedPrompt) {
	const isFine = job.state === 'succeeded';
	const timestamp = job.finishedAt?.getTime() ?? Date.now();
	return {
		prompt: [number, id, graph, extra, outputNodes],
		outputs: job.result ?? {},
		status: {
			status_str: isFine ? 'success' : 'error',
			completed: isFine,
			messages: [
				['execution_start', { prompt_id: id, timestamp: job.startedAt.getTime() }],
				isFine
					? ['execution_success', { prompt_id: id, timestamp }]
					: [
							'execution_error',
							{ prompt_id: id, timestamp, exception_message: job.error ?? 'Interrupted', exception_type: 'Exception' },
						],
			],
		},
		meta: {},
	};
}

/** ComfyUI: POST /prompt, GET /prompt, /history, /history/{id}, /queue, /view, /system_stats, POST /upload/image, /interrupt. */
function serverRoutes(sandbox: Sandbox): Hono {
	const routes = new Hono();
	const folders = new ImageFolders();
	const prompts = new Map<string, QueuedPrompt>();
	const isOpen = ({ job }: QueuedPrompt) => job.state === 'queued' || job.state === 'running';
	const inState = (state: string) => [...prompts.values()].filter(({ job }) => job.state === state);
	const toQueueEntry = ({ number, id, graph, extra, outputNodes }: QueuedPrompt) => [
		number,
		id,
		graph,
		extra,
		outputNodes,
	];

	routes.post('/prompt', async (c) => {
		const body = await readJsonObject(c);
		const { graph, jobs } = readGraph(body);
		const job = startJob(sandbox, 'comfyui', c.req.path, async () => await execute(sandbox, folders, jobs));
		const id = typeof body.prompt_id === 'string' ? body.prompt_id : randomUUID();
		const number = prompts.size + 1;
		const extra = { client_id: body.client_id, ...(body.extra_data as object | undefined) };
		prompts.set(id, { id, number, graph, extra, outputNodes: jobs.map(({ nodeId }) => nodeId), job });
		return c.json({ prompt_id: id, number, node_errors: {} });
	});
	routes.get('/prompt', (c) => c.json({ exec_info: { queue_remaining: [...prompts.values()].filter(isOpen).length } }));
	routes.get('/queue', (c) =>
		c.json({ queue_running: inState('running').map(toQueueEntry), queue_pending: inState('queued').map(toQueueEntry) }),
	);
	routes.get('/history', (c) =>
		c.json(
			Object.fromEntries(
				[...prompts.values()].filter((each) => !isOpen(each)).map((each) => [each.id, toHistoryEntry(each)]),
			),
		),
	);
	routes.get('/history/:id', (c) => {
		const prompt = prompts.get(c.req.param('id'));
		prompt?.job.poll();
		// A prompt that is still open is not in the history: its answer is an empty object.
		return c.json(prompt && !isOpen(prompt) ? { [prompt.id]: toHistoryEntry(prompt) } : {});
	});
	routes.post('/interrupt', (c) => {
		for (const { job } of inState('running')) job.cancel();
		return c.body(null, 200);
	});
	routes.get('/view', (c) => {
		const { filename = '', subfolder = '', type = 'output' } = c.req.query();
		const picture = folders.get({ filename, subfolder, type: type as Folder });
		if (!picture) return c.body(null, 404);
		return c.body(new Uint8Array(picture), 200, {
			'content-type': 'image/png',
			'content-disposition': `filename="${filename}"`,
		});
	});
	routes.post('/upload/image', async (c) => {
		const { fields, files } = await readMultipart(c);
		const [file] = files.image ?? [];
		if (!file) return c.body(null, 400);
		const [content] = await toBuffers([file]);
		const name = { filename: file.name, subfolder: fields.subfolder ?? '', type: (fields.type ?? 'input') as Folder };
		const kept = folders.put(name, content!, ['true', '1'].includes(fields.overwrite ?? ''));
		return c.json({ name: kept.filename, subfolder: kept.subfolder, type: kept.type });
	});
	routes.get('/system_stats', (c: Context) =>
		c.json({
			system: { os: process.platform, comfyui_version: 'sandbox', python_version: '', ram_total: 0, ram_free: 0 },
			devices: [],
		}),
	);
	return routes;
}

/** Stand-in for ComfyUI: `<server>/comfyui` is its `http://127.0.0.1:8188`. It wants no key; paths may begin with `/api`. */
export const comfyui: ProviderApi = {
	name: 'comfyui',
	toErrorBody: (refusal) => ({
		error: {
			type: refusal instanceof GraphRefusal ? refusal.kind : 'request_failed',
			message: refusal.message,
			details: '',
			extra_info: {},
		},
		node_errors: refusal instanceof GraphRefusal ? refusal.nodeErrors : {},
	}),
	routes(sandbox) {
		const routes = new Hono();
		const server = serverRoutes(sandbox);
		routes.route('/', server);
		routes.route('/api', server);
		return routes;
	},
};
