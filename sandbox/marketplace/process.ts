import { fork } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 5_000;

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

export interface RunningMarketplace {
	/** `http://127.0.0.1:port`, which serves the buyer's page. */
	url: string;
	/** `<url>/api`, the base URL for clients of the API. */
	apiUrl: string;
	pid: number;
	/** Stops the process and waits until it has ended. */
	stop(): Promise<void>;
}

/**
 * Starts the marketplace in a process of its own and waits until it listens.
 * @throws Error with the process's own words when it ends before that, or does not listen within 30 s
 */
export async function startMarketplace(options: StartOptions = {}): Promise<RunningMarketplace> {
	const tsx = pathToFileURL(require.resolve('tsx')).href;
	const child = fork(
		join(__dirname, 'main.ts'),
		[
			...['--port', String(options.port ?? 0)],
			...(options.dataFolder ? ['--data', options.dataFolder] : []),
			...['--rate-limit', options.rateLimit === false ? 'off' : 'on'],
			...(options.allowLoopbackWebhooks ? ['--allow-loopback-webhooks'] : []),
			'--quiet',
		],
		{
			execArgv: ['--disable-warning=ExperimentalWarning', '--import', tsx],
			stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
		},
	);
	let words = '';
	child.stderr?.on('data', (chunk: Buffer) => {
		words = `${words}${chunk.toString()}`.slice(-4000);
	});
	const ended = new Promise<void>((done) => child.once('exit', () => done()));

	const url = await new Promise<string>((done, fail) => {
		const timer = setTimeout(() => {
			child.kill('SIGKILL');
			fail(new Error(`The marketplace did not listen within ${START_TIMEOUT_MS / 1000} s. ${words}`));
		}, START_TIMEOUT_MS);
		child.once('message', (message: { ready: true; url: string }) => {
			clearTimeout(timer);
			done(message.url);
		});
		child.once('exit', (code) => {
			clearTimeout(timer);
			fail(new Error(`The marketplace ended with code ${code}. ${words}`.trim()));
		});
	});

	return {
		url,
		apiUrl: `${url}/api`,
		pid: child.pid!,
		async stop() {
			if (child.exitCode !== null || child.signalCode !== null) return;
			child.kill('SIGTERM');
			const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
			await ended;
			clearTimeout(timer);
		},
	};
}
