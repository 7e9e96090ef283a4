/** Poll times for every so many seconds. n8n refuses one expression that says so, but not several that each match once a minute. */
export function everySeconds(seconds: number) {
	return {
		item: Array.from({ length: 60 / seconds }, (_, index) => ({ mode: 'custom', cronExpression: `${index * seconds} * * * * *` })),
	};
}

export const EVERY_THREE_SECONDS = everySeconds(3);

/** The shortest time, in minutes, after which the trigger hands out again what is not delivered, and the same in milliseconds. */
export const RETRY_AFTER_MINUTES = 1;
export const RETRY_AFTER_MS = RETRY_AFTER_MINUTES * 60_000;
