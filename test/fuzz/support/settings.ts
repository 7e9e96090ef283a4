/** How many cases run in all, and the number from which they follow: `npm run test:fuzz -- --cases 10000 --seed 1`. */
export const CASES = Number(process.env.FUZZ_CASES ?? 10_000);
export const SEED = Number(process.env.FUZZ_SEED ?? 1);

/** Waits are so many times shorter: pauses before repeats, limits for answers. */
export const TIME_FACTOR = 20;

/** A case that takes longer than this has got stuck, in milliseconds of real time. */
export const CASE_LIMIT_MS = 20_000;

/** Cases that run at the same time: their pauses overlap. */
const AT_ONCE = 24;

/** Runs all cases, some at a time. */
export async function eachAtOnce<T>(cases: T[], run: (one: T) => Promise<void>): Promise<void> {
	let next = 0;
	const work = async (): Promise<void> => {
		while (next < cases.length) await run(cases[next++]);
	};
	await Promise.all(Array.from({ length: AT_ONCE }, work));
}
