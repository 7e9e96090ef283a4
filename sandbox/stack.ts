import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import getPort from 'get-port';

import { type RunningMarketplace, startMarketplace } from './marketplace/process';
import { SandboxControl } from './marketplace/control';
import { N8nApi, type Owner } from './n8n/api';
import { registerPackages } from './n8n/package';
import { type N8nServer, startN8n } from './n8n/server';
import { isAlive } from './processes';
import { startProviders } from './providers/process';
import type { ServerProcess } from './serverProcess';

/** The ports that the sandbox listens on. */
export interface Ports {
	n8n: number;
	marketplace: number;
	providers: number;
}

/** How the sandbox is started. */
export interface StackOptions {
	/** Keeps the data of marketplace and n8n. */
	dataFolder: string;
	/** The folder whose node_modules holds n8n: see ensureN8n. */
	n8nInstallation: string;
	/** The packed n8n-nodes-atelier. */
	packageTarball: string;
	/** Ports to listen on; a free one for each that is left out. */
	ports?: Partial<Ports>;
	/** Further settings of n8n. */
	n8nEnvironment?: Record<string, string>;
}

const WATCH_EVERY_MS = 500;

/** A local Atelier, local model providers and a real n8n with the package, as processes of their own. */
export class Stack {
	/** The running n8n, or the one that ran last. */
	n8n?: N8nServer;

	/** Drives the marketplace: its buyer, its settings, its statistics. */
	readonly control: SandboxControl;

	private isStopping = false;

	private constructor(
		private readonly options: StackOptions,
		readonly ports: Ports,
		readonly marketplace: RunningMarketplace,
		readonly providers: ServerProcess,
	) {
		this.control = new SandboxControl(marketplace.url);
	}

	/** Starts marketplace and providers; n8n follows with startN8n. */
	static async start(options: StackOptions): Promise<Stack> {
		const ports = {
			n8n: options.ports?.n8n ?? (await getPort()),
			marketplace: options.ports?.marketplace ?? (await getPort()),
			providers: options.ports?.providers ?? (await getPort()),
		};
		const marketplace = startMarketplace({
			port: ports.marketplace,
			dataFolder: join(options.dataFolder, 'marketplace'),
			allowLoopbackWebhooks: true,
		});
		const providers = startProviders({ port: ports.providers });
		const failed = (await Promise.allSettled([marketplace, providers])).find(({ status }) => status === 'rejected');
		if (failed) {
			await Promise.allSettled([marketplace, providers].map(async (started) => await (await started).stop()));
			throw (failed as PromiseRejectedResult).reason;
		}
		return new Stack(options, ports, await marketplace, await providers);
	}

	/** N8N_USER_FOLDER of the stack's n8n. */
	private get n8nDataFolder(): string {
		return join(this.options.dataFolder, 'n8n');
	}

	/** Starts n8n with the package installed afresh and waits until it is ready; after its end, on the same data and port. */
	async startN8n(): Promise<N8nServer> {
		this.n8n = await startN8n({
			installation: this.options.n8nInstallation,
			dataFolder: this.n8nDataFolder,
			packageTarball: this.options.packageTarball,
			port: this.ports.n8n,
			environment: this.options.n8nEnvironment,
		});
		await this.n8n.waitUntilReady();
		return this.n8n;
	}

	/** Signs in to the running n8n as its owner, and has it list the package among its community nodes. */
	async signIn(owner: Owner): Promise<N8nApi> {
		const api = new N8nApi(this.n8n!.url);
		await api.signIn(owner);
		registerPackages(this.n8nDataFolder, await api.readNodeTypes());
		return api;
	}

	/** Resolves when one of the processes has ended although nobody asked it to, with the name of what ran in it. */
	async waitForLoss(): Promise<string> {
		for (;;) {
			const processes = { 'the marketplace': this.marketplace, 'the model provider stand-in': this.providers, n8n: this.n8n };
			const lost = Object.entries(processes).find(([, running]) => running && !isAlive(running.pid));
			if (lost && !this.isStopping) return lost[0];
			await sleep(WATCH_EVERY_MS);
		}
	}

	/** Stops everything; resolves when no process is left. */
	async stop(): Promise<void> {
		this.isStopping = true;
		await this.n8n?.stop();
		await Promise.all([this.marketplace.stop(), this.providers.stop()]);
	}
}

