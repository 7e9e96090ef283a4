import { listTemplates, readTemplate } from '../../sandbox/demo/desk';
import { START_LIMIT_MS } from './support/testSandbox';
import { TemplateBench } from './templates/bench';
import { cases } from './templates/cases';
import { catalogueComplaints } from './templates/catalogue';

let bench: TemplateBench;
beforeAll(async () => {
	bench = await TemplateBench.start();
}, START_LIMIT_MS);
afterAll(async () => {
	await bench?.stop();
});

test('every template is executed here, and no other', () => {
	expect(Object.keys(cases).sort()).toEqual(listTemplates());
});

test('the check against the node catalogue finds what n8n would not understand', async () => {
	const workflow = readTemplate('02-image-orders-with-openai');
	const change = (name: string, changes: Record<string, unknown>, parameters: Record<string, unknown> = {}) => {
		const node = workflow.nodes.find((each) => each.name === name)!;
		Object.assign(node, changes, { parameters: { ...node.parameters, ...parameters } });
	};
	change('Settings', { typeVersion: 99 });
	change('Draw the picture', {}, { promt: 'A typing mistake', options: { quality: 'medium', style: 'vivid' } });
	change('Deliver the picture', {}, { source: 'text' });
	change('Message the client', {}, { operation: 'shout' });
	change('Report the trouble', { name: 'Stop and Error1' });
	(workflow.connections['Newly delivered?'] as { main: unknown[] }).main.push([]);

	const complaints = (await catalogueComplaints(workflow, await bench.nodeTypes())).join('\n');
	expect(complaints).toContain('Settings: n8n has no n8n-nodes-base.set in version 99');
	expect(complaints).toContain('Draw the picture: no parameter takes promt');
	expect(complaints).toContain('Draw the picture: no parameter takes options.style');
	expect(complaints).toContain('Deliver the picture: no parameter takes binaryFields');
	expect(complaints).toContain('Deliver the picture: Parameter "Text" is required.');
	expect(complaints).toContain('Message the client: operation has no choice shout');
	expect(complaints).toContain('Stop and Error1 still has its usual name');
	expect(complaints).toContain('Newly delivered? has 2 outputs, not 3');
});

describe.each(listTemplates())('%s', (template) => {
	beforeEach(async () => await bench.reset());

	test('has nodes, parameters and connections that n8n knows', async () => {
		expect(catalogueComplaints(readTemplate(template), await bench.nodeTypes())).toEqual([]);
	});

	cases[template]?.(template, () => bench);
});
