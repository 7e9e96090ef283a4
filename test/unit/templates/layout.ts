import type { WorkflowFile, WorkflowNode } from '../../../sandbox/n8n/api';

// The sizes and lines of n8n's canvas, as far as one has to know them to tell whether a workflow looks tidy.

/** A rectangle on the canvas; x and y are its upper left corner. */
export interface Box {
	x: number;
	y: number;
	width: number;
	height: number;
}

interface Point {
	x: number;
	y: number;
}

/** A line between two nodes, as the points that it goes through. */
interface Line {
	from: string;
	to: string;
	points: Point[];
}

type Connections = Record<string, Record<string, Array<Array<{ node: string; type: string; index: number }> | null>>>;

const NODE = 96;
/** Nodes with sub-nodes, such as an AI agent. */
const WIDE_NODE = 256;
const SUB_NODE = 80;
/** What a label takes beside and below its node: a name of two lines and a subtitle. */
const LABEL_BESIDE = 48;
const LABEL_BELOW = 56;
/** How far below its start a line that leads back runs. */
const BACK_LINE_BELOW = 130;
const BACK_LINE_BESIDE = 40;
/** Lines that lead back by less are drawn like the others. */
const BACK_LINE_FROM = 20;
const CURVE_POINTS = 24;

export const isNote = ({ type }: WorkflowNode) => type === 'n8n-nodes-base.stickyNote';
export const notesOf = (workflow: WorkflowFile) => workflow.nodes.filter(isNote);
export const stepsOf = (workflow: WorkflowFile) => workflow.nodes.filter((node) => !isNote(node));

const connectionsOf = (workflow: WorkflowFile) => workflow.connections as Connections;
const isSubNode = (workflow: WorkflowFile, { name }: WorkflowNode) =>
	Object.keys(connectionsOf(workflow)[name] ?? {}).some((type) => type !== 'main');
const hasSubNodes = (workflow: WorkflowFile, { name }: WorkflowNode) =>
	Object.values(connectionsOf(workflow)).some((outputs) =>
		Object.entries(outputs).some(([type, lists]) => type !== 'main' && lists.flat().some((target) => target?.node === name)),
	);

/** Where a note lies. */
export function noteBox({ position: [x, y], parameters }: WorkflowNode): Box {
	return { x, y, width: Number(parameters.width ?? 240), height: Number(parameters.height ?? 160) };
}

/** Where a node lies, without its label. */
export function nodeBox(workflow: WorkflowFile, node: WorkflowNode): Box {
	const [x, y] = node.position;
	if (isSubNode(workflow, node)) return { x, y, width: SUB_NODE, height: SUB_NODE };
	const height = NODE + Math.max(0, outputCount(workflow, node) - 2) * 32;
	return { x, y, width: hasSubNodes(workflow, node) ? WIDE_NODE : NODE, height };
}

/** Where a node lies, with room for its label. */
export function labelledBox(workflow: WorkflowFile, node: WorkflowNode): Box {
	const { x, y, width, height } = nodeBox(workflow, node);
	// A wide node has its name inside.
	const beside = width === WIDE_NODE ? 0 : LABEL_BESIDE;
	return { x: x - beside, y, width: width + 2 * beside, height: height + LABEL_BELOW };
}

/** Where a node and the words below it are, with no room to spare: lines may come close to it, but not go over it. */
function readableBox(workflow: WorkflowFile, node: WorkflowNode): Box {
	const { x, y, width, height } = nodeBox(workflow, node);
	return { x: x - 16, y, width: width + 32, height: height + LABEL_BELOW - 16 };
}

export function overlaps(a: Box, b: Box): boolean {
	return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

export function contains(outer: Box, inner: Box): boolean {
	return (
		outer.x <= inner.x &&
		outer.y <= inner.y &&
		outer.x + outer.width >= inner.x + inner.width &&
		outer.y + outer.height >= inner.y + inner.height
	);
}

function outputCount(workflow: WorkflowFile, { name, type, onError }: WorkflowNode): number {
	const connected = connectionsOf(workflow)[name]?.main?.length ?? 1;
	return Math.max(connected, type === 'n8n-nodes-base.if' || onError === 'continueErrorOutput' ? 2 : 1);
}

/** A line as n8n draws it: a curve forward, or a way around below the nodes for one that leads back. */
function lineBetween(start: Point, end: Point): Point[] {
	const across = end.x - start.x;
	if (-across > BACK_LINE_FROM) {
		const below = start.y + BACK_LINE_BELOW;
		return [
			start,
			{ x: start.x + BACK_LINE_BESIDE, y: start.y },
			{ x: start.x + BACK_LINE_BESIDE, y: below },
			{ x: end.x - BACK_LINE_BESIDE, y: below },
			{ x: end.x - BACK_LINE_BESIDE, y: end.y },
			end,
		];
	}
	const pull = across >= 0 ? across / 2 : 0.25 * 25 * Math.sqrt(-across);
	return Array.from({ length: CURVE_POINTS + 1 }, (_, step) => {
		const t = step / CURVE_POINTS;
		const [a, b, c, d] = [(1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t ** 2, t ** 3];
		return {
			x: a * start.x + b * (start.x + pull) + c * (end.x - pull) + d * end.x,
			y: a * start.y + b * start.y + c * end.y + d * end.y,
		};
	});
}

/** The lines between the outputs and inputs of nodes; those to sub-nodes are left out. */
function linesOf(workflow: WorkflowFile): Line[] {
	const byName = new Map(workflow.nodes.map((node) => [node.name, node]));
	return Object.entries(connectionsOf(workflow)).flatMap(([from, { main = [] }]) => {
		const source = byName.get(from)!;
		const box = nodeBox(workflow, source);
		const outputs = outputCount(workflow, source);
		return main.flatMap((targets, output) =>
			(targets ?? []).map(({ node: to }) => {
				const target = nodeBox(workflow, byName.get(to)!);
				const start = { x: box.x + box.width, y: box.y + (box.height * (output + 1)) / (outputs + 1) };
				return { from, to, points: lineBetween(start, { x: target.x, y: target.y + target.height / 2 }) };
			}),
		);
	});
}

const segmentsOf = ({ points }: Line) => points.slice(1).map((end, index) => [points[index]!, end] as const);

function segmentsCross([a, b]: readonly [Point, Point], [c, d]: readonly [Point, Point]): boolean {
	const side = (p: Point, q: Point, r: Point) => Math.sign((q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x));
	return side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;
}

function segmentMeets([a, b]: readonly [Point, Point], { x, y, width, height }: Box): boolean {
	const inside = (p: Point) => p.x > x && p.x < x + width && p.y > y && p.y < y + height;
	if (inside(a) || inside(b)) return true;
	const corners = [{ x, y }, { x: x + width, y }, { x: x + width, y: y + height }, { x, y: y + height }];
	return corners.some((corner, index) => segmentsCross([a, b], [corner, corners[(index + 1) % 4]!]));
}

/** What is untidy about the lines: each sentence names what meets what. */
export function lineComplaints(workflow: WorkflowFile): string[] {
	const lines = linesOf(workflow);
	const nameOf = ({ from, to }: Line) => `${from} → ${to}`;
	const crossings = lines.flatMap((line, index) =>
		lines
			.slice(index + 1)
			.filter((other) => line.from !== other.from && line.to !== other.to)
			.filter((other) => segmentsOf(line).some((segment) => segmentsOf(other).some((each) => segmentsCross(segment, each))))
			.map((other) => `${nameOf(line)} crosses ${nameOf(other)}`),
	);
	const hits = lines.flatMap((line) =>
		stepsOf(workflow)
			.filter(({ name }) => name !== line.from && name !== line.to)
			.filter((node) => segmentsOf(line).some((segment) => segmentMeets(segment, readableBox(workflow, node))))
			.map(({ name }) => `${nameOf(line)} goes through ${name}`),
	);
	return [...crossings, ...hits];
}

/** What is untidy about the boxes: nodes and notes that overlap, nodes that are not in exactly one note, notes without nodes. */
export function boxComplaints(workflow: WorkflowFile): string[] {
	const steps = stepsOf(workflow).map((node) => ({ name: node.name, box: labelledBox(workflow, node) }));
	const notes = notesOf(workflow).map((node) => ({ name: node.name, box: noteBox(node), isOverview: node.parameters.color === 1 }));
	const overlapping = (boxes: Array<{ name: string; box: Box }>) =>
		boxes.flatMap((one, index) =>
			boxes
				.slice(index + 1)
				.filter((other) => overlaps(one.box, other.box))
				.map((other) => `${one.name} overlaps ${other.name}`),
		);
	const homeless = steps.flatMap(({ name, box }) => {
		const around = notes.filter((note) => overlaps(note.box, box));
		if (around.length === 1 && contains(around[0]!.box, box)) return [];
		return [`${name} is not inside exactly one note: ${around.map((note) => note.name).join(', ') || 'none'}`];
	});
	const empty = notes
		.filter(({ box, isOverview }) => !isOverview && !steps.some((step) => contains(box, step.box)))
		.map(({ name }) => `${name} has no node in it`);
	return [...overlapping(steps), ...overlapping(notes), ...homeless, ...empty];
}

/** Lines between neighbours in time that lead to the left without being a loop's way back to an earlier node. */
export function leftwardComplaints(workflow: WorkflowFile): string[] {
	const reaches = (from: string, to: string, seen = new Set<string>()): boolean => {
		if (from === to) return true;
		if (seen.has(from)) return false;
		seen.add(from);
		const next = (connectionsOf(workflow)[from]?.main ?? []).flatMap((targets) => (targets ?? []).map(({ node }) => node));
		return next.some((node) => reaches(node, to, seen));
	};
	return linesOf(workflow)
		.filter(({ points }) => points.at(-1)!.x < points[0]!.x)
		.filter(({ from, to }) => !reaches(to, from))
		.map(({ from, to }) => `${to} comes after ${from} and stands to the left of it`);
}
