import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { PROJECT_ROOT } from '../../../scripts/support/paths';
import { waitFor } from './waitFor';

/** A run of `npm start` on data of its own. */
export class StartCommand {
	private child?: ChildProcess;

	private hasEnded = true;

	stdout = '';

	stderr = '';

	/** @param dataFolder a new one when left out */
	constructor(readonly dataFolder = mkdtempSync(join(tmpdir(), 'n8n-nodes-atelier-start-'))) {}

	/** Runs `npm start -- <arguments>`. */
	run(...startArguments: string[]): this {
		this.stdout = '';
		this.stderr = '';
		this.child = spawn('npm', ['start', '--silent', '--', '--data', this.dataFolder, ...startArguments], {
			cwd: PROJECT_ROOT,
			stdio: ['ignore', 'pipe', 'pipe'],
			// A process group of its own, to which interrupt() can send what Ctrl-C in a terminal sends.
			detached: true,
		});
		this.hasEnded = false;
		// Its pipes close when the last of its processes has ended, npm among them.
		this.child.on('close', () => (this.hasEnded = true));
		this.child.stdout!.on('data', (chunk) => (this.stdout += String(chunk)));
		this.child.stderr!.on('data', (chunk) => (this.stderr += String(chunk)));
		return this;
	}

	/** Waits until the output contains a text. */
	async waitForText(text: string | RegExp, limitMs = 180_000): Promise<void> {
		await waitFor(
			`${String(text)} in the output of npm start`,
			async () => {
				if (this.hasEnded) throw new Error(`npm start has ended:\n${this.stdout}${this.stderr}`);
				return this.stdout.search(text) >= 0;
			},
			limitMs,
		);
	}

	/** Does what Ctrl-C in a terminal does: interrupts the whole process group. */
	interrupt(): void {
		process.kill(-this.child!.pid!, 'SIGINT');
	}

	/** The id of a process that the command started, by its command line; undefined when there is none (yet). */
	findChild(commandLine: RegExp): number | undefined {
		const own = readFileSync(join(this.dataFolder, 'running.pid'), 'utf8');
		const table = execFileSync('ps', ['-ww', '-eo', 'pid=,ppid=,args='], { encoding: 'utf8' });
		const rows = table.split('\n').map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line));
		const child = rows.find((row) => row && row[2] === own && commandLine.test(row[3]!));
		return child ? Number(child[1]) : undefined;
	}

	/** Waits until the command has ended, and gives its exit code; null when npm ended by the signal that it was sent. */
	async waitForEnd(): Promise<number | null> {
		await waitFor('the end of npm start', async () => this.hasEnded, 240_000);
		return this.child!.exitCode;
	}

	/** What is worth a person's attention on standard error: npm's own remarks about its settings are not. */
	get complaints(): string[] {
		return this.stderr.split('\n').filter((line) => line.trim() && !line.startsWith('npm warn'));
	}

	/** Ends what still runs and deletes the data. */
	async dispose(): Promise<void> {
		if (!this.hasEnded) {
			this.interrupt();
			await this.waitForEnd();
		}
		rmSync(this.dataFolder, { recursive: true, force: true, maxRetries: 3 });
	}
}
