// Runs one of the project's scripts the way every npm script here needs it: with the project's packages
// installed and on Node.js 24 (n8n 2.41 wants it), whatever Node.js the machine has. Plain JavaScript
// without imports from npm, because it is what a fresh clone runs first.
//
//   node scripts/run.mjs <script.ts | script.js> [arguments]

import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { install, isInstalled } from './support/install.mjs';

const projectRoot = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const nodeFolder = join(projectRoot, 'sandbox', 'node');
const OLDEST_NODE = 20;
const NEEDED_NODE = 24;

/** Ends the process with one sentence on standard error. */
function giveUp(sentence) {
	console.error(sentence);
	process.exit(1);
}

/** Installs a folder's packages unless it is complete. */
function ensureInstalled(folder, what, isComplete = isInstalled(folder)) {
	try {
		if (!isComplete) install(folder, what);
	} catch (error) {
		giveUp(error.message);
	}
}

/** The path of the Node.js that npm has installed for this platform, if it has. */
function installedNode() {
	const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
	const { optionalDependencies } = JSON.parse(readFileSync(join(nodeFolder, 'package.json'), 'utf8'));
	return Object.keys(optionalDependencies)
		.filter((name) => name.endsWith(platform))
		.flatMap((name) => ['bin/node', 'bin/node.exe'].map((file) => join(nodeFolder, 'node_modules', name, file)))
		.find((path) => existsSync(path));
}

/** The path of a Node.js of at least NEEDED_NODE: this very one, or the one that npm provides for this platform. */
function findNode() {
	if (Number(process.versions.node.split('.')[0]) >= NEEDED_NODE) return process.execPath;
	ensureInstalled(nodeFolder, `Node.js ${NEEDED_NODE}`, isInstalled(nodeFolder) && installedNode() !== undefined);
	const path = installedNode();
	if (!path) {
		giveUp(
			`npm has no Node.js ${NEEDED_NODE} for ${process.platform} on ${process.arch}. ` +
				`Install Node.js ${NEEDED_NODE} from nodejs.org and start again.`,
		);
	}
	return path;
}

const [script, ...scriptArguments] = process.argv.slice(2);
if (!script) giveUp('Usage: node scripts/run.mjs <script> [arguments]');
if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
	giveUp(`This project needs Node.js ${OLDEST_NODE} or newer; this is ${process.version}.`);
}
ensureInstalled(projectRoot, "the project's packages");
const node = findNode();

const pathKey = Object.keys(process.env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
const tsx = pathToFileURL(join(projectRoot, 'node_modules', 'tsx', 'dist', 'loader.mjs')).href;
const child = spawn(
	node,
	['--disable-warning=ExperimentalWarning', '--import', tsx, resolve(projectRoot, script), ...scriptArguments],
	{
		cwd: projectRoot,
		stdio: 'inherit',
		env: {
			...process.env,
			// Programs started further down (npm, n8n) are to find the same Node.js.
			[pathKey]: `${dirname(node)}${process.platform === 'win32' ? ';' : ':'}${process.env[pathKey] ?? ''}`,
		},
	},
);
// Ctrl-C reaches the child through the terminal; a signal sent to this process alone has to be handed on.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
	process.on(signal, () => {
		if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
	});
}
child.on('error', ({ code }) =>
	giveUp(`${node} could not be started (${code}). Install Node.js ${NEEDED_NODE} from nodejs.org and start again.`),
);
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
