import { fork } from 'node:child_process';
import { join } from 'node:path';

import type { Measurement } from './job';
import { TSX } from './tsx';

/**
 * V8's young generation has its full size at once, as in a process that has worked for a while. Otherwise its growth,
 * up to 48 MB at moments of V8's own choice, is most of what a job seems to add.
 */
const FULL_GROWN = ['--min-semi-space-size=16', '--max-semi-space-size=16'];

const CHILD_LIMIT_MS = 300_000;

/**
 * Does a job in a fresh process.
 *
 * @param file absolute path of a file that exports `prepare`
 * @param options what `prepare` gets, plain JSON
 * @param environment further environment variables
 * @throws Error when the process ends without a result, or takes longer than five minutes
 */
export async function runJob<Result extends object = Measurement>(
	file: string,
	options: object,
	{ nodeArguments = [], environment = {} }: { nodeArguments?: string[]; environment?: Record<string, string> } = {},
): Promise<Result> {
	const child = fork(join(__dirname, 'child.ts'), [file, JSON.stringify(options)], {
		execArgv: ['--expose-gc', ...FULL_GROWN, ...TSX, ...nodeArguments],
		env: { ...process.env, ...environment },
		stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
		timeout: CHILD_LIMIT_MS,
	});
	return await new Promise((done, failed) => {
		child.once('message', (message) => done(message as Result));
		child.once('error', failed);
		child.once('exit', (code, signal) => failed(new Error(`${file} ended with ${String(code ?? signal)} and no result.`)));
	});
}
