import './environment';

import { createHmac, randomUUID } from 'node:crypto';
import { HookContext, WebhookContext } from 'n8n-core';
import { Workflow } from 'n8n-workflow';
import type { IDataObject, INode, INodeParameters, INodeType, IWebhookData, IWebhookResponseData, WorkflowActivateMode } from 'n8n-workflow';

import { TEST_KEY } from './credentials';
import { createAdditionalData, createNode } from './engine';
import { builtPackage, nodeTypesWith, PACKAGE_NAME } from './nodeTypes';

const TRIGGER_NAME = 'Atelier Webhook Trigger';

let created = 0;

/** How n8n answered a webhook, and what it started. */
export interface WebhookOutcome {
	/** Status and body of an answer that the node gave itself; n8n's own is 200. */
	status: number;
	answer: unknown;
	/** The items of the execution, undefined when none was started. */
	items?: IDataObject[];
}

export interface Sent {
	/** Undefined for a good signature, null for none. */
	signature?: string | null;
	deliveryId?: string;
	/** The bytes, when they are to differ from the event's. */
	rawBody?: Buffer;
}

/** A workflow with one webhook trigger, driven through n8n-core's own contexts. */
export class WebhookWorkflow {
	readonly id: string;
	readonly baseUrl: string;
	readonly secret: string;
	/** The workflow's data as n8n would have it in its database. */
	saved: IDataObject;
	private readonly node: INode;
	private readonly type: INodeType;

	constructor({ parameters = {}, baseUrl, saved = {} }: { parameters?: INodeParameters; baseUrl?: string; saved?: IDataObject } = {}) {
		created++;
		this.id = `webhook-workflow-${created}`;
		this.baseUrl = baseUrl ?? `https://hooks-${created}.atelier.test/api`;
		this.secret = `whsec_${String(created).repeat(64).slice(0, 64)}`;
		this.saved = structuredClone(saved);
		this.type = builtPackage.node('atelierWebhookTrigger');
		this.node = createNode(TRIGGER_NAME, `${PACKAGE_NAME}.atelierWebhookTrigger`, {
			parameters,
			webhookId: `hook-${created}`,
			credentials: { atelierApi: { id: '1', name: 'Atelier' } },
		});
	}

	get url(): string {
		return `http://127.0.0.1:5678/webhook/${this.node.webhookId}/webhook`;
	}

	get testUrl(): string {
		return `http://127.0.0.1:5678/webhook-test/${this.node.webhookId}/webhook`;
	}

	/** What n8n does when the workflow is published. */
	async publish(activation: WorkflowActivateMode = 'activate'): Promise<void> {
		if (!(await this.hook('checkExists', activation))) await this.hook('create', activation);
	}

	/** What n8n does when the workflow is unpublished. */
	async unpublish(): Promise<void> {
		await this.hook('delete', 'update');
	}

	/** What n8n does when a person starts listening for a test event, and when that is over. */
	async listen(): Promise<{ stop: () => Promise<void> }> {
		const test = this.create();
		if (!(await this.hook('checkExists', 'manual', test))) await this.hook('create', 'manual', test);
		return { stop: async () => void (await this.hook('delete', 'update', test)) };
	}

	/** Sends an event as Atelier does. */
	async send(event: IDataObject, { signature, deliveryId = randomUUID(), rawBody }: Sent = {}): Promise<WebhookOutcome> {
		const body = Buffer.from(JSON.stringify(event));
		const outcome: WebhookOutcome = { status: 200, answer: undefined };
		const response = {
			status(code: number) {
				outcome.status = code;
				return this;
			},
			json(answer: unknown) {
				outcome.answer = answer;
				return this;
			},
		};
		const header = signature === undefined ? this.sign(body) : signature;
		const request = {
			headers: {
				'x-atelier-event': event.event,
				'x-atelier-delivery-id': deliveryId,
				...(header !== null && { 'x-atelier-signature': header }),
			},
			body: event,
			rawBody: rawBody ?? body,
			params: {},
			query: {},
		};
		const workflow = this.create();
		const additionalData = { ...this.additionalData(), httpRequest: request as never, httpResponse: response as never };
		const context = new WebhookContext(workflow, this.node, additionalData, 'webhook', this.webhookData(workflow, false), [], null);
		const result: IWebhookResponseData = await this.type.webhook!.call(context);
		this.save(workflow);
		if (result.workflowData) outcome.items = result.workflowData[0]?.map(({ json }) => json);
		outcome.answer ??= result.webhookResponse;
		return outcome;
	}

	sign(body: Buffer, time = Math.floor(Date.now() / 1000)): string {
		return `t=${time},v1=${createHmac('sha256', this.secret).update(`${time}.`).update(body).digest('hex')}`;
	}

	private async hook(name: 'checkExists' | 'create' | 'delete', activation: WorkflowActivateMode, test?: Workflow): Promise<boolean> {
		const workflow = test ?? this.create();
		const mode = test ? 'manual' : 'trigger';
		const data = this.webhookData(workflow, test !== undefined);
		const context = new HookContext(workflow, this.node, this.additionalData(), mode, activation, data);
		try {
			return await this.type.webhookMethods!.default![name].call(context);
		} finally {
			if (!test) this.save(workflow);
		}
	}

	private create(): Workflow {
		return new Workflow({
			id: this.id,
			name: 'Events',
			nodes: [this.node],
			connections: {},
			active: true,
			nodeTypes: nodeTypesWith([]),
			staticData: structuredClone(this.saved),
		});
	}

	private webhookData(workflow: Workflow, isTest: boolean): IWebhookData {
		const [webhookDescription] = this.type.description.webhooks!;
		return {
			httpMethod: 'POST',
			node: this.node.name,
			path: `${this.node.webhookId}/webhook`,
			webhookDescription,
			workflowId: workflow.id,
			workflowExecuteAdditionalData: this.additionalData(),
			isTest,
		};
	}

	private additionalData() {
		return createAdditionalData({ atelierApi: { apiKey: TEST_KEY, baseUrl: this.baseUrl } }, 'webhook');
	}

	private save(workflow: Workflow): void {
		this.saved = JSON.parse(JSON.stringify(workflow.staticData)) as IDataObject;
	}
}
