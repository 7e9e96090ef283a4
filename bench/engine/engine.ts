import { requireFromN8n } from './useN8n';

import { GlobalConfig } from '@n8n/config';
import { Expression, NodeConnectionTypes, NodeHelpers } from 'n8n-workflow';
import type { IBinaryData, IDataObject, INode, INodeExecutionData, INodeParameters, INodeType, VersionedNodeType } from 'n8n-workflow';
import { BinaryDataService } from 'n8n-core';

import { Container, useBinaryMode } from '../../test/engine/support/container';
import { createNode, runWorkflow } from '../../test/engine/support/engine';
import { builtPackage, PACKAGE_NAME } from '../../test/engine/support/nodeTypes';
import { API_KEY } from '../server/orders';

const INPUT_TYPE = 'bench.input';
const ATELIER_TYPE = `${PACKAGE_NAME}.atelier`;
const HTTP_REQUEST_TYPE = 'n8n-nodes-base.httpRequest';

/** A file of an input item. */
export interface InputFile {
	path: string;
	fileName: string;
	mimeType: string;
}

/** An input item before n8n has its file. */
export interface Input {
	json: IDataObject;
	file: InputFile;
}

/** A node in a chain: the node of this package, or n8n's HTTP Request. */
export interface Step {
	name: string;
	type: 'atelier' | 'httpRequest';
	parameters: INodeParameters;
}

/** Starts what a real n8n starts before workflows run: expressions in an isolate of their own, files in a folder. */
export async function startEngine(): Promise<void> {
	const { engine, poolSize, maxCodeCacheSize, bridgeTimeout, bridgeMemoryLimit } = Container.get(GlobalConfig).expressionEngine;
	await Expression.initExpressionEngine({ engine, poolSize, maxCodeCacheSize, bridgeTimeout, bridgeMemoryLimit });
	await useBinaryMode('filesystem');
}

/** Hands files over to n8n, as the nodes before would have done: items with binary data in n8n's own folder. */
export async function storeItems(inputs: Input[]): Promise<INodeExecutionData[]> {
	const service = Container.get(BinaryDataService);
	const items: INodeExecutionData[] = [];
	// One by one: the C library keeps the memory that many copies at a time take, and the job would seem to need less.
	for (const [index, { json, file }] of inputs.entries()) {
		const { path, fileName, mimeType } = file;
		const location = { type: 'execution', workflowId: 'test', executionId: '1' } as const;
		const binary: IBinaryData = { data: '', mimeType, fileName, fileExtension: fileName.split('.').pop() };
		items.push({ json, binary: { data: await service.copyBinaryFile(location, binary, path) }, pairedItem: { item: index } });
	}
	return items;
}

/**
 * Runs nodes one after the other on the items, in n8n's engine.
 *
 * @param apiUrl the Atelier credential's base URL
 * @returns the items that the last node puts out
 * @throws Error when the workflow does not end well
 */
export async function runChain(steps: Step[], items: INodeExecutionData[], apiUrl: string): Promise<INodeExecutionData[]> {
	const nodes: INode[] = [
		createNode('Input', INPUT_TYPE),
		...steps.map(({ name, type, parameters }) =>
			type === 'atelier'
				? createNode(name, ATELIER_TYPE, { parameters, credentials: { atelierApi: { id: '1', name: 'Atelier' } } })
				: createNode(name, HTTP_REQUEST_TYPE, { parameters, typeVersion: httpRequest().description.version as number }),
		),
	];
	const connections = Object.fromEntries(
		nodes.slice(1).map(({ name }, index) => [nodes[index].name, { main: [[{ node: name, type: NodeConnectionTypes.Main, index: 0 }]] }]),
	);
	const { data } = await runWorkflow({
		nodes,
		connections,
		credentials: { atelierApi: { apiKey: API_KEY, baseUrl: apiUrl, largeUploadUrl: `${apiUrl}/blob/` } },
		types: { [INPUT_TYPE]: inputNode(items), [ATELIER_TYPE]: builtPackage.node('atelier'), ...(steps.some(({ type }) => type === 'httpRequest') && { [HTTP_REQUEST_TYPE]: httpRequest() }) },
	});
	if (data.resultData.error) throw data.resultData.error;
	return data.resultData.runData[nodes[nodes.length - 1].name][0].data!.main[0]!;
}

/** n8n's HTTP Request node in its newest version. */
function httpRequest(): INodeType {
	const { HttpRequest } = requireFromN8n('n8n-nodes-base/dist/nodes/HttpRequest/HttpRequest.node.js') as {
		HttpRequest: new () => VersionedNodeType;
	};
	return NodeHelpers.getVersionedNodeType(new HttpRequest());
}

function inputNode(items: INodeExecutionData[]): INodeType {
	return {
		description: {
			displayName: 'Input',
			name: 'input',
			group: ['input'],
			version: 1,
			description: "Puts a job's items into a workflow",
			defaults: { name: 'Input' },
			inputs: [NodeConnectionTypes.Main],
			outputs: [NodeConnectionTypes.Main],
			properties: [],
		},
		execute: async () => [items],
	};
}
