import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { TSX } from '../measure/tsx';

export interface BenchServer {
	/** Base URL of the API; ./control.ts drives what stands behind it. */
	apiUrl: string;
	stop(): Promise<void>;
}

/** Starts the stand-in for the platform in a process of its own. */
export async function startServer(): Promise<BenchServer> {
	const child = fork(join(__dirname, 'main.ts'), { execArgv: TSX, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
	const ended = once(child, 'exit');
	const started = once(child, 'message') as Promise<[{ url: string }]>;
	const [{ url }] = await Promise.race([
		started,
		ended.then(([code]) => Promise.reject(new Error(`The benchmark's server ended with code ${String(code)}.`))),
	]);
	return {
		apiUrl: `${url}/api`,
		stop: async () => {
			child.disconnect();
			await ended;
		},
	};
}
