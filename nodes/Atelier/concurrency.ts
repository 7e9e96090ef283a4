/**
 * Items handled at the same time unless the option or the operation says otherwise: enough to hide the network, and so few
 * that of Atelier's 30 limited calls an hour most still go to whole deliveries, not to uploads that wait for theirs.
 */
export const DEFAULT_CONCURRENCY = 16;

/** A piece of work; tasks with the same sequence run one after another, in the order given. */
export interface Task<T> {
	sequence?: string;
	run(): Promise<T>;
}

/**
 * Runs tasks side by side, at most `limit` at a time, and returns their results in the order of the tasks.
 * After a failure no further task starts; those under way are awaited, then the failure of the earliest task is thrown.
 */
export async function runConcurrently<T>(tasks: ReadonlyArray<Task<T>>, limit: number): Promise<T[]> {
	const results = new Array<T>(tasks.length);
	const failures = new Map<number, unknown>();
	const waiting = tasks.map((_, index) => index);
	const busy = new Set<string>();

	const takeNext = (): number | undefined => {
		const position = waiting.findIndex((index) => {
			const { sequence } = tasks[index];
			return sequence === undefined || !busy.has(sequence);
		});
		return position < 0 ? undefined : waiting.splice(position, 1)[0];
	};
	const running = new Set<Promise<void>>();
	const start = (index: number): void => {
		const { sequence, run } = tasks[index];
		if (sequence !== undefined) busy.add(sequence);
		const work = run()
			.then(
				(result) => void (results[index] = result),
				(error: unknown) => void failures.set(index, error),
			)
			.finally(() => {
				if (sequence !== undefined) busy.delete(sequence);
				running.delete(work);
			});
		running.add(work);
	};

	for (;;) {
		while (failures.size === 0 && running.size < limit) {
			const index = takeNext();
			if (index === undefined) break;
			start(index);
		}
		if (running.size === 0) break;
		await Promise.race(running);
	}
	if (failures.size > 0) throw failures.get(Math.min(...failures.keys()));
	return results;
}
