import type { WorkflowNode } from '../../../sandbox/n8n/api';
import type { ScriptedReply } from '../../../sandbox/providers/kit/chatScript';
import type { TestSandbox } from './testSandbox';

/** An Atelier node as a tool. */
export interface AtelierTool {
	/** The node's name; the model calls the tool by it, with underscores for blanks. */
	name: string;
	/** Parameters; a text with `$fromAI` is what the model fills in. */
	parameters: Record<string, unknown>;
	/** Further settings of the node, e.g. `onError`. */
	settings?: Record<string, unknown>;
}

/** One call of a tool, as the model has it in its conversation. */
export interface ToolCall {
	tool: string;
	input: Record<string, unknown>;
	/** What the model reads as the tool's answer: the items that the node put out, or its error. */
	answer: Array<Record<string, unknown>>;
}

export interface AgentRun {
	output: string;
	calls: ToolCall[];
	/** By tool, what the model was told of it before it called anything. */
	descriptions: Record<string, string>;
}

/** The parameter of a tool that the model fills in. */
export const fromModel = (key: string, description: string) => `={{ $fromAI('${key}', '${description}', 'string') }}`;

/** A resource locator whose value the model gives. */
export const idFromModel = (key: string, description: string) => ({
	__rl: true,
	mode: 'id',
	value: fromModel(key, description),
});

/**
 * Runs n8n's AI Agent node once, with a chat model that says what the script tells it to.
 *
 * @param agentVersion the node's version: from 3 on n8n's engine runs the tools, before that the agent itself does
 * @param script the model's replies, in order; the last one has to be a text
 */
export async function runAgent(
	sandbox: TestSandbox,
	agentVersion: number,
	tools: AtelierTool[],
	script: ScriptedReply[],
): Promise<AgentRun> {
	const { api, credentials } = sandbox;
	const providersUrl = sandbox.stack.providers.url;
	const toAgent = (type: string) => ({ [type]: [[{ node: 'AI Agent', type, index: 0 }]] });
	const { id: workflowId } = await api.createWorkflow({
		name: `AI Agent ${agentVersion}: ${tools.map(({ name }) => name).join(', ')}`,
		nodes: [
			node('Start', 'n8n-nodes-base.manualTrigger', 1),
			node('AI Agent', '@n8n/n8n-nodes-langchain.agent', agentVersion, {
				parameters: { promptType: 'define', text: 'Look after my orders.', options: { returnIntermediateSteps: true } },
			}),
			node('Model', '@n8n/n8n-nodes-langchain.lmChatOpenAi', 1.2, {
				parameters: { model: { __rl: true, mode: 'id', value: 'gpt-4.1-mini' }, options: {} },
				credentials: { openAiApi: credentials.openAiApi },
			}),
			...tools.map(({ name, parameters, settings }) =>
				node(name, 'n8n-nodes-atelier.atelierTool', 1, {
					parameters,
					credentials: { atelierApi: credentials.atelierApi },
					...settings,
				}),
			),
		],
		connections: {
			Start: toAgent('main'),
			Model: toAgent('ai_languageModel'),
			...Object.fromEntries(tools.map(({ name }) => [name, toAgent('ai_tool')])),
		},
		settings: { executionOrder: 'v1' },
	});
	await control(providersUrl, 'POST', '/reset');
	await control(providersUrl, 'POST', '/chat-script', { replies: script });

	await api.runManually(workflowId, 'Start');
	const [{ id }] = await sandbox.waitForExecutions(workflowId, 1);
	const execution = await api.readExecution(id);
	const { runData, error } = execution.data.resultData;
	if (execution.status !== 'success') throw new Error(`The agent ended with ${execution.status}: ${error?.message}`);
	const { output, intermediateSteps } = runData['AI Agent'].at(-1)?.data?.main?.[0]?.[0].json as unknown as AgentOutput;
	return { output, calls: intermediateSteps.map(toToolCall), descriptions: await readDescriptions(providersUrl) };
}

interface AgentOutput {
	output: string;
	intermediateSteps: Array<{ action: { tool: string; toolInput: Record<string, unknown> }; observation: string }>;
}

function toToolCall({ action, observation }: AgentOutput['intermediateSteps'][number]): ToolCall {
	return { tool: action.tool, input: action.toolInput, answer: JSON.parse(observation) as ToolCall['answer'] };
}

function node(name: string, type: string, typeVersion: number, settings: Partial<WorkflowNode> = {}): WorkflowNode {
	return { id: name, name, type, typeVersion, position: [0, 0], parameters: {}, ...settings };
}

/** What the model's first request of this run said of the tools. */
async function readDescriptions(providersUrl: string): Promise<Record<string, string>> {
	const { requests } = (await control(providersUrl, 'GET', '/stats')) as {
		requests: Array<{ body?: { tools?: Array<{ function: { name: string; description: string } }> } }>;
	};
	const offered = requests.find(({ body }) => body?.tools)?.body?.tools ?? [];
	return Object.fromEntries(offered.map(({ function: { name, description } }) => [name, description]));
}

async function control(providersUrl: string, method: string, path: string, body?: unknown): Promise<unknown> {
	const response = await fetch(`${providersUrl}/sandbox${path}`, { method, body: body === undefined ? undefined : JSON.stringify(body) });
	if (!response.ok) throw new Error(`The model providers answered ${response.status}: ${await response.text()}`);
	return await response.json();
}
