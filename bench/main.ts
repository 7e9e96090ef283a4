// Measures the nodes against what people would use instead: `npm run bench`. bench/README.md says what, and how.
//
//   bench/main.ts [--json FILE] [--only NAME …] [--rounds N] [--profiles FOLDER] [--smoke]
//
// A run over everything remakes the page. --profiles keeps a .cpuprofile of each job, which slows the jobs down.
// --smoke makes everything tiny and only checks that it works, without the network.

import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { ensureN8n } from '../sandbox/n8n/install';
import { ensureBuilt } from '../scripts/support/dist';
import { toPage } from './report/page';
import { toPlot } from './report/plot';
import { assertComplete, describeMachine, toJson, toTable } from './report/report';
import type { BenchReport } from './report/report';
import { startServer } from './server/start';
import { load } from './suites/load';
import { orders } from './suites/orders';
import { poll } from './suites/poll';
import type { Suite, SuiteResult } from './suites/suite';
import { upload } from './suites/upload';

const SUITES: Suite[] = [upload, orders, poll, load];
const ROUNDS = 5;

const PAGE = join(__dirname, 'README.md');
const PLOT = 'results.svg';
const MARKS = ['<!-- results:start -->', '<!-- results:end -->'] as const;

const tell = (line: string) => console.log(`bench  ${line}`);

async function main(): Promise<void> {
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: {
			json: { type: 'string' },
			only: { type: 'string', multiple: true, default: [] },
			rounds: { type: 'string' },
			profiles: { type: 'string' },
			smoke: { type: 'boolean', default: false },
		},
	});
	const names = [...values.only, ...positionals];
	const unknown = names.find((name) => !SUITES.some((suite) => suite.name === name));
	const rounds = values.rounds === undefined ? (values.smoke ? 1 : ROUNDS) : Number(values.rounds);
	if (unknown !== undefined || !Number.isInteger(rounds) || rounds < 1) {
		console.error(`--only takes ${SUITES.map(({ name }) => name).join(', ')}; --rounds takes a whole number from 1 up.`);
		process.exit(2);
	}
	const suites = names.length > 0 ? SUITES.filter(({ name }) => names.includes(name)) : SUITES;

	ensureBuilt();
	const n8n = await ensureN8n(tell);
	process.env.SANDBOX_N8N_DIR = n8n;
	if (values.profiles) process.env.BENCH_PROFILES = resolve(values.profiles);

	const results: SuiteResult[] = [];
	const server = await startServer();
	try {
		for (const suite of suites) results.push(await suite.run({ server, rounds, smoke: values.smoke, tell }));
	} finally {
		await server.stop();
	}
	const version = (name: string) =>
		(JSON.parse(readFileSync(join(n8n, 'node_modules', name, 'package.json'), 'utf8')) as { version: string }).version;
	const report: BenchReport = {
		date: new Date().toISOString(),
		rounds,
		machine: describeMachine(),
		versions: { n8n: version('n8n'), 'n8n-core': version('n8n-core'), 'n8n-nodes-base': version('n8n-nodes-base'), 'Node.js': process.versions.node },
		suites: results,
	};
	console.log(values.smoke ? 'bench  every job did its work; sizes this small measure nothing' : `\n${toTable(report)}`);
	if (values.json) writeFileSync(values.json, toJson(report));
	if (suites.length < SUITES.length) return;
	assertComplete(report);
	if (!values.smoke && !values.profiles) writePage(report);
}

function writePage(report: BenchReport): void {
	writeFileSync(join(__dirname, PLOT), toPlot(report));
	const page = readFileSync(PAGE, 'utf8');
	const [start, end] = [page.indexOf(MARKS[0]) + MARKS[0].length, page.indexOf(MARKS[1])];
	writeFileSync(PAGE, `${page.slice(0, start)}\n\n${toPage(report, PLOT)}\n${page.slice(end)}`);
}

void main();
