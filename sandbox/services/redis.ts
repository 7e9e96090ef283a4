import { mkdirSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import getPort from 'get-port';

import { findProgram, type Service, startService } from './service';

/** The Redis server of this machine (on Debian: the package redis-server); undefined when there is none. */
export function findRedis(): string | undefined {
	return findProgram('redis-server');
}

/**
 * Starts a Redis with data of its own on 127.0.0.1. It keeps what it was told on disk, as the queue of executions should.
 *
 * @param folder for data and log; made when missing
 * @throws Error when Redis is not installed or does not start
 */
export async function startRedis(folder: string): Promise<Service> {
	const command = findRedis();
	if (!command) throw new Error('Redis is not installed: on Debian, apt-get install redis-server.');
	mkdirSync(folder, { recursive: true });
	const port = await getPort();
	return await startService({
		name: 'Redis',
		command,
		arguments: ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'yes', '--daemonize', 'no'],
		port,
		logFile: join(folder, 'redis.log'),
		isReady: async () => await answersPing(port),
	});
}

async function answersPing(port: number): Promise<boolean> {
	return await new Promise((resolve) => {
		const connection = createConnection({ port, host: '127.0.0.1', timeout: 1_000 });
		const answer = (isReady: boolean) => {
			connection.destroy();
			resolve(isReady);
		};
		connection.once('connect', () => connection.write('PING\r\n'));
		connection.once('data', (data) => answer(data.toString().startsWith('+PONG')));
		connection.once('timeout', () => answer(false));
		connection.once('error', () => answer(false));
	});
}
