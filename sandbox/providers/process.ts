import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** How to start the local providers. */
export interface ProvidersOptions {
	/** Port on 127.0.0.1; default 0, any free one. */
	port?: number;
	/** Whether to keep the log of calls from standard output; default true. */
	quiet?: boolean;
}

/** A running server of local providers. */
export interface ProvidersProcess {
	/** Address without a trailing slash, e.g. `http://127.0.0.1:5801`; OpenAI's base URL is `<url>/openai/v1`. */
	url: string;
	pid: number;
	/** Ends the server; resolves when it is gone. May be called more than once. */
	stop(): Promise<void>;
}

const START_LIMIT_MS = 60_000;

function waitForExit(child: ChildProcess): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
	return new Promise((resolve) => child.once('exit', () => resolve()));
}

/**
 * Starts the local providers in a process of their own. It ends with the calling process at the latest.
 *
 * @throws {Error} with the server's own words when it cannot start (port in use, …)
 */
export async function startProviders({ port = 0, quiet = true }: ProvidersOptions = {}): Promise<ProvidersProcess> {
	const tsx = pathToFileURL(require.resolve('tsx')).href;
	const child = fork(join(__dirname, 'main.ts'), ['--port', String(port), ...(quiet ? ['--quiet'] : [])], {
		execArgv: ['--disable-warning=ExperimentalWarning', '--import', tsx],
		stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
	});
	let complaints = '';
	let ready = false;
	child.stderr?.setEncoding('utf8').on('data', (text: string) => {
		// Until it runs, its words go into the error; they would else be read twice.
		if (ready) process.stderr.write(text);
		else complaints += text;
	});
	const stop = async () => {
		if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
		await waitForExit(child);
	};
	const url = await new Promise<string>((resolve, reject) => {
		const limit = setTimeout(() => {
			child.kill('SIGKILL');
			reject(new Error(`The local providers did not start within ${START_LIMIT_MS / 1000} s. ${complaints.trim()}`));
		}, START_LIMIT_MS);
		child.once('error', reject);
		child.once('exit', (code) => {
			clearTimeout(limit);
			reject(new Error(complaints.trim() || `The local providers ended while starting (exit code ${code}).`));
		});
		child.on('message', (message: { ready?: boolean; url?: string }) => {
			if (!message.ready || !message.url) return;
			ready = true;
			clearTimeout(limit);
			resolve(message.url);
		});
	});
	return { url, pid: child.pid!, stop };
}
