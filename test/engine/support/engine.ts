/**
 * Runs nodes and small workflows in n8n's own engine, with the classes that users get: the built package in dist/.
 *
 *   const atelier = mockAtelier();                                     // ./mockAtelier: answers requests, keeps a record
 *
 *   it('quotes a price', async () => {
 *   	atelier.answers('POST /orders/ord_1/quote', { id: 'ord_1', status: 'quoted' });
 *   	const { items } = await runNode({ parameters: { resource: 'order', operation: 'quote', orderId: byId('ord_1'), price: 45 } });
 *   	expect(atelier.requests()).toEqual([{ call: 'POST /orders/ord_1/quote', body: { price_usd: '45.00' } }]);
 *   	expect(items).toEqual([{ id: 'ord_1', status: 'quoted' }]);
 *   });
 *
 *   it('says that the order cannot be quoted', async () => {
 *   	atelier.refuses('POST /orders/ord_1/quote', 400, 'Cannot quote order');
 *   	const { error } = await runNode({ parameters: { … } });
 *   	expect(error?.message).toBe('Atelier answered 400: Cannot quote order [item 0]');
 *   });
 *
 * Parameters that are not given have the node's defaults. Values that differ from item to item are expressions, as in
 * n8n: `runNode({ items: [{ json: { id: 'ord_1' } }], parameters: { orderId: byId('={{ $json.id }}'), … } })`.
 * Files: `items: [{ files: { data: { content: png, fileName: 'cover.png', mimeType: 'image/png' } } }]`.
 * Continue-on-fail: `onError: 'continueRegularOutput'`; error output: `onError: 'continueErrorOutput'` → `errorItems`.
 * What is the same for all operations (broken connections, HTML, rate limits, pairing …) is tested once, in
 * failures.test.ts and runner.test.ts: a test of an operation needs its request, its output, and the refusals that it
 * explains in its own way. A read that fails with 5xx is tried again after 0.5 and 2 seconds.
 */
import './environment';

import { ExecutionLifecycleHooks, LoadOptionsContext, WorkflowExecute } from 'n8n-core';
import { createRunExecutionData, Workflow } from 'n8n-workflow';
import type {
	IConnections,
	ICredentialDataDecryptedObject,
	IDataObject,
	ILoadOptionsFunctions,
	INode,
	INodeExecutionData,
	INodeListSearchResult,
	INodeParameterResourceLocator,
	INodeParameters,
	INodeType,
	IRun,
	ITaskData,
	IWorkflowExecuteAdditionalData,
	NodeApiError,
	NodeOperationError,
	OnError,
	WorkflowExecuteMode,
} from 'n8n-workflow';

import { switchesOf } from '../../../nodes/Atelier/guard';
import { useBinaryMode } from './container';
import type { BinaryMode } from './container';
import { TEST_CREDENTIAL, TestCredentials } from './credentials';
import { INPUT_TYPE, nodeTypesWith, PACKAGE_NAME } from './nodeTypes';
import type { TestItem } from './nodeTypes';

export { contentOf, useBinaryMode } from './container';
export { TEST_BASE_URL, TEST_CREDENTIAL, TEST_KEY } from './credentials';

export interface WorkflowRun {
	nodes: INode[];
	connections: IConnections;
	/** Items that the node of type `test.input` puts out; the first node of `nodes` is where the run starts. */
	items?: TestItem[];
	/** Credentials by their type's name. */
	credentials?: Record<string, ICredentialDataDecryptedObject>;
	/** Further node types by their full name. */
	types?: Record<string, INodeType>;
	binaryMode?: BinaryMode;
	mode?: WorkflowExecuteMode;
}

export interface NodeRun {
	/** Name of the node in the package; `atelierTool` is the twin that an AI Agent calls. */
	type?: string;
	parameters: INodeParameters;
	/** Input items; one empty item when absent. */
	items?: TestItem[];
	/** Parts of the test credential to replace; null for a node without credential. */
	credential?: ICredentialDataDecryptedObject | null;
	onError?: OnError;
	binaryMode?: BinaryMode;
	/** Further settings of the node, e.g. `retryOnFail`. */
	node?: Partial<INode>;
}

/** An error of a node, with what those of requests have. */
export type NodeFailure = NodeOperationError & Partial<Pick<NodeApiError, 'httpCode'>>;

export interface NodeResult {
	/** The `json` of each item on the first output. */
	items: IDataObject[];
	/** The `json` of each item on the error output. */
	errorItems: IDataObject[];
	/** The items of the first output with binary fields and pairing. */
	full: INodeExecutionData[];
	/** The items of the error output with binary fields and pairing. */
	fullErrors: INodeExecutionData[];
	/** What ended the run, when something did. */
	error: NodeFailure | undefined;
	/** The execution as n8n would save it. */
	run: IRun;
}

/** A resource locator in the mode "By ID". */
export function byId(value: string): INodeParameterResourceLocator {
	return { __rl: true, mode: 'id', value };
}

/** What n8n tells a node of its surroundings. */
export function createAdditionalData(
	credentials: Record<string, ICredentialDataDecryptedObject>,
	mode: WorkflowExecuteMode = 'manual',
): IWorkflowExecuteAdditionalData {
	const host = 'http://127.0.0.1:5678';
	const executionId = '1';
	return {
		credentialsHelper: new TestCredentials(credentials),
		hooks: new ExecutionLifecycleHooks(mode, executionId, { id: 'test', name: 'Test' } as never),
		executionId,
		currentNodeExecutionIndex: 0,
		restApiUrl: `${host}/rest`,
		instanceBaseUrl: `${host}/`,
		formBaseUrl: `${host}/form`,
		formWaitingBaseUrl: `${host}/form-waiting`,
		formTestBaseUrl: `${host}/form-test`,
		webhookBaseUrl: `${host}/webhook`,
		webhookWaitingBaseUrl: `${host}/webhook-waiting`,
		webhookTestBaseUrl: `${host}/webhook-test`,
		mcpBaseUrl: `${host}/mcp`,
		mcpTestBaseUrl: `${host}/mcp-test`,
		variables: {},
		logAiEvent: () => {},
	} as unknown as IWorkflowExecuteAdditionalData;
}

/** A node of a test workflow. */
export function createNode(name: string, type: string, settings: Partial<INode> = {}): INode {
	return { id: name, name, type, typeVersion: 1, position: [0, 0], parameters: {}, ...settings };
}

/** Runs a workflow from its first node to its end, as a person does with "Execute workflow". */
export async function runWorkflow(workflowRun: WorkflowRun): Promise<IRun> {
	const { nodes, connections, items = [], credentials = {}, types, binaryMode = 'filesystem', mode = 'manual' } = workflowRun;
	await useBinaryMode(binaryMode);
	const workflow = new Workflow({
		id: 'test',
		name: 'Test',
		nodes,
		connections,
		active: false,
		nodeTypes: nodeTypesWith(items, types),
		settings: { executionOrder: 'v1' },
	});
	const start = workflow.getNode(nodes[0].name)!;
	const runExecutionData = createRunExecutionData({
		executionData: { nodeExecutionStack: [{ node: start, data: { main: [[{ json: {} }]] }, source: null }] },
	});
	return await new WorkflowExecute(createAdditionalData(credentials, mode), mode, runExecutionData).processRunExecutionData(workflow);
}

/** The parameters, with the switches of a guarded operation, `confirmed` and `allowAsTool`, under the operation's own names. */
function withSwitches({ confirmed, allowAsTool, ...parameters }: INodeParameters): INodeParameters {
	const { confirm, allow } = switchesOf(String(parameters.resource), String(parameters.operation));
	if (confirmed !== undefined) parameters[confirm] = confirmed;
	if (allowAsTool !== undefined) parameters[allow] = allowAsTool;
	return parameters;
}

/** Runs one node of the package on some items and returns what it puts out. */
export async function runNode(nodeRun: NodeRun): Promise<NodeResult> {
	const { type = 'atelier', parameters: given, items = [{}], credential = {}, onError, binaryMode, node } = nodeRun;
	const parameters = withSwitches(given);
	const input = createNode('Input', INPUT_TYPE);
	const tested = createNode('Atelier', `${PACKAGE_NAME}.${type}`, {
		parameters,
		...(onError && { onError }),
		...(credential && { credentials: { atelierApi: { id: '1', name: 'Atelier' } } }),
		...node,
	});
	const run = await runWorkflow({
		nodes: [input, tested],
		connections: { Input: { main: [[{ node: 'Atelier', type: 'main', index: 0 }]] } },
		items,
		credentials: credential ? { atelierApi: { ...TEST_CREDENTIAL, ...credential } } : {},
		binaryMode,
	});
	const secrets = [String({ ...TEST_CREDENTIAL, ...credential }.apiKey)];
	if (parameters.operation !== 'register') secrets.push('whsec_');
	return readResult(run, secrets);
}

/** @param secrets what must stand nowhere in it */
function readResult(run: IRun, secrets: string[]): NodeResult {
	const { runData, error } = run.data.resultData;
	if (!('Atelier' in runData)) throw error ?? new Error('The node did not run');
	const task: ITaskData = runData.Atelier[runData.Atelier.length - 1];
	const [full, fullErrors] = [0, 1].map((output) => task.data?.main[output] ?? []);
	const nodeError = task.error as NodeFailure | undefined;
	// No test of any operation may pass while a secret stands in what n8n saves and shows.
	const everything = `${JSON.stringify(run)} ${nodeError?.message} ${nodeError?.stack} ${JSON.stringify(nodeError)}`;
	if (secrets.some((secret) => everything.includes(secret))) throw new Error('A secret stands in the execution data');
	return {
		items: full.map(({ json }) => json),
		errorItems: fullErrors.map(({ json }) => json),
		full,
		fullErrors,
		error: nodeError,
		run,
	};
}

/** What a resource locator's "From list" shows. */
export async function searchList(
	method: string,
	{ filter, paginationToken, parameters = {}, credential = {} }: {
		filter?: string;
		paginationToken?: string;
		parameters?: INodeParameters;
		credential?: ICredentialDataDecryptedObject;
	} = {},
): Promise<INodeListSearchResult> {
	const nodeTypes = nodeTypesWith([]);
	const node = createNode('Atelier', `${PACKAGE_NAME}.atelier`, {
		parameters,
		credentials: { atelierApi: { id: '1', name: 'Atelier' } },
	});
	const workflow = new Workflow({ id: 'test', nodes: [node], connections: {}, active: false, nodeTypes });
	const additionalData = createAdditionalData({ atelierApi: { ...TEST_CREDENTIAL, ...credential } });
	additionalData.currentNodeParameters = parameters;
	const context: ILoadOptionsFunctions = new LoadOptionsContext(workflow, node, additionalData, '');
	const search = nodeTypes.getByNameAndVersion(node.type).methods?.listSearch?.[method];
	if (!search) throw new Error(`The node has no list search ${method}`);
	return await search.call(context, filter, paginationToken);
}
