import { join } from 'node:path';

import { startServerProcess, type ServerProcess } from '../serverProcess';

/** How to start the local providers. */
export interface ProvidersOptions {
	/** Port on 127.0.0.1; default 0, any free one. */
	port?: number;
	/** Whether to keep the log of calls from standard output; default true. */
	quiet?: boolean;
}

/**
 * Starts the local providers in a process of their own; OpenAI's base URL is `<url>/openai/v1`.
 *
 * @throws {Error} with the server's own words when they cannot start (port in use, …)
 */
export async function startProviders({ port = 0, quiet = true }: ProvidersOptions = {}): Promise<ServerProcess> {
	return await startServerProcess({
		name: 'local providers',
		file: join(__dirname, 'main.ts'),
		arguments: ['--port', String(port), ...(quiet ? ['--quiet'] : [])],
	});
}
