import { fork } from 'node:child_process';
import { once } from 'node:events';
import { pathToFileURL } from 'node:url';

const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 5_000;

/** A server in a process of its own. */
export interface ServerProcess {
	/** Address without a trailing slash, e.g. `http://127.0.0.1:5801`. */
	url: string;
	pid: number;
	/** Ends the server, by force after 5 s; resolves when it is gone. May be called more than once. */
	stop(): Promise<void>;
}

/** What a server sends to the process that started it, once it listens: `process.send?.(…)`. */
export interface Listening {
	ready: true;
	url: string;
}

/**
 * Runs a server's TypeScript file in a process of its own and waits until it listens. A server that ends when its channel
 * closes (`process.once('disconnect', …)`) does not outlive the calling process.
 *
 * @param options.name what the server is called in messages, e.g. `marketplace`
 * @throws {Error} with the server's own words when it ends before that, or does not listen within 60 s
 */
export async function startServerProcess(options: { name: string; file: string; arguments: string[] }): Promise<ServerProcess> {
	const tsx = pathToFileURL(require.resolve('tsx')).href;
	const child = fork(options.file, options.arguments, {
		execArgv: ['--disable-warning=ExperimentalWarning', '--import', tsx],
		stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
	});
	let complaints = '';
	let isListening = false;
	child.stderr?.setEncoding('utf8').on('data', (text: string) => {
		// Until it listens, its words go into the error; they would else be read twice.
		if (isListening) process.stderr.write(text);
		else complaints += text;
	});
	const ended = once(child, 'exit');

	const url = await new Promise<string>((resolve, reject) => {
		const limit = setTimeout(() => {
			child.kill('SIGKILL');
			reject(new Error(`The ${options.name} did not listen within ${START_LIMIT_MS / 1000} s. ${complaints}`.trim()));
		}, START_LIMIT_MS);
		child.once('error', reject);
		// Not 'exit': by then its last words may not have been read.
		child.once('close', (code) => {
			clearTimeout(limit);
			reject(new Error(complaints.trim() || `The ${options.name} ended while starting (exit code ${code}).`));
		});
		child.once('message', (message: Listening) => {
			clearTimeout(limit);
			isListening = true;
			resolve(message.url);
		});
	});

	return {
		url,
		pid: child.pid!,
		async stop() {
			if (child.exitCode !== null || child.signalCode !== null) return;
			child.kill('SIGTERM');
			const limit = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
			await ended;
			clearTimeout(limit);
		},
	};
}
