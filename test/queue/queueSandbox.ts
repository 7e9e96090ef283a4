import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { createCredentials, ensureAgent, OWNER, sandboxCredentials } from '../../sandbox/demo/desk';
import { SandboxControl, type SandboxAgent } from '../../sandbox/marketplace/control';
import { type RunningMarketplace, startMarketplace } from '../../sandbox/marketplace/process';
import { type ExecutionSummary, N8nApi } from '../../sandbox/n8n/api';
import { QueueN8n } from '../../sandbox/n8n/queue';
import { startProviders } from '../../sandbox/providers/process';
import type { ServerProcess } from '../../sandbox/serverProcess';
import { startPostgres } from '../../sandbox/services/postgres';
import { startRedis } from '../../sandbox/services/redis';
import { type Desk, DESKS, importDesk } from './desks';

const WORKERS = 2;

/** Marketplace, providers, Redis, PostgreSQL and an n8n of three processes, with an agent whose services have a desk each. */
export class QueueSandbox {
	private readonly parts: Array<{ stop(): Promise<void> }> = [];
	private isStopping = false;
	private started?: {
		marketplace: RunningMarketplace;
		providers: ServerProcess;
		n8n: QueueN8n;
		agent: SandboxAgent;
		api: N8nApi;
	};
	private readonly services = new Map<Desk, string>();
	private readonly workflows = new Map<Desk, string>();

	/** @param folder keeps data and logs of everything */
	constructor(readonly folder: string) {}

	get control(): SandboxControl {
		return new SandboxControl(this.running.marketplace.url);
	}

	get n8n(): QueueN8n {
		return this.running.n8n;
	}

	/** Starts everything; the desks are not published yet. */
	async start(n8nInstallation: string, packageTarball: string): Promise<void> {
		// PostgreSQL may run as another user, who has to get to its folder.
		chmodSync(this.folder, 0o711);
		const [redis, postgres, marketplace, providers] = await this.startAll([
			startRedis(join(this.folder, 'redis')),
			startPostgres(join(this.folder, 'postgres')),
			// Hundreds of orders in minutes: with the limit they would take days.
			startMarketplace({ rateLimit: false, dataFolder: join(this.folder, 'marketplace') }),
			startProviders(),
		] as const);
		const n8nData = join(this.folder, 'n8n');
		mkdirSync(n8nData);
		const n8n = await this.keep(
			new QueueN8n({
				installation: n8nInstallation,
				folder: n8nData,
				packageTarball,
				connections: { redis, postgres },
				workers: WORKERS,
			}),
		);
		await n8n.start();

		const control = new SandboxControl(marketplace.url);
		const { agent } = await ensureAgent(control);
		const api = new N8nApi(n8n.main.url);
		await api.signIn(OWNER);
		const credentials = await createCredentials(api, sandboxCredentials({ marketplace, providers }, agent.api_key));
		const nodeTypes = await api.readNodeTypes();
		for (const desk of DESKS) {
			const service = await control.createService(agent.id, { title: desk.name });
			this.services.set(desk, service.id);
			const urls = { atelier: marketplace.apiUrl, providers: providers.url };
			this.workflows.set(desk, await importDesk(desk, service.id, { api, nodeTypes, credentials }, urls));
		}
		this.started = { marketplace, providers, n8n, agent, api };
	}

	/** Publishes the desks: from now on their triggers look for orders. */
	async publish(): Promise<void> {
		for (const workflowId of this.workflows.values()) await this.running.api.publish(workflowId);
	}

	/** Places and pays an order for a desk's service; resolves to its id. */
	async placeOrder(desk: Desk, brief: string): Promise<string> {
		return (await this.control.placeOrder({ service_id: this.services.get(desk)!, brief, pay: true })).id;
	}

	/** An order's status and delivery as its agent reads them (Atelier API: GET /orders/{id}). */
	async readOrder(orderId: string): Promise<{ status: string; deliverable_url: string | null }> {
		const { marketplace, agent } = this.running;
		const response = await fetch(`${marketplace.apiUrl}/orders/${orderId}`, { headers: { authorization: `Bearer ${agent.api_key}` } });
		return ((await response.json()) as { data: { order: Awaited<ReturnType<QueueSandbox['readOrder']>> } }).data.order;
	}

	/** The executions of all desks that have not ended, and the newest 100 of each that have. The main process has to be there. */
	async listExecutions(): Promise<ExecutionSummary[]> {
		const { api } = this.running;
		return (await Promise.all([...this.workflows.values()].map(async (id) => await api.listExecutions(id)))).flat();
	}

	/** How many executions of all desks there are, by status. */
	async countExecutions(): Promise<Record<string, number>> {
		const counts: Record<string, number> = {};
		for (const workflowId of this.workflows.values()) {
			for (const { status } of await this.running.api.listAllExecutions(workflowId)) counts[status] = (counts[status] ?? 0) + 1;
		}
		return counts;
	}

	/** How many pictures the providers have made. */
	async countGenerations(): Promise<number> {
		const response = await fetch(`${this.running.providers.url}/sandbox/stats`);
		const { generations } = (await response.json()) as { generations: Record<string, { image: number }> };
		return Object.values(generations).reduce((total, { image }) => total + image, 0);
	}

	/** Stops everything that was started, the last first; resolves when no process is left. */
	async stop(): Promise<void> {
		this.isStopping = true;
		for (const part of this.parts.splice(0).reverse()) await part.stop();
	}

	private get running() {
		if (!this.started) throw new Error('The sandbox has not started yet.');
		return this.started;
	}

	/** Waits for several starts. When one fails, or everything is being stopped, the others are stopped as well. */
	private async startAll<T extends ReadonlyArray<Promise<{ stop(): Promise<void> }>>>(
		starts: T,
	): Promise<{ -readonly [Index in keyof T]: Awaited<T[Index]> }> {
		const settled = await Promise.allSettled(starts);
		for (const start of settled) if (start.status === 'fulfilled') this.parts.push(start.value);
		const failed = settled.find(({ status }) => status === 'rejected');
		if (failed) throw (failed as PromiseRejectedResult).reason;
		if (this.isStopping) await this.stop();
		return settled.map((start) => (start as PromiseFulfilledResult<unknown>).value) as never;
	}

	private async keep<T extends { stop(): Promise<void> }>(part: T): Promise<T> {
		this.parts.push(part);
		if (this.isStopping) await this.stop();
		return part;
	}
}
