import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY_MS = 100;

const LIMIT_MS = 15_000;

/**
 * Repeats expectations on what a page shows until they hold: a page fills bit by bit.
 *
 * @param expectations reads what it looks at anew each time
 * @throws the last failed expectation when they do not hold within 15 seconds
 */
export async function eventually(expectations: () => Promise<void>): Promise<void> {
	for (const deadline = Date.now() + LIMIT_MS; ; await sleep(LOOK_EVERY_MS)) {
		try {
			return await expectations();
		} catch (error) {
			if (Date.now() > deadline) throw error;
		}
	}
}
