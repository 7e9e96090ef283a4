import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

/** Receives one line for the person who waits. */
export type Report = (line: string) => void;

const HOME = __dirname;
const LOG_FILE = join(HOME, 'install.log');
const NEEDED_GIGABYTES = 3;
const PROGRESS_EVERY_MS = 10_000;
const COMPILER_TOOLS = ['python3', 'make', 'g++'];

interface Lockfile {
	packages: Record<string, { version?: string; optional?: boolean; peer?: boolean }>;
}

function readLockfile(path: string): Lockfile {
	return JSON.parse(readFileSync(path, 'utf8')) as Lockfile;
}

/** The version of n8n that the sandbox is made for, as its lockfile has it. */
export function n8nVersion(): string {
	return readLockfile(join(HOME, 'package-lock.json')).packages['node_modules/n8n']?.version ?? '';
}

/** The packages that the lockfile wants on every platform, by their folders relative to the given one. */
function wantedPackages(folder: string): Array<[path: string, version: string | undefined]> {
	return Object.entries(readLockfile(join(folder, 'package-lock.json')).packages).flatMap(
		([path, { version, optional, peer }]) => (path === '' || optional || peer ? [] : [[path, version]]),
	);
}

/** Whether npm finished installing everything that the lockfile names, in that version. */
function arePackagesInstalled(folder: string): boolean {
	// npm writes this file last, so that it is missing after an interrupted installation.
	const installedFile = join(folder, 'node_modules', '.package-lock.json');
	if (!existsSync(installedFile)) return false;
	const installed = readLockfile(installedFile).packages;
	return wantedPackages(folder).every(([path, version]) => installed[path]?.version === version);
}

/** Whether n8n's SQLite driver has its native part, which npm leaves out as long as install scripts are off. */
function isDatabaseDriverBuilt(folder: string): boolean {
	return existsSync(join(folder, 'node_modules', 'sqlite3', 'build', 'Release', 'node_sqlite3.node'));
}

/**
 * Runs npm to its end, telling every few seconds that it still works.
 *
 * @returns npm's exit code and what it wrote
 */
async function npm(
	npmArguments: string[],
	environment: NodeJS.ProcessEnv,
	tellProgress: () => void,
): Promise<{ code: number | null; output: string }> {
	const child = spawn('npm', npmArguments, {
		cwd: HOME,
		env: { ...process.env, ...environment },
		stdio: ['ignore', 'pipe', 'pipe'],
		// npm is a .cmd file on Windows, which only a shell can start.
		shell: process.platform === 'win32',
	});
	let output = '';
	for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
	const timer = setInterval(tellProgress, PROGRESS_EVERY_MS);
	// npm tidies up for minutes when it is asked to end; the next start does that faster.
	const stopChild = () => child.kill('SIGKILL');
	process.once('exit', stopChild);
	try {
		return await new Promise((done, failed) => {
			child.once('error', failed);
			child.once('close', (code) => done({ code, output }));
		});
	} finally {
		clearInterval(timer);
		process.off('exit', stopChild);
	}
}

/** Keeps npm's output in a file, and gives the end of a sentence: npm's first line about what is wrong, and the file. */
function npmsWords(output: string): string {
	writeFileSync(LOG_FILE, output);
	const firstError = output.split('\n').find((line) => /err/i.test(line) && !/^npm err(or)? code/i.test(line));
	return `${firstError?.trim() ?? 'npm gave no reason'} (all that npm wrote: ${LOG_FILE})`;
}

async function installPackages(report: Report): Promise<void> {
	const { bavail, bsize } = await statfs(HOME);
	const free = (bavail * bsize) / 1e9;
	if (free < NEEDED_GIGABYTES) {
		throw new Error(
			`n8n needs about ${NEEDED_GIGABYTES} GB of disk space and ${free.toFixed(1)} GB are free at ${HOME}. ` +
				'Free some space and start again.',
		);
	}
	report(
		`n8n ${n8nVersion()} is not here yet. Installing it once into ${HOME}: about ${NEEDED_GIGABYTES} GB on disk, ` +
			'5 to 10 minutes with a fast connection.',
	);
	const wanted = wantedPackages(HOME);
	const { code, output } = await npm(
		['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
		{},
		() => {
			const unpacked = wanted.filter(([path]) => existsSync(join(HOME, path, 'package.json'))).length;
			report(`… npm is at work: ${unpacked} of ${wanted.length} packages are in place`);
		},
	);
	if (code === 0) return;
	const unreachable = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT/.exec(output);
	throw new Error(
		unreachable
			? `npm could not reach its registry (${unreachable[0]}): connect to the internet and start again.`
			: `npm could not install n8n: ${npmsWords(output)}`,
	);
}

async function buildDatabaseDriver(report: Report): Promise<void> {
	report("Preparing n8n's SQLite driver: fetching it, or else compiling it, which takes one or two minutes.");
	// The npm packages of Node.js bring their header files, which spares the compiler fetching them.
	const nodeFolder = resolve(dirname(process.execPath), '..');
	const headers = existsSync(join(nodeFolder, 'include', 'node', 'node_api.h')) ? nodeFolder : undefined;
	const { output } = await npm(
		['rebuild', 'sqlite3', '--ignore-scripts=false', '--loglevel=error'],
		{ npm_config_nodedir: headers },
		() => report("… still preparing n8n's SQLite driver"),
	);
	if (isDatabaseDriverBuilt(HOME)) return;
	const missing = COMPILER_TOOLS.filter((tool) => spawnSync(tool, ['--version'], { stdio: 'ignore' }).error);
	throw new Error(
		missing.length > 0
			? `n8n's SQLite driver has to be compiled on this machine; missing for that: ${missing.join(', ')}. ` +
					`Install ${COMPILER_TOOLS.join(', ')} (Debian, Ubuntu: apt-get install ${COMPILER_TOOLS.join(' ')}; ` +
					'macOS: xcode-select --install) and start again.'
			: `n8n's SQLite driver could not be compiled: ${npmsWords(output)}`,
	);
}

/**
 * Provides an n8n to start. Installs the pinned release when it is missing, or goes on where an interrupted
 * installation stopped. Developers who have n8n elsewhere name that folder in the environment variable
 * SANDBOX_N8N_DIR and nothing is installed.
 *
 * @returns the folder whose node_modules holds n8n
 * @throws Error with one sentence that says what is missing: disk space, network, compiler, or n8n in SANDBOX_N8N_DIR
 */
export async function ensureN8n(report: Report): Promise<string> {
	const elsewhere = process.env.SANDBOX_N8N_DIR;
	if (elsewhere) {
		if (existsSync(join(elsewhere, 'node_modules', 'n8n', 'package.json'))) return resolve(elsewhere);
		throw new Error(`SANDBOX_N8N_DIR names ${elsewhere}, but there is no node_modules/n8n in it.`);
	}
	if (!arePackagesInstalled(HOME)) await installPackages(report);
	if (!isDatabaseDriverBuilt(HOME)) await buildDatabaseDriver(report);
	return HOME;
}
