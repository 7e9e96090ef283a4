import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** The user that a program runs as. */
export interface SystemUser {
	uid: number;
	gid: number;
}

/** A server of the system's own that runs for the sandbox. */
export interface Service {
	/** Where it listens on 127.0.0.1. */
	port: number;
	/** What it wrote. */
	logFile: string;
	/** Ends it; resolves when it is gone. May be called more than once. */
	stop(): Promise<void>;
}

export interface ServiceOptions {
	/** What messages call it. */
	name: string;
	command: string;
	arguments: string[];
	port: number;
	logFile: string;
	/** Runs as this user instead of as the caller. */
	user?: SystemUser;
	/** The signal that lets it end at once and in good order. */
	endWith?: NodeJS.Signals;
	/** Whether it answers. */
	isReady: () => Promise<boolean>;
}

const READY_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 100;

/** The path of a program in one of the folders, those of PATH first; undefined when none has it. */
export function findProgram(name: string, moreFolders: string[] = []): string | undefined {
	const folders = [...(process.env.PATH ?? '').split(delimiter), ...moreFolders];
	return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/**
 * Starts a server and waits until it answers. It ends together with the process that started it.
 *
 * @throws Error with one sentence and the end of its log when it does not start
 */
export async function startService(options: ServiceOptions): Promise<Service> {
	const { name, logFile, port } = options;
	const log = openSync(logFile, 'a');
	const order = {
		command: options.command,
		arguments: options.arguments,
		user: options.user,
		endWith: options.endWith ?? 'SIGTERM',
	};
	const guard = spawn(process.execPath, [join(__dirname, 'guard.cjs'), JSON.stringify(order)], {
		stdio: ['ignore', log, log, 'ipc'],
		// A process group of its own: Ctrl-C in the terminal then reaches the server only by way of stop().
		detached: true,
	});
	closeSync(log);
	let isRunning = true;
	const ended = new Promise<void>((resolve) => {
		guard.once('error', () => resolve());
		guard.once('exit', () => resolve());
	}).finally(() => {
		isRunning = false;
	});
	const stop = async () => {
		if (isRunning) guard.kill('SIGTERM');
		await ended;
	};

	const deadline = Date.now() + READY_WITHIN_MS;
	while (!(await options.isReady())) {
		if (isRunning && Date.now() < deadline) {
			await Promise.race([ended, sleep(LOOK_EVERY_MS)]);
			continue;
		}
		const how = isRunning ? `did not answer within ${READY_WITHIN_MS / 1000} s` : 'ended while it started';
		await stop();
		const lastLines = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-5).join('\n');
		throw new Error(`${name} ${how}. The end of its log, ${logFile}:\n${lastLines}`);
	}
	return { port, logFile, stop };
}
