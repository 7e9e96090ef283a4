import { mkdirSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { join } from 'node:path';

/**
 * Does some work under V8's profiler and keeps the profile as a .cpuprofile, which Chromium's and VS Code's tools open.
 *
 * @param folder where to keep it; made when missing
 */
export async function profiled<Result>(folder: string, name: string, work: () => Promise<Result>): Promise<Result> {
	const session = new Session();
	session.connect();
	await session.post('Profiler.enable');
	await session.post('Profiler.setSamplingInterval', { interval: 200 });
	await session.post('Profiler.start');
	try {
		return await work();
	} finally {
		const { profile } = await session.post('Profiler.stop');
		mkdirSync(folder, { recursive: true });
		writeFileSync(join(folder, `${name}-${process.pid}.cpuprofile`), JSON.stringify(profile));
	}
}
