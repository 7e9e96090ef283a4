// Runs the project's checks, each as a process of its own, and sums them up: `npm test`.
//
//   scripts/test.ts [step …] [--bail] [argument for jest …]
//
// Without a step's name all of them run. --bail stops after the first step that fails.
// The quick loop on one file: npm run test:unit -- <part of its name>

import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { missingForQueue } from '../sandbox/n8n/queue';
import { ensureBuilt } from './support/dist';
import { install, isInstalled } from './support/install.mjs';
import { PROJECT_ROOT } from './support/paths';

/** What a step ran, in numbers of tests; a check without tests of its own counts as one. */
interface Counts {
	passed: number;
	failed: number;
	skipped: number;
}

interface Step {
	name: string;
	run: (jestArguments: string[]) => Promise<Counts>;
}

interface StepResult extends Counts {
	name: string;
	seconds: number;
}

/** The part of jest's --json report that is read here. */
interface JestReport {
	numPassedTests: number;
	numFailedTests: number;
	numPendingTests: number;
	numTodoTests: number;
	/** Test files that could not be run at all. */
	numRuntimeErrorTestSuites: number;
}

let runningChild: ChildProcess | undefined;
let interrupted = false;

/** Runs Node.js with its output shown; resolves to whether it ended well. */
async function runNode(nodeArguments: string[]): Promise<boolean> {
	return await new Promise((resolve, reject) => {
		runningChild = spawn(process.execPath, nodeArguments, { cwd: PROJECT_ROOT, stdio: 'inherit' });
		runningChild.on('error', reject);
		runningChild.on('exit', (code) => resolve(code === 0));
	});
}

/**
 * A step that is one of the project's own scripts and counts as one test.
 *
 * @param options.script its file, where it is not the one of that name beside this
 * @param options.missing says what the machine lacks for it. Then it is skipped, but not where everything has to run (CI)
 */
function scriptStep(name: string, options: { script?: string; arguments?: string[]; missing?: () => string | undefined } = {}): Step {
	return {
		name,
		run: async () => {
			const missing = process.env.CI ? undefined : options.missing?.();
			if (missing) {
				console.log(`The step ${name} is skipped: ${missing}`);
				return { passed: 0, failed: 0, skipped: 1 };
			}
			const passed = await runNode([...process.execArgv, options.script ?? join(__dirname, `${name}.ts`), ...(options.arguments ?? [])]);
			return { passed: passed ? 1 : 0, failed: passed ? 0 : 1, skipped: 0 };
		},
	};
}

/**
 * A step that is one of jest's projects (jest.config.js).
 *
 * @param options.seconds how long one test may take; jest knows no such setting for a project alone
 * @param options.needsDist whether its tests load the compiled package
 * @param options.inBand whether its test files must run one after the other, because they start servers
 * @param options.packages a folder whose locked packages its tests need beside the project's
 * @param options.forceExit for an engine that keeps timers running after its last test
 */
function jestStep(
	name: string,
	options: { seconds: number; needsDist?: boolean; inBand?: boolean; packages?: string; forceExit?: boolean },
): Step {
	return {
		name,
		run: async (jestArguments) => {
			if (options.packages && !isInstalled(options.packages)) install(options.packages, `the packages of ${name}`);
			if (options.needsDist) ensureBuilt();
			const temporary = mkdtempSync(join(tmpdir(), 'n8n-nodes-atelier-test-'));
			try {
				const reportFile = join(temporary, 'report.json');
				const succeeded = await runNode([
					// Lets tests use packages that exist as ES modules only.
					'--experimental-vm-modules',
					'--disable-warning=ExperimentalWarning',
					join(PROJECT_ROOT, 'node_modules', 'jest', 'bin', 'jest.js'),
					...['--selectProjects', name],
					...['--testTimeout', String(options.seconds * 1000)],
					...['--json', '--outputFile', reportFile],
					...(options.inBand ? ['--runInBand'] : []),
					...(options.forceExit ? ['--forceExit'] : []),
					...jestArguments,
				]);
				return countJest(reportFile, succeeded);
			} finally {
				rmSync(temporary, { recursive: true, force: true });
			}
		},
	};
}

/** Reads jest's report. A run without tests, or one that jest itself calls failed, has at least one failure. */
function countJest(reportFile: string, succeeded: boolean): Counts {
	if (!existsSync(reportFile)) return { passed: 0, failed: 1, skipped: 0 };
	const report = JSON.parse(readFileSync(reportFile, 'utf8')) as JestReport;
	const passed = report.numPassedTests;
	const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
	return {
		passed,
		failed: succeeded && passed > 0 ? failed : Math.max(failed, 1),
		skipped: report.numPendingTests + report.numTodoTests,
	};
}

const STEPS: Step[] = [
	scriptStep('lint'),
	scriptStep('types'),
	scriptStep('audit'),
	jestStep('unit', { seconds: 10 }),
	jestStep('engine', { seconds: 30, needsDist: true }),
	// The same tests on the engine of n8n's 1.x line, which many still run.
	jestStep('engine1', {
		seconds: 30,
		needsDist: true,
		packages: join(PROJECT_ROOT, 'sandbox', 'n8n1-engine'),
		forceExit: true,
	}),
	jestStep('sandbox', { seconds: 30, inBand: true }),
	jestStep('package', { seconds: 60, needsDist: true, inBand: true }),
	jestStep('fuzz', { seconds: 120, needsDist: true, inBand: true }),
	jestStep('chaos', { seconds: 60, needsDist: true, inBand: true }),
	scriptStep('queue', { arguments: ['--orders', '24', '--kill', 'worker'], missing: missingForQueue }),
	// Whether the benchmark's jobs do their work; nothing is measured.
	scriptStep('bench', { script: join(PROJECT_ROOT, 'bench', 'main.ts'), arguments: ['--smoke'] }),
	jestStep('load', { seconds: 60, needsDist: true, inBand: true }),
	jestStep('e2e', { seconds: 300, needsDist: true, inBand: true }),
];

/** Runs one step and takes its time; a step that cannot run at all has failed. */
async function runStep(step: Step, jestArguments: string[]): Promise<StepResult> {
	console.log(`\n── ${step.name} ──`);
	const started = performance.now();
	const counts = await step.run(jestArguments).catch((error: unknown): Counts => {
		console.error(error instanceof Error ? error.message : error);
		return { passed: 0, failed: 1, skipped: 0 };
	});
	return { name: step.name, seconds: (performance.now() - started) / 1000, ...counts };
}

function printSummary(results: StepResult[]): void {
	const row = (cells: string[]) => console.log(cells[0].padEnd(9) + cells.slice(1).map((cell) => cell.padStart(9)).join(''));
	console.log('');
	row(['step', 'result', 'seconds', 'passed', 'failed']);
	for (const { name, seconds, passed, failed } of results) {
		row([name, failed ? 'FAILED' : passed ? 'passed' : 'skipped', seconds.toFixed(1), String(passed), String(failed)]);
	}
	const sum = (count: keyof Counts) => results.reduce((total, result) => total + result[count], 0);
	const skipped = sum('skipped') > 0 ? `, ${sum('skipped')} skipped` : '';
	console.log(`\n${sum('passed')} passed, ${sum('failed')} failed${skipped}`);
}

/** Splits the command line into the steps to run, in their fixed order, and what jest is to get. */
function readArguments(all: string[]): { steps: Step[]; bail: boolean; jestArguments: string[] } {
	const isOwn = (argument: string) => argument === '--bail' || STEPS.some(({ name }) => name === argument);
	const end = all.findIndex((argument) => !isOwn(argument));
	const own = end === -1 ? all : all.slice(0, end);
	const rest = end === -1 ? [] : all.slice(end);
	const named = STEPS.filter(({ name }) => own.includes(name));
	// npm takes one -- away, so that after a step's name it may be missing.
	if (rest[0] === '--') {
		rest.shift();
	} else if (rest.length > 0 && named.length === 0) {
		console.error(
			`Unknown step: ${rest[0]}. The steps are ${STEPS.map(({ name }) => name).join(', ')}; ` +
				"arguments for jest come after a step's name.",
		);
		process.exit(2);
	}
	return { steps: named.length > 0 ? named : STEPS, bail: own.includes('--bail'), jestArguments: rest };
}

async function main(): Promise<void> {
	const { steps, bail, jestArguments } = readArguments(process.argv.slice(2));
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
		process.on(signal, () => {
			interrupted = true;
			runningChild?.kill(signal);
		});
	}
	const results: StepResult[] = [];
	for (const step of steps) {
		const result = await runStep(step, jestArguments);
		if (interrupted) process.exit(130);
		results.push(result);
		if (bail && result.failed > 0) break;
	}
	printSummary(results);
	process.exitCode = results.some(({ failed }) => failed > 0) ? 1 : 0;
}

void main();
