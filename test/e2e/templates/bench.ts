import type { SandboxAgent, SandboxOrder } from '../../../sandbox/marketplace/control';
import { chooseCredentials } from '../../../sandbox/demo/desk';
import { fillInTemplate } from '../../../sandbox/demo/providerUrls';
import type { Execution, ExecutionStatus, N8nApi, NodeType } from '../../../sandbox/n8n/api';
import { ProvidersClient } from '../../../sandbox/providers/client';
import { TestSandbox } from '../support/testSandbox';
import { waitFor } from '../support/waitFor';

/** The marketplace refuses names that look alike: digits stand for letters there, and l for i. */
const DISTINCT_LETTERS = 'abcdefghjkmnopqrstuvwxyz';

const ENDED: ExecutionStatus[] = ['success', 'error', 'crashed', 'canceled'];

/** An agent of the marketplace with a service, and n8n's credential for it. Every workflow gets one of its own. */
export interface Seller {
	agent: SandboxAgent;
	serviceId: string;
	credential: { id: string; name: string };
}

/** A template in n8n, with credentials and with the sandbox's addresses in its settings. */
export interface ImportedTemplate {
	id: string;
	seller: Seller;
}

/** Where templates are executed: the sandbox with one n8n for all of them. */
export class TemplateBench {
	readonly providers: ProvidersClient;
	private nodeTypesOnce?: Promise<NodeType[]>;
	private sellers = 0;
	private readonly published = new Set<string>();

	private constructor(readonly sandbox: TestSandbox) {
		this.providers = new ProvidersClient(sandbox.stack.providers.url);
	}

	static async start(): Promise<TemplateBench> {
		return new TemplateBench(await TestSandbox.start());
	}

	async stop(): Promise<void> {
		await this.sandbox.stop();
	}

	get api(): N8nApi {
		return this.sandbox.api;
	}

	/** All node types that this n8n has. */
	async nodeTypes(): Promise<NodeType[]> {
		return await (this.nodeTypesOnce ??= this.api.readNodeTypes());
	}

	/** Before each test: the rate limit's counters and the providers as new, and nothing published or broken that a failed test left. */
	async reset(): Promise<void> {
		for (const id of this.published) await this.retire({ id });
		await this.providers.reset();
		await this.sandbox.control.setFaults({});
		await this.sandbox.control.resetRateLimit();
		await this.sandbox.control.resetStatistics();
	}

	/**
	 * A new agent with one service, and its credential in n8n.
	 *
	 * @param service fields of the service that are to differ from a usual picture service
	 */
	async createSeller(service: Record<string, unknown> = {}): Promise<Seller> {
		const { control, stack } = this.sandbox;
		const letter = (number: number) => DISTINCT_LETTERS[number % DISTINCT_LETTERS.length];
		const name = `Studio ${`${letter(Math.floor(this.sellers / DISTINCT_LETTERS.length))}${letter(this.sellers)}`.repeat(3)}`;
		this.sellers += 1;
		const agent = await control.createAgent({ name, description: `${name} makes what your brief asks for.` });
		const { id: serviceId } = await control.createService(agent.id, service);
		const { apiUrl } = stack.marketplace;
		const id = await this.api.createCredential(name, 'atelierApi', {
			apiKey: agent.api_key,
			baseUrl: apiUrl,
			largeUploadUrl: `${apiUrl}/blob/`,
		});
		return { agent, serviceId, credential: { id, name } };
	}

	/** Places and pays an order. */
	async placeOrder(seller: Seller, brief: string, more: Partial<Parameters<TestSandbox['control']['placeOrder']>[0]> = {}): Promise<SandboxOrder> {
		return await this.sandbox.control.placeOrder({ service_id: seller.serviceId, brief, pay: true, ...more });
	}

	/**
	 * Imports a template and sets it up as a person would: credentials in every node that wants one, the sandbox's
	 * addresses in the settings.
	 *
	 * @param settings values for the Settings node, by name
	 */
	async importTemplate(template: string, seller: Seller, settings: Record<string, unknown> = {}): Promise<ImportedTemplate> {
		const workflow = fillInTemplate(template, this.sandbox.stack, settings);
		const credentials = { ...this.sandbox.credentials, atelierApi: seller.credential };
		const { id } = await this.api.createWorkflow(chooseCredentials(workflow, await this.nodeTypes(), credentials));
		return { id, seller };
	}

	/** Changes the options of the workflow's Atelier triggers, as a person may do. */
	async setTriggerOptions({ id }: ImportedTemplate, changes: Record<string, unknown>): Promise<void> {
		const { nodes } = await this.api.readWorkflow(id);
		const changed = nodes.map((node) => {
			if (node.type !== 'n8n-nodes-atelier.atelierTrigger') return node;
			const options = { ...(node.parameters.options as object), ...changes };
			return { ...node, parameters: { ...node.parameters, options } };
		});
		await this.api.updateWorkflow(id, { nodes: changed });
	}

	async publish({ id }: ImportedTemplate): Promise<void> {
		this.published.add(id);
		await this.api.publish(id);
	}

	/** Publishes a template and waits until its first run has ended, with what its nodes put out. */
	async publishAndWait(workflow: ImportedTemplate, limitMs = 120_000): Promise<Execution> {
		await this.publish(workflow);
		return await this.waitForRun(workflow.id, limitMs);
	}

	/** Waits until a workflow has run and no run of it goes on; the newest run. */
	async waitForRun(workflowId: string, limitMs = 120_000): Promise<Execution> {
		const newest = await waitFor(
			`a run of the workflow ${workflowId} to end`,
			async () => {
				const executions = await this.api.listExecutions(workflowId);
				return executions.length > 0 && executions.every(({ status }) => ENDED.includes(status)) ? executions[0] : undefined;
			},
			limitMs,
		);
		return await this.api.readExecution(newest.id);
	}

	/** Unpublishes a workflow, so that it does not look for orders any more. */
	async retire({ id }: Pick<ImportedTemplate, 'id'>): Promise<void> {
		await this.api.unpublish(id);
		this.published.delete(id);
	}

	/** The order as the client has it, with the bytes and the type of each file that counts. */
	async readDelivery(orderId: string): Promise<{ order: SandboxOrder; files: Array<{ mediaType: string; mimeType: string; bytes: Buffer }> }> {
		const { order } = await this.sandbox.control.order(orderId);
		const { deliverables } = await this.readAsSeller(order);
		const files = await Promise.all(
			deliverables
				.filter(({ status }) => status === 'completed')
				.map(async ({ deliverable_url, deliverable_media_type }) => {
					const response = await fetch(String(deliverable_url));
					return {
						mediaType: String(deliverable_media_type),
						mimeType: String(response.headers.get('content-type')),
						bytes: Buffer.from(await response.arrayBuffer()),
					};
				}),
		);
		return { order, files };
	}

	/** What Atelier counted for an order, apart from looking for orders: uploads, deliveries and messages that succeeded. */
	async countCalls(orderId: string): Promise<{ uploads: number; delivers: number; messages: number }> {
		const { orders, routes } = await this.sandbox.control.statistics();
		const { delivers = 0, messages = 0, uploads = 0 } = orders[orderId] ?? {};
		const general = ['POST /api/upload', 'POST /api/upload/token'].map((route) => routes[route]?.calls ?? 0);
		return { uploads: uploads + general[0]! + general[1]!, delivers, messages };
	}

	/** What the agent's messages to the client say. */
	async messagesTo(orderId: string): Promise<string[]> {
		const messages = await this.sandbox.control.messages(orderId);
		return messages.filter(({ sender_type }) => sender_type === 'agent').map(({ content }) => content);
	}

	private async readAsSeller({ id, provider_agent_id }: SandboxOrder) {
		const { api_key } = await this.sandbox.control.agent(provider_agent_id);
		const response = await fetch(`${this.sandbox.stack.marketplace.apiUrl}/orders/${id}`, { headers: { authorization: `Bearer ${api_key}` } });
		return ((await response.json()) as { data: { deliverables: Array<Record<string, unknown>> } }).data;
	}
}

/** Why a run failed, in the words that n8n shows. */
export const reasonOf = ({ data }: Execution) => data.resultData.error?.message ?? '';

/** How often a node ran. */
export const runsOf = ({ data }: Execution, node: string) => data.resultData.runData[node]?.length ?? 0;
