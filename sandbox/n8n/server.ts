import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import getPort from 'get-port';

import { isPortFree } from '../processes';
import { installPackage } from './package';

/** How an n8n server is started. */
export interface N8nOptions {
	/** The folder whose node_modules holds n8n: see ensureN8n. */
	installation: string;
	/** N8N_USER_FOLDER: database, settings and installed packages. Made when missing, reused when there. */
	dataFolder: string;
	/** Tarball of the community package to install before the start; without it, what is installed stays. */
	packageTarball?: string;
	/** The editor's port; a free one when left out. */
	port?: number;
	/** n8n's command: the editor with its triggers, or a worker of queue mode. */
	command?: 'start' | 'worker';
	/** Further settings of n8n, or others than the sandbox's own. */
	environment?: Record<string, string>;
}

/** A running n8n. */
export interface N8nServer {
	/** Address of editor and REST API, without a trailing slash. */
	url: string;
	port: number;
	pid: number;
	/** What n8n wrote, the starts before this one included. */
	logFile: string;
	/** Resolves when the process has ended, with a sentence's ending that says how, e.g. "with exit code 1". */
	ended: Promise<string>;
	/**
	 * Resolves when n8n answers.
	 *
	 * @throws Error with one sentence when it ended before that or takes too long, and with the end of its log
	 */
	waitUntilReady(): Promise<void>;
	/** Asks n8n to finish what it is doing and to end, and waits for that; after 20 s it is killed. */
	stop(): Promise<void>;
	/** Ends n8n at once, as a power cut would, and waits until it is gone. */
	kill(): Promise<void>;
}

const READY_WITHIN_MS = 180_000;
const STOP_WITHIN_MS = 20_000;

/** Settings of the machine that programs need; everything else, N8N_… and DB_… included, stays out of the sandbox. */
const PASSED_ON = ['PATH', 'HOME', 'USERPROFILE', 'SystemRoot', 'TEMP', 'TMP', 'TMPDIR', 'LANG', 'TZ'];

/** Parts of n8n that call n8n's own services or run things in the background that the sandbox has no use for. */
const UNUSED_MODULES = ['mcp-registry', 'mcp', 'instance-ai', 'agents', 'chat-hub', 'workflow-builder'];

/** The settings that every n8n of the sandbox gets: reachable from this machine only, and calling nobody. */
function settings(options: N8nOptions, port: number, brokerPort: number, workerPort: number): NodeJS.ProcessEnv {
	const passedOn = Object.entries(process.env).filter(([name]) => PASSED_ON.includes(name));
	return {
		...Object.fromEntries(passedOn),
		N8N_USER_FOLDER: options.dataFolder,
		N8N_HOST: '127.0.0.1',
		N8N_LISTEN_ADDRESS: '127.0.0.1',
		N8N_PORT: String(port),
		N8N_RUNNERS_BROKER_LISTEN_ADDRESS: '127.0.0.1',
		N8N_RUNNERS_BROKER_PORT: String(brokerPort),
		// Where a worker of queue mode says whether it is ready.
		QUEUE_HEALTH_CHECK_ACTIVE: 'true',
		QUEUE_HEALTH_CHECK_PORT: String(workerPort),
		N8N_WORKER_SERVER_ADDRESS: '127.0.0.1',
		GENERIC_TIMEZONE: Intl.DateTimeFormat().resolvedOptions().timeZone,
		N8N_SECURE_COOKIE: 'false',
		N8N_DIAGNOSTICS_ENABLED: 'false',
		N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
		N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED: 'false',
		N8N_TEMPLATES_ENABLED: 'false',
		N8N_PERSONALIZATION_ENABLED: 'false',
		N8N_HIRING_BANNER_ENABLED: 'false',
		N8N_DYNAMIC_BANNERS_ENABLED: 'false',
		N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
		N8N_VERIFIED_PACKAGES_ENABLED: 'false',
		// n8n asks npm for newer versions whenever somebody looks at its community nodes.
		npm_config_offline: 'true',
		N8N_DISABLED_MODULES: UNUSED_MODULES.join(','),
		...options.environment,
	};
}

/** Sends the signal to n8n and to the processes that it started itself. */
function signalAll(child: ChildProcess, signal: NodeJS.Signals): void {
	try {
		if (process.platform === 'win32') child.kill(signal);
		else process.kill(-child.pid!, signal);
	} catch (error) {
		// macOS answers EPERM for a group of which only unreaped processes are left.
		if (!['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
	}
}

async function answersReady(url: string): Promise<boolean> {
	try {
		return (await fetch(`${url}/healthz/readiness`, { signal: AbortSignal.timeout(5_000) })).ok;
	} catch {
		return false;
	}
}

/**
 * Starts a real n8n as a process of its own, listening on 127.0.0.1 only. It ends together with the process that
 * started it. See waitUntilReady for when it can be used.
 *
 * @throws Error with one sentence when the port is in use
 */
export async function startN8n(options: N8nOptions): Promise<N8nServer> {
	const port = options.port ?? (await getPort());
	if (!(await isPortFree(port))) {
		throw new Error(`Port ${port} is in use, so n8n cannot listen there: stop that program or choose another port.`);
	}
	mkdirSync(options.dataFolder, { recursive: true });
	if (options.packageTarball) installPackage(options.packageTarball, options.dataFolder);

	const command = options.command ?? 'start';
	const workerPort = await getPort();
	const logFile = join(options.dataFolder, 'n8n.log');
	const log = openSync(logFile, 'a');
	const child = spawn(
		process.execPath,
		[
			'--require',
			join(__dirname, 'end-with-parent.cjs'),
			join(options.installation, 'node_modules', 'n8n', 'bin', 'n8n'),
			command,
		],
		{
			cwd: options.dataFolder,
			env: settings(options, port, await getPort(), workerPort),
			stdio: ['ignore', log, log, 'ipc'],
			// A process group of its own: Ctrl-C in the terminal then reaches n8n only by way of stop().
			detached: process.platform !== 'win32',
			windowsHide: true,
		},
	);
	closeSync(log);
	let isRunning = true;
	const ended = new Promise<string>((resolve) => {
		child.once('error', (error) => resolve(`(${error.message})`));
		child.once('exit', (code, signal) => resolve(signal ? `by signal ${signal}` : `with exit code ${code}`));
	}).finally(() => {
		isRunning = false;
	});

	const end = async (signal: NodeJS.Signals) => {
		signalAll(child, signal);
		await Promise.race([ended, sleep(STOP_WITHIN_MS, undefined, { ref: false })]);
		// Also when n8n has ended: its task runner may still be there.
		signalAll(child, 'SIGKILL');
		await ended;
	};
	const url = `http://127.0.0.1:${command === 'start' ? port : workerPort}`;
	const kill = () => end('SIGKILL');
	const waitUntilReady = async () => {
		const deadline = Date.now() + READY_WITHIN_MS;
		while (!(await answersReady(url))) {
			if (isRunning && Date.now() < deadline) {
				await Promise.race([ended, sleep(200)]);
				continue;
			}
			const how = isRunning ? `was not ready after ${READY_WITHIN_MS / 1_000} s` : `ended ${await ended} while it started`;
			await kill();
			const lastLines = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-5).join('\n');
			throw new Error(`n8n ${how}. The end of its log, ${logFile}:\n${lastLines}`);
		}
	};
	return { url, port, pid: child.pid ?? 0, logFile, ended, waitUntilReady, stop: () => end('SIGTERM'), kill };
}
