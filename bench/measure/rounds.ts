/** What several runs of each variant gave, one entry a round. */
export type Samples<Name extends string, Result> = Record<Name, Result[]>;

/**
 * Runs variants in turn, A B C A B C …, so that whatever else the machine does meets all of them.
 *
 * @param variants by name; each call is one run
 * @param tell hears of every run that ended
 */
export async function interleave<Name extends string, Result>(
	rounds: number,
	variants: Record<Name, () => Promise<Result>>,
	tell: (name: Name, round: number, result: Result) => void,
): Promise<Samples<Name, Result>> {
	const names = Object.keys(variants) as Name[];
	const samples = Object.fromEntries(names.map((name) => [name, [] as Result[]])) as unknown as Samples<Name, Result>;
	for (let round = 0; round < rounds; round++) {
		for (const name of names) {
			const result = await variants[name]();
			samples[name].push(result);
			tell(name, round, result);
		}
	}
	return samples;
}

/** The middle value; of an even number the mean of both. NaN for none. */
export function median(values: number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = Math.floor(sorted.length / 2);
	return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The median of each number in several results. */
export function medians<Result extends object>(results: Result[]): Record<keyof Result & string, number> {
	const keys = Object.keys(results[0]) as Array<keyof Result & string>;
	return Object.fromEntries(keys.map((key) => [key, median(results.map((result) => Number(result[key])))])) as Record<
		keyof Result & string,
		number
	>;
}

/** The median of two variants' ratios round by round: what disturbs the machine for a while disturbs both. */
export function ratio<Result>(mine: Result[], other: Result[], value: (result: Result) => number): number {
	return median(mine.map((result, round) => value(result) / value(other[round])));
}
