import { isDeepStrictEqual } from 'node:util';
import { type INode, type INodeTypeDescription, NodeHelpers } from 'n8n-workflow';

import { findNodeType } from '../../../sandbox/demo/desk';
import type { NodeType, WorkflowFile, WorkflowNode } from '../../../sandbox/n8n/api';

type Connections = Record<string, Record<string, Array<Array<{ node: string; type: string; index: number }> | null>>>;

/** How a node names another workflow; its description does not say so. */
const WORKFLOW_MODES = ['list', 'id'];

interface ResourceLocator {
	__rl: true;
	mode: string;
	value: unknown;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);
const isResourceLocator = (value: unknown): value is ResourceLocator => isObject(value) && value.__rl === true;

/** The paths of values that a node has and n8n would drop or change, because no parameter that is shown takes them. */
function differences(given: unknown, understood: unknown, path: string): string[] {
	if (isDeepStrictEqual(given, understood)) return [];
	if (isObject(given) && isObject(understood)) {
		return Object.keys(given).flatMap((key) => differences(given[key], understood[key], path ? `${path}.${key}` : key));
	}
	if (Array.isArray(given) && Array.isArray(understood) && given.length === understood.length) {
		return given.flatMap((each, index) => differences(each, understood[index], `${path}[${index}]`));
	}
	return [path];
}

function parameterComplaints(node: WorkflowNode, type: NodeType): string[] {
	const asNode = { id: node.name, disabled: false, ...node } as unknown as INode;
	const understood = NodeHelpers.getNodeParameters(type.properties, asNode.parameters, true, false, asNode, type) ?? {};
	const unknown = differences(node.parameters, understood, '').map((path) => `${node.name}: no parameter takes ${path}`);
	const issues = NodeHelpers.getNodeParametersIssues(type.properties, { ...asNode, parameters: understood }, type);
	const wrong = Object.values(issues?.parameters ?? {}).flat().map((words) => `${node.name}: ${String(words)}`);
	const strange = Object.entries(node.parameters).flatMap(([name, value]) => {
		const properties = type.properties.filter(
			(property) => property.name === name && NodeHelpers.displayParameter(understood, property, asNode, type),
		);
		if (isResourceLocator(value)) {
			const modes = properties.flatMap((property) =>
				property.type === 'workflowSelector' ? WORKFLOW_MODES : (property.modes ?? []).map((mode) => mode.name),
			);
			return modes.includes(value.mode) ? [] : [`${node.name}: ${name} cannot be given by ${value.mode}`];
		}
		const choices = properties.filter(({ type: kind, typeOptions }) => kind === 'options' && !typeOptions?.loadOptionsMethod);
		const isExpression = typeof value === 'string' && value.startsWith('=');
		if (choices.length === 0 || isExpression) return [];
		const known = choices.flatMap(({ options = [] }) => options.flatMap((option) => ('value' in option ? [option.value] : [])));
		return known.includes(value as string) ? [] : [`${node.name}: ${name} has no choice ${String(value)}`];
	});
	return [...unknown, ...wrong, ...strange];
}

/** How many outputs of the main kind a node has, or undefined where n8n only knows when it runs. */
function mainOutputCount(node: WorkflowNode, type: INodeTypeDescription): number | undefined {
	const more = node.onError === 'continueErrorOutput' ? 1 : 0;
	if (Array.isArray(type.outputs)) {
		return type.outputs.filter((output) => (typeof output === 'string' ? output : output.type) === 'main').length + more;
	}
	if (node.type !== 'n8n-nodes-base.switch') return undefined;
	const { rules, options } = node.parameters as { rules?: { values?: unknown[] }; options?: { fallbackOutput?: unknown } };
	return (rules?.values?.length ?? 0) + (options?.fallbackOutput === 'extra' ? 1 : 0) + more;
}

function takesInput(type: INodeTypeDescription, connection: string): boolean {
	// n8n works some inputs out when it draws the node; the kinds of connection stand in that expression.
	if (typeof type.inputs === 'string') return type.inputs.includes(connection);
	return type.inputs.some((input) => (typeof input === 'string' ? input : input.type) === connection);
}

function connectionComplaints(workflow: WorkflowFile, typeOf: (name: string) => { node: WorkflowNode; type: NodeType } | undefined) {
	return Object.entries(workflow.connections as Connections).flatMap(([from, outputs]) =>
		Object.entries(outputs).flatMap(([kind, lists]) => {
			const source = typeOf(from);
			const count = source && kind === 'main' ? mainOutputCount(source.node, source.type) : undefined;
			const extra = count !== undefined && lists.length > count ? [`${from} has ${count} outputs, not ${lists.length}`] : [];
			const refused = lists.flat().flatMap((target) => {
				const found = target && typeOf(target.node);
				return found && !takesInput(found.type, target.type) ? [`${target.node} takes no ${target.type} from ${from}`] : [];
			});
			return [...extra, ...refused];
		}),
	);
}

/** Whether a node is called what n8n calls every new one of its type, with or without a number. */
const isNotRenamed = ({ name }: WorkflowNode, { displayName, defaults }: NodeType) =>
	[displayName, defaults.name].includes(name.replace(/\d+$/, ''));

/**
 * What n8n would not understand of a workflow: node types and versions that it does not have, parameters and choices that
 * these do not have with the other parameters as they are, connections to nowhere, nodes with their usual names.
 *
 * @param nodeTypes all node types of a running n8n
 * @returns a sentence for each; none when all is well
 */
export function catalogueComplaints(workflow: WorkflowFile, nodeTypes: NodeType[]): string[] {
	const found = workflow.nodes.map((node) => ({ node, type: findNodeType(nodeTypes, node) }));
	const typeOf = (name: string) => {
		const entry = found.find(({ node }) => node.name === name);
		return entry?.type && { node: entry.node, type: entry.type };
	};
	return [
		...found.flatMap(({ node, type }) => {
			if (!type) return [`${node.name}: n8n has no ${node.type} in version ${node.typeVersion}`];
			const usual = isNotRenamed(node, type) ? [`${node.name} still has its usual name`] : [];
			return [...usual, ...parameterComplaints(node, type)];
		}),
		...connectionComplaints(workflow, typeOf),
	];
}
