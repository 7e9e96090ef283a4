import { chooseCredentials, readTemplate } from '../../sandbox/demo/desk';
import { useSandboxServices, withSettings } from '../../sandbox/demo/providerUrls';
import type { N8nApi, NodeType, WorkflowFile, WorkflowNode } from '../../sandbox/n8n/api';
import { everySeconds } from '../e2e/support/pollTimes';

/** A shipped template as its seller set it up, for one service. */
export interface Desk {
	name: string;
	template: string;
	/** The pictures' size in pixels. */
	width: number;
	height: number;
	/** One order in so many is for this service; undefined for the service that gets all others. */
	oneIn?: number;
	/** What the seller changed in the template. */
	adjust: (workflow: WorkflowFile) => WorkflowFile;
}

/** From some hundred kB up to more than travels as a form. */
export const DESKS: readonly Desk[] = [
	{
		name: 'Sketches',
		template: '02-image-orders-with-openai',
		width: 1536,
		height: 1024,
		adjust: (workflow) => withDrawing(workflow, { quality: 'medium', size: '1536x1024' }),
	},
	{
		name: 'Paintings',
		template: '02-image-orders-with-openai',
		width: 1024,
		height: 1536,
		oneIn: 3,
		adjust: (workflow) => withDrawing(workflow, { quality: 'high', size: '1024x1536' }),
	},
	{
		name: 'Posters',
		template: '06a-image-orders-with-automatic1111',
		width: 2048,
		height: 1536,
		oneIn: 20,
		adjust: (workflow) => withSettings(workflow, { width: 2048, height: 1536 }),
	},
];

/** The trigger of all templates for orders. */
export const TRIGGER = 'When an order is paid';

/** Imports a desk's template, with credentials, for one service; resolves to the workflow's id. It is not published yet. */
export async function importDesk(
	desk: Desk,
	serviceId: string,
	n8n: { api: N8nApi; nodeTypes: NodeType[]; credentials: Record<string, { id: string; name: string }> },
	urls: { atelier: string; providers: string },
): Promise<string> {
	const workflow = withNode(desk.adjust(useSandboxServices(readTemplate(desk.template), urls)), TRIGGER, (parameters) => ({
		...parameters,
		// A run of these templates takes one order.
		pollTimes: everySeconds(1),
		filters: { serviceIds: [serviceId] },
		options: { ...(parameters.options as object), minimumSeconds: 1 },
	}));
	return (await n8n.api.createWorkflow({ ...chooseCredentials(workflow, n8n.nodeTypes, n8n.credentials), name: desk.name })).id;
}

/** The desk's share of the orders, as a list of desks in a fixed mixture. */
export function deskOf(index: number): Desk {
	const [main, ...others] = DESKS;
	return others.reverse().find(({ oneIn }) => index % oneIn! === oneIn! - 1) ?? main!;
}

function withDrawing(workflow: WorkflowFile, options: Record<string, unknown>): WorkflowFile {
	return withNode(workflow, 'Draw the picture', (parameters) => ({ ...parameters, options }));
}

function withNode(
	workflow: WorkflowFile,
	name: string,
	change: (parameters: WorkflowNode['parameters']) => WorkflowNode['parameters'],
): WorkflowFile {
	const node = workflow.nodes.find((each) => each.name === name);
	if (!node) throw new Error(`The template "${workflow.name}" has no node "${name}".`);
	const changed = { ...node, parameters: change(node.parameters) };
	return { ...workflow, nodes: workflow.nodes.map((each) => (each === node ? changed : each)) };
}
