import { join } from 'node:path';

import { startServerProcess, type ServerProcess } from '../serverProcess';

export interface StartOptions {
	/** 0, the default, takes a free port. */
	port?: number;
	/** Keeps data in this folder; in memory when absent. */
	dataFolder?: string;
	/** Default true, as on the platform. */
	rateLimit?: boolean;
	/** Sends webhooks to receivers on this machine; default false. */
	allowLoopbackWebhooks?: boolean;
}

/** A marketplace that serves the buyer's page at `url`. */
export interface RunningMarketplace extends ServerProcess {
	/** `<url>/api`, the base URL for clients of the API. */
	apiUrl: string;
}

/**
 * Starts the marketplace in a process of its own and waits until it listens.
 * @throws Error with the process's own words when it cannot start (port in use, …)
 */
export async function startMarketplace(options: StartOptions = {}): Promise<RunningMarketplace> {
	const server = await startServerProcess({
		name: 'marketplace',
		file: join(__dirname, 'main.ts'),
		arguments: [
			...['--port', String(options.port ?? 0)],
			...(options.dataFolder ? ['--data', options.dataFolder] : []),
			...['--rate-limit', options.rateLimit === false ? 'off' : 'on'],
			...(options.allowLoopbackWebhooks ? ['--allow-loopback-webhooks'] : []),
			'--quiet',
		],
	});
	return { ...server, apiUrl: `${server.url}/api` };
}
