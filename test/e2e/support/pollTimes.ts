/** Every three seconds. n8n refuses one expression that says so, but not twenty that each match once a minute. */
export const EVERY_THREE_SECONDS = {
	item: Array.from({ length: 20 }, (_, index) => ({ mode: 'custom', cronExpression: `${index * 3} * * * * *` })),
};

/** The shortest time, in minutes, after which the trigger hands out again what is not delivered, and the same in milliseconds. */
export const RETRY_AFTER_MINUTES = 1;
export const RETRY_AFTER_MS = RETRY_AFTER_MINUTES * 60_000;
