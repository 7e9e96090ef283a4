import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import getPort from 'get-port';

import { findPostgres, type Postgres } from '../services/postgres';
import { findRedis } from '../services/redis';
import { type Service } from '../services/service';
import { n8nFolder } from './package';
import { type N8nServer, startN8n } from './server';

/** The settings that all processes share: the very file that the Docker set-up uses. */
const SHARED_SETTINGS = resolve(__dirname, '..', '..', 'deploy', 'n8n.env');

/** What this machine lacks for n8n's queue mode, as a sentence that says how to get it; undefined when nothing is missing. */
export function missingForQueue(): string | undefined {
	const missing = [
		...(findRedis() ? [] : [{ name: 'Redis', debian: 'redis-server' }]),
		...(findPostgres() ? [] : [{ name: 'PostgreSQL', debian: 'postgresql' }]),
	];
	if (missing.length === 0) return undefined;
	const names = missing.map(({ name }) => name).join(' and ');
	const packages = missing.map(({ debian }) => debian).join(' ');
	return `n8n's queue mode needs ${names}, which ${missing.length > 1 ? 'are' : 'is'} not installed (on Debian: apt-get install ${packages}).`;
}

/** How the processes of one n8n find each other. */
export interface QueueConnections {
	redis: Pick<Service, 'port'>;
	postgres: Pick<Postgres, 'port' | 'user' | 'password' | 'database'>;
	/** With which all of them encrypt credentials. */
	encryptionKey: string;
}

/** The settings of every process of an n8n in queue mode on this machine. */
export function queueSettings({ redis, postgres, encryptionKey }: QueueConnections): Record<string, string> {
	return {
		...(parseEnv(readFileSync(SHARED_SETTINGS, 'utf8')) as Record<string, string>),
		N8N_ENCRYPTION_KEY: encryptionKey,
		QUEUE_BULL_REDIS_HOST: '127.0.0.1',
		QUEUE_BULL_REDIS_PORT: String(redis.port),
		DB_POSTGRESDB_HOST: '127.0.0.1',
		DB_POSTGRESDB_PORT: String(postgres.port),
		DB_POSTGRESDB_DATABASE: postgres.database,
		DB_POSTGRESDB_USER: postgres.user,
		DB_POSTGRESDB_PASSWORD: postgres.password,
	};
}

/**
 * npm's arguments that put community packages where n8n looks for them, for processes that share the folder. Peer
 * dependencies stay out: n8n gives its packages its own.
 *
 * @param folder the folder `nodes` among n8n's data
 * @param packages names with a version, or tarballs
 */
export function installArguments(folder: string, packages: string): string[] {
	return ['install', '--prefix', folder, '--legacy-peer-deps', '--ignore-scripts', '--no-audit', '--no-fund', packages];
}

/** How an n8n in queue mode is started. */
export interface QueueN8nOptions {
	/** The folder whose node_modules holds n8n: see ensureN8n. */
	installation: string;
	/** For the data folders of all processes, one each. */
	folder: string;
	/** The packed community package. */
	packageTarball: string;
	connections: Omit<QueueConnections, 'encryptionKey'>;
	/** How many workers. */
	workers: number;
}

/** One n8n of several processes: a main one and workers, each with data of its own and the package from one folder. */
export class QueueN8n {
	private readonly settings: Record<string, string>;
	private readonly packages: string;
	private mainPort?: number;
	private readonly running = new Map<string, N8nServer>();

	constructor(private readonly options: QueueN8nOptions) {
		this.settings = queueSettings({ ...options.connections, encryptionKey: randomBytes(24).toString('hex') });
		this.packages = join(options.folder, 'packages');
		mkdirSync(this.packages, { recursive: true });
		execFileSync('npm', installArguments(this.packages, options.packageTarball), { stdio: 'pipe' });
	}

	/** Starts the main process, which prepares the database, and then the workers. */
	async start(): Promise<void> {
		await this.startMain();
		await Promise.all(this.workerNames.map(async (name) => await this.startWorker(name)));
	}

	get workerNames(): string[] {
		return Array.from({ length: this.options.workers }, (_, index) => `worker-${index + 1}`);
	}

	/** The main process, or the one that ran last. */
	get main(): N8nServer {
		return this.running.get('main')!;
	}

	/** A worker, or the one of that name that ran last. */
	worker(name: string): N8nServer {
		return this.running.get(name)!;
	}

	/** Starts the main process and waits until it is ready; after its end, on the same data and port. */
	async startMain(): Promise<void> {
		this.mainPort ??= await getPort();
		await this.startProcess('main', 'start', this.mainPort);
	}

	/** Starts a worker and waits until it is ready; after its end, on the same data. */
	async startWorker(name: string): Promise<void> {
		await this.startProcess(name, 'worker');
	}

	/** What a worker's log, those of its earlier starts included, says of executions: their ids. */
	readWork(name: string): { started: Set<string>; ended: Set<string> } {
		const log = readFileSync(this.worker(name).logFile, 'utf8');
		const ids = (pattern: RegExp) => new Set([...log.matchAll(pattern)].map(([, id]) => id!));
		return {
			started: ids(/Worker started execution (\d+)/g),
			ended: ids(/Worker (?:finished|errored while running) execution (\d+)/g),
		};
	}

	/** Stops every process; resolves when none is left. */
	async stop(): Promise<void> {
		await Promise.all([...this.running.values()].map(async (server) => await server.stop()));
	}

	private async startProcess(name: string, command: 'start' | 'worker', port?: number): Promise<void> {
		const dataFolder = join(this.options.folder, name);
		this.sharePackages(dataFolder);
		const server = await startN8n({
			installation: this.options.installation,
			dataFolder,
			command,
			port,
			environment: this.settings,
		});
		this.running.set(name, server);
		await server.waitUntilReady();
	}

	private sharePackages(dataFolder: string): void {
		const folder = n8nFolder(dataFolder);
		mkdirSync(folder, { recursive: true });
		try {
			symlinkSync(this.packages, join(folder, 'nodes'));
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
		}
	}
}
