/** Fingerprints of recent events, with the time at which each came in milliseconds since 1970. */
export type RecentEvents = Readonly<Record<string, number>>;

/**
 * How long an event with the same content counts as a repeat, in minutes. The sender gives up after 20 seconds; a
 * recorded request can be played back for as long as its signature is good, 5 minutes before and after its time.
 */
const WINDOW_MINUTES = 10;

/** For messages: a client may well write "yes" twice within ten minutes. */
const MESSAGE_WINDOW_MINUTES = 1;

/** How many events are remembered at most. */
const CAPACITY = 200;

/** Whether an event with this fingerprint came a short while ago. Clocks may have been set either way since. */
export function isRepeat(recent: RecentEvents, event: string, fingerprint: string, now: number): boolean {
	const window = event === 'order.message' ? MESSAGE_WINDOW_MINUTES : WINDOW_MINUTES;
	return fingerprint in recent && Math.abs(now - recent[fingerprint]) < window * 60_000;
}

/** The events to remember now that this one has come: the newest, and none that is too old to matter. */
export function remember(recent: RecentEvents, fingerprint: string, now: number): RecentEvents {
	const { [fingerprint]: _, ...others } = recent;
	const kept = Object.entries(others)
		.filter(([, at]) => Math.abs(now - at) < WINDOW_MINUTES * 60_000)
		.sort(([, a], [, b]) => b - a)
		.slice(0, CAPACITY - 1);
	return Object.fromEntries([...kept, [fingerprint, now]]);
}

/** The remembered events from what n8n kept, whatever that is. */
export function readRecent(stored: unknown): RecentEvents {
	if (typeof stored !== 'object' || stored === null) return {};
	return Object.fromEntries(Object.entries(stored).filter(([, at]) => typeof at === 'number' && Number.isFinite(at)));
}
