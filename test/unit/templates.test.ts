import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { resources } from '../../nodes/Atelier/operations';
import { listTemplates, readTemplate } from '../../sandbox/demo/desk';
import type { WorkflowFile, WorkflowNode } from '../../sandbox/n8n/api';
import { writeGalleryTable } from '../../scripts/support/galleryTable';
import { PROJECT_ROOT } from '../../scripts/support/paths';
import { boxComplaints, leftwardComplaints, lineComplaints, notesOf, stepsOf } from './templates/layout';

const templates = listTemplates();

const YELLOW = 1;
const WHITE = 7;
const SECTIONS = ["Who's it for", 'How it works', 'How to set up', 'Requirements', 'How to customize'];

const ATELIER = 'n8n-nodes-atelier.atelier';
const ATELIER_TOOL = 'n8n-nodes-atelier.atelierTool';
const TRIGGER = 'n8n-nodes-atelier.atelierTrigger';
const SET = 'n8n-nodes-base.set';

/** What a node of a template may have: no credentials, no ids, and nothing that n8n would silently leave aside. */
const NODE_FIELDS = [
	...['name', 'type', 'typeVersion', 'position', 'parameters'],
	...['retryOnFail', 'maxTries', 'waitBetweenTries', 'onError', 'alwaysOutputData', 'executeOnce'],
];

/** Nodes that run text as a program or as a command. */
const EXECUTING = ['executeCommand', 'ssh', 'code', 'function', 'functionItem'].map((name) => `n8n-nodes-base.${name}`);

/** How long an Atelier node of a template waits when the rate limit is reached, in seconds: the longest that a limit lasts. */
const FULL_WAIT = 3600;

/** As often and as patiently as n8n runs a node again: it takes 5 tries and 5 seconds for the most, whatever stands in the file. */
const MOST_PATIENT = { retryOnFail: true, maxTries: 5, waitBetweenTries: 5000 };

/** What a model may do for a client: nothing of it moves money, and the only thing that it may fill in. */
const MODELS_MAY: Record<string, string[]> = {
	'order get': [],
	'message getAll': [],
	'order quote': ['price'],
	'order deliver': ['text'],
	'message send': ['content'],
};

const slug = (text: string) =>
	text
		.toLowerCase()
		.replace(/[^a-z0-9]+/g, '-')
		.replace(/^-|-$/g, '');

const operationOf = ({ parameters }: WorkflowNode) => `${String(parameters.resource)} ${String(parameters.operation)}`;

const optionsOf = ({ parameters }: WorkflowNode) => (parameters.options ?? {}) as Record<string, unknown>;

/** Every text in a value, with the name of the field that it stands in. */
function textsIn(value: unknown, field = ''): Array<{ field: string; text: string }> {
	if (typeof value === 'string') return [{ field, text: value }];
	if (typeof value !== 'object' || value === null) return [];
	return Object.entries(value).flatMap(([name, each]) => textsIn(each, Array.isArray(value) ? field : name));
}

/** Whether an Atelier node calls something that Atelier counts and that runs without a person looking on. */
function isLimited({ type, parameters }: WorkflowNode): boolean {
	if (![ATELIER, ATELIER_TOOL].includes(type) || ['agent', 'service'].includes(String(parameters.resource))) return false;
	const operation = resources
		.find(({ value }) => value === parameters.resource)
		?.operations.find(({ value }) => value === parameters.operation);
	return operation?.endpoints.some(({ limit }) => limit !== undefined) ?? false;
}

describe.each(templates)('template %s', (file) => {
	let workflow: WorkflowFile;
	let steps: WorkflowNode[];
	beforeAll(() => {
		workflow = readTemplate(file);
		steps = stepsOf(workflow);
	});

	test('is called what its workflow is called, with a number before it', () => {
		expect(file).toMatch(/^\d\d[a-z]?-/);
		const [verb, ...rest] = workflow.name.split(' ');
		expect([slug(workflow.name), slug(rest.join(' '))]).toContain(file.replace(/^\d\d[a-z]?-/, ''));
		expect(verb).toMatch(/^[A-Z][a-z]+$/);
	});

	test('has nothing of the n8n that it was made in', () => {
		expect(Object.keys(workflow).sort()).toEqual(['active', 'connections', 'meta', 'name', 'nodes', 'pinData', 'settings', 'tags']);
		expect(workflow).toMatchObject({ active: false, meta: { templateCredsSetupCompleted: false }, pinData: {}, tags: [] });
		for (const node of workflow.nodes) {
			expect(NODE_FIELDS).toEqual(expect.arrayContaining(Object.keys(node)));
		}
		const secrets = /instanceId|\batelier_[0-9a-f]{8}|\bsk-\w{8}|whsec_|\bBearer \w{12}|[\w.]+@[\w-]+\.\w+/g;
		expect(JSON.stringify(workflow).match(secrets)).toBeNull();
	});

	test('connects nodes that are there, and each of them', () => {
		const names = workflow.nodes.map(({ name }) => name);
		expect(new Set(names).size).toBe(names.length);
		const connections = workflow.connections as Record<string, Record<string, Array<Array<{ node: string }> | null>>>;
		const targets = Object.values(connections).flatMap((outputs) =>
			Object.values(outputs).flatMap((lists) => lists.flatMap((list) => (list ?? []).map(({ node }) => node))),
		);
		expect(names).toEqual(expect.arrayContaining([...Object.keys(connections), ...targets]));
		const connected = new Set([...Object.keys(connections), ...targets]);
		expect(steps.map(({ name }) => name).filter((name) => !connected.has(name))).toEqual([]);
		// Expressions name nodes as well.
		const named = textsIn(workflow.nodes.map(({ parameters }) => parameters)).flatMap(({ text }) =>
			[...text.matchAll(/\$\(\s*['"](.+?)['"]\s*\)/g)].map(([, name]) => name),
		);
		expect(names).toEqual(expect.arrayContaining(named));
	});

	test('has a yellow note about the whole and a white one for every step', () => {
		const notes = notesOf(workflow);
		const [overview, ...others] = notes.filter(({ parameters }) => parameters.color === YELLOW);
		expect(others).toEqual([]);
		const text = String(overview?.parameters.content);
		expect([...text.matchAll(/^## (.+)$/gm)].map(([, title]) => title)).toEqual(SECTIONS);
		expect(text).toMatch(/self-hosted/i);
		expect(text).toMatch(/n8n-nodes-atelier/);
		for (const note of notes.filter((each) => each !== overview)) {
			expect(note.parameters.color).toBe(WHITE);
			expect(note.parameters.content).toMatch(/^### .+\n[^]*\S/);
		}
	});

	test('keeps what a person fills in in one node', () => {
		expect(steps.filter(({ type }) => type === SET).map(({ name }) => name)).toEqual(['Settings']);
		const outside = steps.filter(({ type }) => type !== SET);
		const addresses = textsIn(outside.map(({ parameters }) => parameters)).filter(({ text }) => /https?:\/\//.test(text));
		expect(addresses).toEqual([]);
	});

	test('looks tidy: from left to right, no overlaps, no crossing lines', () => {
		expect(workflow.nodes.flatMap(({ position }) => position).every((coordinate) => coordinate % 16 === 0)).toBe(true);
		expect([...boxComplaints(workflow), ...lineComplaints(workflow), ...leftwardComplaints(workflow)]).toEqual([]);
	});

	test('never runs what a client wrote, nor puts it into an address', () => {
		expect(steps.filter(({ type }) => EXECUTING.includes(type))).toEqual([]);
		const texts = textsIn(steps.map(({ parameters }) => parameters));
		for (const { field, text } of texts) {
			if (field === 'url') expect(text).not.toMatch(/brief|reference|requirement|feedback|content/i);
			// A body that is put together from pieces of text breaks at the first quotation mark of a brief.
			if (field === 'jsonBody' && text.startsWith('=')) expect(text).toMatch(/^=\{\{(?:(?!\{\{)[^])*\}\}$/);
		}
	});

	test('waits for the rate limit wherever Atelier counts, and is not offered the order again meanwhile', () => {
		const limited = steps.filter(isLimited);
		for (const node of limited) expect(optionsOf(node).waitWhenRateLimited).toBe(FULL_WAIT);
		if (limited.length === 0) return;
		for (const trigger of steps.filter(({ type }) => type === TRIGGER)) {
			expect(Number(optionsOf(trigger).retryAfterMinutes)).toBeGreaterThan(FULL_WAIT / 60);
		}
	});

	test('takes one order per run, so that a failure touches no other and no order gets the file of another', () => {
		for (const trigger of steps.filter(({ type }) => type === TRIGGER)) expect(optionsOf(trigger).batchSize).toBe(1);
	});

	test('delivers and writes again when the connection breaks, which is safe', () => {
		for (const node of steps.filter(({ type }) => type === ATELIER || type === ATELIER_TOOL)) {
			const isDelivery = operationOf(node) === 'order deliver';
			if (isDelivery || (node.type === ATELIER && operationOf(node) === 'message send')) expect(node).toMatchObject(MOST_PATIENT);
		}
	});

	test('never repeats by itself what would be made twice', () => {
		const paid = ['agent register', 'service create'];
		for (const node of steps.filter(({ type }) => type === ATELIER)) {
			if (paid.includes(operationOf(node))) expect(node).not.toHaveProperty('retryOnFail');
		}
	});

	test('lets a model fill in words and a price, and choose neither the order nor anything that moves money', () => {
		for (const node of steps.filter(({ type }) => type === ATELIER_TOOL)) {
			expect(Object.keys(MODELS_MAY)).toContain(operationOf(node));
			const filledIn = textsIn(node.parameters).filter(({ text }) => text.includes('$fromAI'));
			expect(filledIn.map(({ field }) => field)).toEqual(MODELS_MAY[operationOf(node)]);
		}
		const outside = steps.filter(({ type }) => type !== ATELIER_TOOL);
		expect(textsIn(outside.map(({ parameters }) => parameters)).filter(({ text }) => text.includes('$fromAI'))).toEqual([]);
	});

	test('gives no AI agent leave to move money', () => {
		expect(JSON.stringify(steps)).not.toMatch(/"(confirm[A-Z]\w*|allow[A-Z]\w*AsTool)":/);
	});
});

test('workflows/README.md shows every template as it is now, with its picture from the editor (npm run gallery)', () => {
	const readme = readFileSync(join(PROJECT_ROOT, 'workflows', 'README.md'), 'utf8');
	expect(readme).toBe(writeGalleryTable(readme, templates));
	const pictures = templates.map((file) => join(PROJECT_ROOT, 'docs', 'images', 'workflows', `${file}.png`));
	expect(pictures.filter((picture) => !existsSync(picture))).toEqual([]);
});

test('there are templates, with a number of their own', () => {
	const numbers = templates.map((file) => file.split('-')[0]);
	expect(numbers.length).toBeGreaterThan(0);
	expect(new Set(numbers).size).toBe(numbers.length);
});
