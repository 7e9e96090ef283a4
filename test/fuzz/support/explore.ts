import fc from 'fast-check';

import { realSetTimeout } from '../../engine/support/timeLapse';
import type { Exchange } from './corpus';
import { mutation } from './mutations';
import type { Replayed, ReplayServer } from './replay';

/** How many cases run in all operations together, and the number from which they follow: `npm run test:fuzz`. */
export const CASES = Number(process.env.FUZZ_CASES ?? 10_000);
export const SEED = Number(process.env.FUZZ_SEED ?? 1);

/** Waits are so many times shorter: pauses before repeats, limits for answers. */
export const TIME_FACTOR = 20;

/** A case that takes longer has got stuck, in milliseconds of real time. */
const CASE_LIMIT_MS = 20_000;

/** A case that makes more requests goes round in circles. */
const MOST_REQUESTS = 300;

/** Cases that run at the same time: their pauses overlap. */
const AT_ONCE = 24;

export interface Exploration<T> {
	/** What the server answered, in each sample. */
	samples: Exchange[][];
	cases: number;
	/** Makes the cases of this exploration others than those of the next. */
	number: number;
	/** What else differs from case to case. */
	setting?: fc.Arbitrary<T>;
	/** What the server knows the caller by. */
	key?: string;
	/** Runs one case; returns what is wrong with how it ended. */
	run: (replayed: Replayed, sample: number, setting: T) => Promise<string[]>;
}

/** Runs cases with something wrong in one answer each, and fails with the first of those that did not end well. */
export async function explore<T = undefined>(server: ReplayServer, exploration: Exploration<T>): Promise<void> {
	const { samples, cases, number, setting, key, run } = exploration;
	const plan = fc.record({
		sample: fc.nat(samples.length - 1),
		target: fc.nat(),
		mutation,
		setting: setting ?? (fc.constant(undefined) as fc.Arbitrary<T>),
	});
	const plans = fc.sample(plan, { numRuns: cases, seed: SEED * 1000 + number });
	const failures: Array<{ flaws: string[]; plan: string }> = [];
	await eachAtOnce(plans, async (one) => {
		const exchanges = samples[one.sample];
		const replayed = server.replay(exchanges, one.mutation, one.target % exchanges.length, key);
		const flaws = await inTime(run(replayed, one.sample, one.setting));
		if (replayed.calls.length > MOST_REQUESTS) flaws.push(`${replayed.calls.length} requests`);
		if (flaws.length > 0) failures.push({ flaws: [...new Set(flaws)].slice(0, 3), plan: JSON.stringify(one).slice(0, 600) });
	});
	expect({ failed: failures.length, of: plans.length, first: failures.slice(0, 5) }).toEqual({ failed: 0, of: plans.length, first: [] });
	expect(server.trespasses).toEqual([]);
}

/** What a case found wrong, or that it failed or did not end. */
async function inTime(running: Promise<string[]>): Promise<string[]> {
	let timer: NodeJS.Timeout | undefined;
	const limit = new Promise<string[]>((done) => {
		timer = realSetTimeout(() => done([`still running after ${CASE_LIMIT_MS / 1000} s`]), CASE_LIMIT_MS);
	});
	try {
		return await Promise.race([running.catch((error: Error) => [`the case failed: ${error.message}`]), limit]);
	} finally {
		clearTimeout(timer);
	}
}

async function eachAtOnce<T>(cases: T[], run: (one: T) => Promise<void>): Promise<void> {
	let next = 0;
	const work = async (): Promise<void> => {
		while (next < cases.length) await run(cases[next++]);
	};
	await Promise.all(Array.from({ length: AT_ONCE }, work));
}
