import fc from 'fast-check';

import { runConcurrently } from '../../../nodes/Atelier/concurrency';

/** One task as a test describes it: its sequence, how many turns of the event loop it takes, whether it fails. */
interface Plan {
	sequence?: string;
	turns: number;
	fails: boolean;
}

const plans = fc.array(
	fc.record({
		sequence: fc.option(fc.constantFrom('a', 'b', 'c'), { nil: undefined }),
		turns: fc.integer({ min: 0, max: 5 }),
		fails: fc.boolean(),
	}),
	{ maxLength: 20 },
);

async function play(tasks: Plan[], limit: number) {
	const underWay = new Set<number>();
	const started: number[] = [];
	const ended: number[] = [];
	let most = 0;
	let overlaps = 0;
	let startedAfterFailure = 0;
	let failed = false;
	const result = await runConcurrently(
		tasks.map(({ sequence, turns, fails }, index) => ({
			sequence,
			run: async () => {
				if (failed) startedAfterFailure++;
				if (sequence !== undefined && [...underWay].some((other) => tasks[other].sequence === sequence)) overlaps++;
				started.push(index);
				underWay.add(index);
				most = Math.max(most, underWay.size);
				for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
				underWay.delete(index);
				ended.push(index);
				if (fails) {
					failed = true;
					throw new Error(String(index));
				}
				return index;
			},
		})),
		limit,
	).then(
		(values) => ({ values, error: undefined }),
		(error: Error) => ({ values: undefined, error: error.message }),
	);
	return { ...result, started, ended, most, overlaps, startedAfterFailure, underWay };
}

describe('tasks side by side', () => {
	it('give their results in the order of the tasks, never more than the limit at once', async () => {
		await fc.assert(
			fc.asyncProperty(plans, fc.integer({ min: 1, max: 6 }), async (tasks, limit) => {
				const { values, most } = await play(tasks.map((task) => ({ ...task, fails: false })), limit);
				expect(values).toEqual(tasks.map((_, index) => index));
				expect(most).toBeLessThanOrEqual(limit);
			}),
		);
	});

	it('never overlap within a sequence, and keep its order', async () => {
		await fc.assert(
			fc.asyncProperty(plans, fc.integer({ min: 1, max: 6 }), async (tasks, limit) => {
				const { started, overlaps } = await play(tasks.map((task) => ({ ...task, fails: false })), limit);
				expect(overlaps).toBe(0);
				for (const name of ['a', 'b', 'c']) {
					const own = started.filter((index) => tasks[index].sequence === name);
					expect(own).toEqual([...own].sort((a, b) => a - b));
				}
			}),
		);
	});

	it('start nothing after a failure, end what is under way, and fail with the earliest failure', async () => {
		await fc.assert(
			fc.asyncProperty(plans, fc.integer({ min: 1, max: 6 }), async (tasks, limit) => {
				const { error, started, ended, underWay, startedAfterFailure } = await play(tasks, limit);
				const failures = started.filter((index) => tasks[index].fails);
				expect(error).toBe(failures.length > 0 ? String(Math.min(...failures)) : undefined);
				expect(underWay.size).toBe(0);
				expect(ended).toHaveLength(started.length);
				expect(startedAfterFailure).toBeLessThan(limit);
			}),
		);
	});

	it('use the whole limit where the sequences allow it', async () => {
		const { most } = await play(Array.from({ length: 10 }, () => ({ turns: 3, fails: false })), 4);
		expect(most).toBe(4);
	});

	it('are no problem when there are none', async () => {
		expect(await runConcurrently([], 5)).toEqual([]);
	});
});
