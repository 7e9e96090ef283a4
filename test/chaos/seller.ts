import type { ICredentialDataDecryptedObject, IDataObject, INode, IRun } from 'n8n-workflow';

import { byId, createNode, runWorkflow } from '../engine/support/engine';
import { INPUT_TYPE, PACKAGE_NAME } from '../engine/support/nodeTypes';
import { PollingWorkflow } from '../engine/support/poll';
import { Maker, newlyDelivered } from './maker';
import { realSetTimeout } from '../engine/support/timeLapse';

/** Executions that n8n runs at the same time. */
const CONCURRENT_EXECUTIONS = 4;

const TRIGGER = 'When an order is paid';

/** As long as the templates wait, in seconds. */
const PATIENT = { waitWhenRateLimited: 3600 };

/** How the templates' nodes meet failures: an item that fails is tried again, and in the end ends nobody else's. */
const STEADFAST: Partial<INode> = { retryOnFail: true, maxTries: 5, waitBetweenTries: 5000, onError: 'continueErrorOutput' };

/** The seller's account. */
export interface Account extends ICredentialDataDecryptedObject {
	apiKey: string;
	baseUrl: string;
	largeUploadUrl: string;
}

/**
 * A seller's n8n: the trigger polls, and each batch of orders it hands out is an execution of trigger → make → deliver →
 * message, set up as in the templates. An execution that fails stays failed; only the trigger brings its orders again.
 */
export class Seller {
	readonly maker = new Maker();
	/** The errors of executions that failed, and of items that went to an error output. */
	readonly failures: string[] = [];
	/** The executions that have ended, as n8n would save them. */
	readonly runs: IRun[] = [];
	executions = 0;
	private readonly trigger: PollingWorkflow;
	private readonly running = new Set<Promise<void>>();
	private taken = 0;

	/** @param retryAfterMinutes after how long the trigger hands out again what is still waiting */
	constructor(
		private readonly account: Account,
		retryAfterMinutes: number,
	) {
		this.trigger = new PollingWorkflow({
			baseUrl: account.baseUrl,
			apiKey: account.apiKey,
			parameters: { options: { retryAfterMinutes, minimumSeconds: 1 } },
		});
	}

	/** Publishes the workflow. */
	async start(): Promise<void> {
		await this.trigger.publish();
		this.takeOrders();
	}

	/** Polls once, and starts an execution when orders come. */
	async poll(): Promise<void> {
		while (this.running.size >= CONCURRENT_EXECUTIONS) await Promise.race(this.running);
		await this.trigger.poll();
		this.takeOrders();
		await new Promise((done) => realSetTimeout(done, 120));
	}

	get pollFailures(): number {
		return this.trigger.failures.length;
	}

	/** What n8n keeps for the trigger and shows of its failures. */
	get triggerRecord(): unknown {
		const { memory, failures, executions } = this.trigger;
		return { memory, failures, executions };
	}

	get isIdle(): boolean {
		return this.running.size === 0;
	}

	/** Waits for all running executions. */
	async finish(): Promise<void> {
		await Promise.all(this.running);
	}

	private takeOrders(): void {
		for (const orders of this.trigger.executions.slice(this.taken)) {
			const execution = this.execute(orders).finally(() => this.running.delete(execution));
			this.running.add(execution);
		}
		this.taken = this.trigger.executions.length;
	}

	private async execute(orders: IDataObject[]): Promise<void> {
		this.executions += 1;
		const run = await this.run(orders);
		this.runs.push(run);
		const { error, lastNodeExecuted, runData } = run.data.resultData;
		if (error) this.failures.push(`${lastNodeExecuted}: ${error.message}`);
		for (const [name, [task]] of Object.entries(runData)) {
			for (const { json } of task.data?.main[1] ?? []) this.failures.push(`${name}: ${String(json.error)}`);
		}
	}

	private async run(orders: IDataObject[]): Promise<IRun> {
		const nodes = workflow();
		return await runWorkflow({
			nodes,
			connections: Object.fromEntries(
				nodes.slice(1).map(({ name }, index) => [nodes[index].name, { main: [[{ node: name, type: 'main' as const, index: 0 }]] }]),
			),
			items: orders.map((json) => ({ json })),
			credentials: { atelierApi: this.account },
			types: { 'test.make': this.maker.nodeType(), 'test.newlyDelivered': newlyDelivered },
			mode: 'trigger',
		});
	}
}

function workflow(): INode[] {
	const credentials = { atelierApi: { id: '1', name: 'Atelier' } };
	return [
		createNode(TRIGGER, INPUT_TYPE),
		createNode('Make', 'test.make'),
		createNode('Deliver', `${PACKAGE_NAME}.atelier`, {
			credentials,
			parameters: {
				resource: 'order',
				operation: 'deliver',
				orderId: byId(`={{ $('${TRIGGER}').item.json.order.id }}`),
				options: PATIENT,
			},
			...STEADFAST,
		}),
		createNode('Newly delivered?', 'test.newlyDelivered'),
		createNode('Message', `${PACKAGE_NAME}.atelier`, {
			credentials,
			parameters: {
				resource: 'message',
				operation: 'send',
				orderId: byId('={{ $json.id }}'),
				content: 'Your order is ready. Tell me if you would like anything changed.',
				options: PATIENT,
			},
			...STEADFAST,
		}),
	];
}
