// Checks what the project installs and publishes: `npm run audit`.
//
// Fails when the published package would bring other packages along, when a lock file lets in what does not come from the
// registry with a checksum, when packages may run scripts while they are installed, or when something published has a
// known vulnerability of high severity. Those of packages for development are listed; most wait for a release of n8n.
// Whether vulnerabilities are known the package registry says. Some registries do not: then that is said, and nothing fails.

import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { lockfileFlaws, manifestFlaws, publishedFlaws } from './support/lockfile';
import type { Lockfile, Manifest } from './support/lockfile';
import { PROJECT_ROOT } from './support/paths';

const AUDIT_TIMEOUT_MS = 60_000;

const SERIOUS = ['high', 'critical'];

/** What `npm audit --json` prints, as far as it is read here. */
interface AuditReport {
	vulnerabilities?: Record<string, { severity: string; isDirect: boolean; range: string }>;
	metadata?: { vulnerabilities: Record<string, number> };
	message?: string;
	statusCode?: number;
	error?: { summary?: string };
}

const readJson = <T>(file: string): T => JSON.parse(readFileSync(join(PROJECT_ROOT, file), 'utf8')) as T;

function report(name: string, flaws: string[]): void {
	for (const flaw of flaws) console.log(`audit  ${name}: ${flaw}`);
	if (flaws.length === 0) console.log(`audit  ${name}: nothing wrong`);
	else process.exitCode = 1;
}

/** Asks the registry what is known; undefined when it does not say. */
function askRegistry(npmArguments: string[]): AuditReport | undefined {
	const { stdout, error } = spawnSync('npm', ['audit', '--json', '--package-lock-only', ...npmArguments], {
		cwd: PROJECT_ROOT,
		encoding: 'utf8',
		timeout: AUDIT_TIMEOUT_MS,
		maxBuffer: 64 * 1024 ** 2,
		stdio: ['ignore', 'pipe', 'ignore'],
		shell: process.platform === 'win32',
	});
	try {
		const answer = JSON.parse(stdout) as AuditReport;
		if (answer.metadata) return answer;
		console.log(`audit  the package registry does not answer: ${answer.message ?? answer.error?.summary ?? 'without a reason'} ${answer.statusCode ?? ''}`);
	} catch {
		console.log(`audit  the package registry does not answer: ${error?.message ?? 'not in JSON'}`);
	}
	return undefined;
}

function serious({ vulnerabilities = {} }: AuditReport): string[] {
	return Object.entries(vulnerabilities)
		.filter(([, { severity }]) => SERIOUS.includes(severity))
		.map(([name, { severity, range }]) => `${name} ${range} has a known vulnerability of ${severity} severity`);
}

const lockfiles = globSync('{package-lock.json,sandbox/*/package-lock.json}', { cwd: PROJECT_ROOT });
for (const file of lockfiles) {
	const manifest = readJson<Manifest>(join(dirname(file), 'package.json'));
	report(file, [...lockfileFlaws(readJson<Lockfile>(file)), ...manifestFlaws(manifest)]);
}
const npmSettings = readFileSync(join(PROJECT_ROOT, '.npmrc'), 'utf8');
report('.npmrc', /^ignore-scripts=true$/m.test(npmSettings) ? [] : ['packages may run scripts while they are installed']);
report('the published package', publishedFlaws(readJson<Manifest>('package.json')));

const published = askRegistry(['--omit=dev']);
if (published) report('vulnerabilities in what is published', serious(published));
const everything = askRegistry([]);
if (everything) {
	const counts = Object.entries(everything.metadata?.vulnerabilities ?? {}).map(([severity, count]) => `${severity} ${count}`);
	console.log(`audit  vulnerabilities in packages for development: ${counts.join(', ')}`);
	for (const sentence of serious(everything)) console.log(`audit  for development: ${sentence}`);
} else {
	console.log('audit  so the vulnerabilities of packages for development were NOT checked. They are in the workflow CI.');
}
