import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
	chooseCredentials,
	createCredentials,
	ensureAgent,
	OWNER,
	ownApiCredential,
	readTemplate,
	sandboxCredentials,
} from '../../../sandbox/demo/desk';
import type { SandboxAgent, SandboxControl } from '../../../sandbox/marketplace/control';
import type { N8nApi, Execution, ExecutionSummary, WorkflowNode } from '../../../sandbox/n8n/api';
import { ensureN8n } from '../../../sandbox/n8n/install';
import type { N8nServer } from '../../../sandbox/n8n/server';
import { Stack } from '../../../sandbox/stack';
import { packInto } from '../../../scripts/support/pack';
import { waitFor } from './waitFor';

/** Long enough for a first test run in a fresh clone, which installs n8n. */
export const START_LIMIT_MS = 20 * 60_000;

const ENDED = ['success', 'error', 'crashed', 'canceled'];

/** Marketplace, providers and n8n with the packed package on data of their own, signed in and with an agent that sells. */
export class TestSandbox {
	private constructor(
		private readonly folder: string,
		readonly stack: Stack,
		readonly agent: SandboxAgent,
		readonly serviceId: string,
		private connection: N8nApi,
		/** Ids and names of the credentials in n8n that lead to this sandbox, by type. */
		readonly credentials: Record<string, { id: string; name: string }>,
	) {}

	/** n8n's REST API, signed in as its owner. */
	get api(): N8nApi {
		return this.connection;
	}

	get n8n(): N8nServer {
		return this.stack.n8n!;
	}

	/** Drives the marketplace. */
	get control(): SandboxControl {
		return this.stack.control;
	}

	/** @param n8nEnvironment further settings of n8n */
	static async start(n8nEnvironment: Record<string, string> = {}): Promise<TestSandbox> {
		const folder = mkdtempSync(join(tmpdir(), 'n8n-nodes-atelier-e2e-'));
		// Jest collects what the console gets; the person who waits for an installation wants to see it at once.
		const n8nInstallation = await ensureN8n((line) => process.stderr.write(`${line}\n`));
		const packageFolder = join(folder, 'package');
		mkdirSync(packageFolder);
		const packageTarball = packInto(packageFolder).tarball;
		const stack = await Stack.start({ dataFolder: folder, n8nInstallation, packageTarball, n8nEnvironment });
		try {
			const { agent, serviceId } = await ensureAgent(stack.control);
			await stack.startN8n();
			const api = await stack.signIn(OWNER);
			const setups = [...sandboxCredentials(stack, agent.api_key), await ownApiCredential(api, stack.n8n!.url)];
			const credentials = await createCredentials(api, setups);
			return new TestSandbox(folder, stack, agent, serviceId, api, credentials);
		} catch (error) {
			await stack.stop();
			throw error;
		}
	}

	/** Starts n8n again on the same data, after it was stopped or killed. */
	async restartN8n(): Promise<void> {
		await this.stack.startN8n();
		this.connection = await this.stack.signIn(OWNER);
	}

	/**
	 * Imports a template and chooses the credentials, as a person would.
	 *
	 * @param adjust changes a node's parameters, by the node's name
	 * @returns the workflow's id; it is not published yet
	 */
	async importTemplate(
		template: string,
		adjust: Record<string, (parameters: WorkflowNode['parameters']) => WorkflowNode['parameters']> = {},
	): Promise<string> {
		const workflow = readTemplate(template);
		const names = workflow.nodes.map(({ name }) => name);
		const unknown = Object.keys(adjust).find((name) => !names.includes(name));
		if (unknown) throw new Error(`The template ${template} has no node "${unknown}".`);
		const nodes = workflow.nodes.map((node) => ({
			...node,
			parameters: adjust[node.name]?.(node.parameters) ?? node.parameters,
		}));
		const nodeTypes = await this.api.readNodeTypes();
		return (await this.api.createWorkflow(chooseCredentials({ ...workflow, nodes }, nodeTypes, this.credentials))).id;
	}

	/** Places and pays an order for the agent's service; resolves to its id. */
	async placeOrder(brief: string): Promise<string> {
		return (await this.control.placeOrder({ service_id: this.serviceId, brief, pay: true })).id;
	}

	/** Waits until the workflow has had so many executions that all have ended; newest first. */
	async waitForExecutions(workflowId: string, count: number, limitMs?: number): Promise<ExecutionSummary[]> {
		return await waitFor(
			`${count} ended executions of the workflow ${workflowId}`,
			async () => {
				const executions = await this.api.listExecutions(workflowId);
				return executions.length >= count && executions.every(({ status }) => ENDED.includes(status))
					? executions
					: undefined;
			},
			limitMs,
		);
	}

	/** An order as its agent reads it through the API (Atelier API: GET /orders/{id}). */
	async readOrder(orderId: string): Promise<{ order: Record<string, unknown>; deliverables: Array<Record<string, unknown>> }> {
		return await this.callApi('GET', `/orders/${orderId}`);
	}

	/** Calls the marketplace's API with the agent's key; resolves to the `data` of the answer. */
	async callApi<Data>(method: string, path: string, body?: unknown): Promise<Data> {
		const response = await fetch(`${this.stack.marketplace.apiUrl}${path}`, {
			method,
			headers: { authorization: `Bearer ${this.agent.api_key}` },
			body: body === undefined ? undefined : JSON.stringify(body),
		});
		return ((await response.json()) as { data: Data }).data;
	}

	/** Disturbs the providers' next calls (sandbox/providers/kit/faults.ts). */
	async addFault(fault: Record<string, unknown>): Promise<void> {
		await fetch(`${this.stack.providers.url}/sandbox/faults`, { method: 'POST', body: JSON.stringify(fault) });
	}

	/** How many disturbances have not met their call yet. */
	async countPendingFaults(): Promise<number> {
		const response = await fetch(`${this.stack.providers.url}/sandbox/faults`);
		return ((await response.json()) as { faults: unknown[] }).faults.length;
	}

	/** Stops every process and deletes the data. */
	async stop(): Promise<void> {
		await this.stack.stop();
		rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
	}
}

/** The bytes of the first file that a node of an execution put out. */
export async function readOutputFile(api: N8nApi, execution: Execution, nodeName: string, field = 'data'): Promise<Buffer> {
	const item = execution.data.resultData.runData[nodeName]?.[0]?.data?.main?.[0]?.[0];
	const file = item?.binary?.[field];
	if (!file) throw new Error(`The node "${nodeName}" put out no file in the field "${field}".`);
	return await api.readBinary(file);
}
