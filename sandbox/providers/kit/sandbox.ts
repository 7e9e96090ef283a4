import { ChatScript } from './chatScript';
import { Faults } from './faults';
import { FileStore } from './files';
import { JobTiming, type Job } from './jobs';
import { Ledger } from './ledger';

/** What all the providers of one server share. */
export interface Sandbox {
	ledger: Ledger;
	faults: Faults;
	files: FileStore;
	timing: JobTiming;
	chatScript: ChatScript;
}

export function createSandbox(): Sandbox {
	return {
		ledger: new Ledger(),
		faults: new Faults(),
		files: new FileStore(),
		timing: new JobTiming(),
		chatScript: new ChatScript(),
	};
}

/** Starts a job in a provider's queue; a fault with `failJob` makes it fail instead of working. */
export function startJob<Result>(
	sandbox: Sandbox,
	provider: string,
	path: string,
	work: () => Promise<Result>,
): Job<Result> {
	const fault = sandbox.faults.take(provider, path, true);
	return sandbox.timing.start(async () => {
		if (fault) throw new Error(fault.message ?? 'The sandbox was told to let this job fail.');
		return await work();
	});
}
