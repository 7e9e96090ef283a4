import { z } from 'zod';

/** A ComfyUI workflow in API format: nodes by id; an input is a value or a link `[node id, output index]`. */
export const graphSchema = z.record(
	z.object({ class_type: z.string(), inputs: z.record(z.unknown()).default({}) }).passthrough(),
);

export type Graph = z.output<typeof graphSchema>;
type GraphNode = Graph[string];

const OUTPUT_CLASSES = ['SaveImage', 'PreviewImage', 'SaveImageWebsocket'];

/** What one output node of a workflow is to show. */
export interface ImageJob {
	nodeId: string;
	/** `output` files are kept by ComfyUI, `temp` files are previews. */
	type: 'output' | 'temp';
	filenamePrefix: string;
	prompt: string;
	seed: number;
	width: number;
	height: number;
	count: number;
	/** Names of the uploaded pictures that flow into it. */
	imageNames: string[];
}

const isLink = (value: unknown): value is [string, number] =>
	Array.isArray(value) && value.length === 2 && typeof value[1] === 'number';

/** A link to a node that is not there. */
export interface BrokenLink {
	nodeId: string;
	input: string;
	target: string;
}

/** Every link of the workflow that leads nowhere. */
export function findBrokenLinks(graph: Graph): BrokenLink[] {
	return Object.entries(graph).flatMap(([nodeId, node]) =>
		Object.entries(node.inputs).flatMap(([input, value]) =>
			isLink(value) && !graph[String(value[0])] ? [{ nodeId, input, target: String(value[0]) }] : [],
		),
	);
}

/** The node itself and all nodes that flow into it, nearest first; with `only`, just through that input of each node that has it. */
function upstream(graph: Graph, nodeId: string, only?: string): GraphNode[] {
	const seen = new Set<string>();
	const found: GraphNode[] = [];
	const queue = [nodeId];
	for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
		const node = graph[id];
		if (!node || seen.has(id)) continue;
		seen.add(id);
		found.push(node);
		const entries = Object.entries(node.inputs);
		const followed =
			only && entries.some(([name]) => name === only) ? entries.filter(([name]) => name === only) : entries;
		queue.push(...followed.flatMap(([, value]) => (isLink(value) ? [String(value[0])] : [])));
	}
	return found;
}

function firstNumber(nodes: GraphNode[], names: string[]): number | undefined {
	for (const { inputs } of nodes) {
		for (const name of names) {
			if (typeof inputs[name] === 'number') return inputs[name];
		}
	}
	return undefined;
}

function firstText(nodes: GraphNode[], names: string[]): string | undefined {
	for (const { inputs } of nodes) {
		for (const name of names) {
			const text = inputs[name];
			if (typeof text === 'string' && text.trim()) return text;
		}
	}
	return undefined;
}

/** The pictures that a workflow makes, one job for each of its output nodes: the prompt is the text behind `positive`. */
export function readImageJobs(graph: Graph): ImageJob[] {
	return Object.entries(graph).flatMap(([nodeId, node]) => {
		if (!OUTPUT_CLASSES.includes(node.class_type)) return [];
		const all = upstream(graph, nodeId);
		const positive = upstream(graph, nodeId, 'positive');
		const canvas = all.find(({ inputs }) => typeof inputs.width === 'number' && typeof inputs.height === 'number');
		return [
			{
				nodeId,
				type: node.class_type === 'PreviewImage' ? 'temp' : 'output',
				filenamePrefix: String(node.inputs.filename_prefix ?? 'ComfyUI'),
				prompt: firstText(positive, ['text', 'prompt', 'clip_l', 't5xxl', 'value', 'string']) ?? '',
				seed: firstNumber(all, ['seed', 'noise_seed']) ?? 0,
				width: (canvas?.inputs.width as number | undefined) ?? 512,
				height: (canvas?.inputs.height as number | undefined) ?? 512,
				count: firstNumber(all, ['batch_size']) ?? 1,
				imageNames: all.flatMap(({ class_type, inputs }) =>
					class_type.startsWith('LoadImage') && typeof inputs.image === 'string' ? [inputs.image] : [],
				),
			},
		];
	});
}
