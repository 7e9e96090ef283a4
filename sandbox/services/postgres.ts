import { execFile, execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import getPort from 'get-port';

import { findProgram, type Service, startService, type SystemUser } from './service';

/** Where Debian keeps PostgreSQL's programs, one folder a version. */
const DEBIAN_HOME = '/usr/lib/postgresql';

/** The programs that a database of one's own takes. */
const PROGRAMS = ['initdb', 'postgres', 'pg_isready'] as const;

/** A running PostgreSQL and how to sign in. */
export interface Postgres extends Service {
	user: string;
	password: string;
	database: string;
}

/** PostgreSQL's programs by name (on Debian: the package postgresql); undefined when one is missing. */
export function findPostgres(): Record<(typeof PROGRAMS)[number], string> | undefined {
	const versions = existsSync(DEBIAN_HOME) ? readdirSync(DEBIAN_HOME).sort((a, b) => Number(b) - Number(a)) : [];
	const folders = versions.map((version) => join(DEBIAN_HOME, version, 'bin'));
	const [initdb, postgres, isReady] = PROGRAMS.map((name) => findProgram(name, folders));
	return initdb && postgres && isReady ? { initdb, postgres, pg_isready: isReady } : undefined;
}

/** PostgreSQL refuses to run as root: then it runs as the user that Debian's package makes. */
function userForServer(): SystemUser | undefined {
	if (process.getuid?.() !== 0) return undefined;
	const idOf = (option: string) => Number(execFileSync('id', [option, 'postgres'], { encoding: 'utf8' }));
	return { uid: idOf('-u'), gid: idOf('-g') };
}

/**
 * Starts a new, empty PostgreSQL on 127.0.0.1.
 *
 * @param folder for data and log; made anew. As root, every user has to be allowed to enter the folders above it
 * @throws Error when PostgreSQL is not installed or does not start
 */
export async function startPostgres(folder: string): Promise<Postgres> {
	const programs = findPostgres();
	if (!programs) throw new Error('PostgreSQL is not installed: on Debian, apt-get install postgresql.');
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	const user = userForServer();
	const [name, password] = ['n8n', randomBytes(16).toString('hex')];
	const passwordFile = join(folder, 'password');
	writeFileSync(passwordFile, password, { mode: 0o600 });
	if (user) for (const path of [folder, passwordFile]) chownSync(path, user.uid, user.gid);

	const data = join(folder, 'data');
	const initialize = [
		...['--pgdata', data, '--username', name, '--pwfile', passwordFile],
		...['--auth', 'scram-sha-256', '--encoding', 'UTF8', '--no-locale', '--no-sync'],
	];
	await promisify(execFile)(programs.initdb, initialize, { ...user, cwd: folder });

	const port = await getPort();
	const settings = {
		listen_addresses: '127.0.0.1',
		port,
		unix_socket_directories: '',
		max_connections: 100,
		// n8n's processes are killed here, the machine is not: nothing has to be on the disk.
		fsync: 'off',
	};
	const service = await startService({
		name: 'PostgreSQL',
		command: programs.postgres,
		arguments: ['-D', data, ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`])],
		port,
		logFile: join(folder, 'postgres.log'),
		user,
		endWith: 'SIGINT',
		isReady: async () =>
			await promisify(execFile)(programs.pg_isready, ['-h', '127.0.0.1', '-p', String(port), '-q']).then(
				() => true,
				() => false,
			),
	});
	return { ...service, user: name, password, database: 'postgres' };
}
