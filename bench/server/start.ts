import { join } from 'node:path';

import { startServerProcess } from '../../sandbox/serverProcess';

export interface BenchServer {
	/** Base URL of the API; ./control.ts drives what stands behind it. */
	apiUrl: string;
	stop(): Promise<void>;
}

/** Starts the stand-in for the platform in a process of its own. */
export async function startServer(): Promise<BenchServer> {
	const { url, stop } = await startServerProcess({ name: "benchmark's server", file: join(__dirname, 'main.ts'), arguments: [] });
	return { apiUrl: `${url}/api`, stop };
}
