import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY_MS = 100;

/**
 * Waits for something to become true.
 *
 * @param what names it in the message when it does not
 * @param look gives a value once it is true, undefined or false before; its errors are passed on
 * @returns that value
 * @throws Error when it is not true within the limit
 */
export async function waitFor<T>(
	what: string,
	look: () => Promise<T | undefined | false>,
	limitMs = 120_000,
): Promise<T> {
	const deadline = Date.now() + limitMs;
	for (;;) {
		const value = await look();
		if (value !== undefined && value !== false) return value;
		if (Date.now() > deadline) throw new Error(`Waited ${limitMs / 1000} s in vain for ${what}.`);
		await sleep(LOOK_EVERY_MS);
	}
}
