import { createHash } from 'node:crypto';

/** A repeatable source of numbers: the same seed text always gives the same sequence. */
export interface Random {
	/** A number from `low` (inclusive) to `high` (exclusive). */
	between(low: number, high: number): number;
	/** A whole number from `low` to `high`, both included. */
	whole(low: number, high: number): number;
	/** One of the list's members. */
	pick<T>(list: readonly T[]): T;
	/** `length` random bytes, each from 0 to 255. */
	bytes(length: number): Buffer;
}

/**
 * Makes a repeatable source of numbers from any text (mulberry32, started from the text's SHA-256).
 *
 * @param seed any text; texts that differ in one character give unrelated sequences
 */
export function createRandom(seed: string): Random {
	let state = createHash('sha256').update(seed).digest().readUInt32LE(0);
	const next32 = () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return (mixed ^ (mixed >>> 14)) >>> 0;
	};
	const next = () => next32() / 2 ** 32;
	return {
		between: (low, high) => low + next() * (high - low),
		whole: (low, high) => low + Math.floor(next() * (high - low + 1)),
		pick: (list) => list[Math.floor(next() * list.length)]!,
		bytes(length) {
			const result = Buffer.alloc(Math.ceil(length / 4) * 4);
			for (let position = 0; position < result.length; position += 4) result.writeUInt32LE(next32(), position);
			return result.subarray(0, length);
		},
	};
}
