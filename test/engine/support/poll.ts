import './environment';

import { PollContext } from 'n8n-core';
import * as n8nWorkflow from 'n8n-workflow';
import { Workflow } from 'n8n-workflow';
import type { IDataObject, INode, INodeExecutionData, INodeParameters, WorkflowActivateMode } from 'n8n-workflow';

import { TEST_KEY } from './credentials';
import { createAdditionalData, createNode } from './engine';
import { nodeTypesWith, PACKAGE_NAME } from './nodeTypes';
import { publish } from './publishing';
import type { Published } from './publishing';

const TRIGGER_NAME = 'Atelier Trigger';

let created = 0;

/** Checks what an error tells n8n of its cause, on which n8n's next poll depends; 1.x takes nothing of the kind. */
export function expectCause(error: Error, cause: IDataObject): void {
	expect((error as { failure?: unknown }).failure).toEqual('TIMED_CAUSES' in n8nWorkflow ? cause : undefined);
}

/** Times that only pass when a test says so; what waits for the network goes on as always. */
export function useManualTime(start = '2026-07-01T12:00:00Z'): { pass(minutes: number): void } {
	const realTime = [
		'cancelAnimationFrame', 'cancelIdleCallback', 'clearImmediate', 'clearInterval', 'clearTimeout', 'hrtime', 'nextTick',
		'queueMicrotask', 'requestAnimationFrame', 'requestIdleCallback', 'setImmediate', 'setInterval', 'setTimeout',
	] as const;
	beforeEach(() => jest.useFakeTimers({ now: new Date(start), doNotFake: [...realTime] }));
	afterEach(() => jest.useRealTimers());
	return { pass: (minutes) => jest.advanceTimersByTime(minutes * 60_000) };
}

export interface PollingWorkflowOptions {
	parameters?: INodeParameters;
	/** Where the API of this workflow's credential is; each one without gets a host, and so a rate limit, of its own. */
	baseUrl?: string;
	/** The key in its credential. */
	apiKey?: string;
	activation?: WorkflowActivateMode;
	/** What n8n kept of the workflow's data. */
	saved?: IDataObject;
	/** The same ID means the same workflow, published again. */
	id?: string;
	/** As n8n's scheduler in the database does it: a context for each poll, with this many milliseconds. */
	budgetMs?: number;
}

/** A workflow with one polling trigger, published in n8n's own engine. Cron jobs do not run; the test polls. */
export class PollingWorkflow implements Published {
	readonly id: string;
	readonly baseUrl: string;
	/** The items of each execution that was started. */
	readonly executions: IDataObject[][] = [];
	/** The failed executions that n8n recorded for polls. */
	readonly failures: Error[] = [];
	readonly crons: string[] = [];
	/** The workflow's data as n8n would have it in its database. */
	saved: IDataObject;
	/** How often n8n wrote that data. */
	writes = 0;

	private readonly apiKey: string;
	private readonly node: INode;
	private readonly workflow: Workflow;
	private readonly activation: WorkflowActivateMode;
	runPoll?: Published['runPoll'];
	private readonly budgetMs?: number;

	constructor({ parameters = {}, baseUrl, apiKey = TEST_KEY, activation = 'activate', saved = {}, id, budgetMs }: PollingWorkflowOptions = {}) {
		created++;
		this.id = id ?? `workflow-${created}`;
		this.baseUrl = baseUrl ?? `https://api-${created}.atelier.test/api`;
		this.apiKey = apiKey;
		this.activation = activation;
		this.budgetMs = budgetMs;
		this.saved = structuredClone(saved);
		this.node = createNode(TRIGGER_NAME, `${PACKAGE_NAME}.atelierTrigger`, {
			parameters,
			credentials: { atelierApi: { id: '1', name: 'Atelier' } },
		});
		this.workflow = new Workflow({
			id: this.id,
			name: 'Orders',
			nodes: [this.node],
			connections: {},
			active: true,
			nodeTypes: nodeTypesWith([]),
			staticData: structuredClone(saved),
		});
	}

	/** What the trigger keeps, as it is in the running process. */
	get memory(): unknown {
		return this.workflow.getStaticData('node', this.node);
	}

	/** Publishes the workflow; the first poll is part of it. Throws what n8n would show. */
	async publish(): Promise<this> {
		await publish(this.workflow, this, this.activation, this.additionalData(), () => this.context());
		this.save();
		return this;
	}

	/** Polls as n8n does when a cron job fires. */
	async poll(): Promise<void> {
		await this.runPoll?.();
	}

	/** Starts n8n again: the process's memory is gone, what was saved is there. */
	restarted(changes: PollingWorkflowOptions = {}): PollingWorkflow {
		return new PollingWorkflow({
			id: this.id,
			baseUrl: this.baseUrl,
			apiKey: this.apiKey,
			parameters: this.node.parameters,
			saved: this.saved,
			activation: 'init',
			...changes,
		});
	}

	/** The orders of all executions, with event and attempt. */
	get received(): string[] {
		return this.executions.flat().map(({ event, attempt, order }) => `${String(event)} ${String((order as IDataObject).id)} #${String(attempt)}`);
	}

	private context(): PollContext {
		const emit = (data: INodeExecutionData[][]) => {
			this.save();
			this.executions.push(data[0].map(({ json }) => json));
		};
		const { workflow, node, budgetMs } = this;
		return new PollContext(
			workflow,
			node,
			this.additionalData(),
			'trigger',
			this.activation,
			emit,
			(error) => this.failures.push(error),
			undefined,
			undefined,
			undefined,
			budgetMs === undefined ? undefined : () => budgetMs,
		);
	}

	private additionalData() {
		return createAdditionalData({ atelierApi: { apiKey: this.apiKey, baseUrl: this.baseUrl } }, 'trigger');
	}

	/** As n8n does it when something was handed over, and after publishing. */
	private save(): void {
		const staticData = this.workflow.staticData as IDataObject & { __dataChanged?: boolean };
		if (!staticData.__dataChanged) return;
		this.saved = JSON.parse(JSON.stringify(staticData)) as IDataObject;
		this.writes++;
		staticData.__dataChanged = false;
	}
}
