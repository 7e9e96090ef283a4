/** How the trigger stands to the stage that an order is in. */
export type Mark = (typeof MARKS)[number];

const MARKS = [
	/** Handed to the workflow. */
	'emitted',
	/** Noted only, so that its next stage is recognised as new. */
	'seen',
	/** It was there before the trigger started, and the trigger was told to start from then on. */
	'skipped',
	/** Handed out as often as allowed, and reported as stalled. */
	'stalled',
] as const;

/** What the trigger remembers of one order. Times are whole seconds since 1970, 0 for none. */
export interface Entry {
	status: string;
	revision: number;
	deliveredAt: number;
	/** How often this stage was handed out. */
	attempts: number;
	/** When it was last handed out; for an order that left the list, when that was noticed. */
	at: number;
	mark: Mark;
	/** No longer in the list; kept for a while in case that the list was out of date. */
	gone: boolean;
}

/** What the trigger remembers between two polls. */
export interface LedgerState {
	entries: ReadonlyMap<string, Entry>;
	/** The events that were watched in the last poll. */
	watched: readonly string[];
	/**
	 * Only while finished orders are watched: of the orders created up to this second, all that have no entry are
	 * finished and dealt with.
	 */
	settledUntil?: number;
}

/** The version of the stored form that is written. */
const VERSION = 1;

/** An entry as it is stored: a list without names, since there is one for each open order. */
type StoredEntry = [status: string, revision: number, deliveredAt: number, attempts: number, at: number, mark: Mark, gone: 0 | 1];

/** The form in which n8n keeps the state. */
export interface StoredState {
	version: typeof VERSION;
	orders: Record<string, StoredEntry>;
	watched: string[];
	settledUntil?: number;
}

/**
 * What the stored forms that this process wrote stand for. As long as n8n runs, it gives back the very object that it
 * was given: with thousands of open orders, to read it anew would take longer than all the rest of a poll.
 */
const written = new WeakMap<object, LedgerState>();

/** Whether two states say the same. Entries that a poll leaves alone are the same objects as before. */
export function isSameState(a: LedgerState, b: LedgerState): boolean {
	return (
		a.settledUntil === b.settledUntil &&
		a.watched.join() === b.watched.join() &&
		a.entries.size === b.entries.size &&
		[...a.entries].every(([id, entry]) => b.entries.get(id) === entry)
	);
}

/** The state in the form that n8n keeps for the node: plain JSON, below 120 bytes for an order of Atelier's. */
export function writeState(state: LedgerState): StoredState {
	const orders: StoredState['orders'] = {};
	for (const [id, { status, revision, deliveredAt, attempts, at, mark, gone }] of state.entries) {
		orders[id] = [status, revision, deliveredAt, attempts, at, mark, gone ? 1 : 0];
	}
	const stored: StoredState = {
		version: VERSION,
		orders,
		watched: [...state.watched],
		...(state.settledUntil !== undefined && { settledUntil: state.settledUntil }),
	};
	written.set(stored, state);
	return stored;
}

/**
 * The state from what n8n kept, whatever that is; never throws.
 *
 * Nothing kept means undefined: the trigger has not run before. Something unreadable is not the same: the trigger
 * has run, so nothing may be taken for old. Its readable entries stay; the others are forgotten, which costs a
 * repeat of those orders and never an order.
 */
export function readState(stored: unknown): LedgerState | undefined {
	if (stored === undefined || stored === null) return undefined;
	const known = typeof stored === 'object' ? written.get(stored) : undefined;
	if (known) return known;
	const { version, orders, watched, settledUntil } = stored as Partial<Record<keyof StoredState, unknown>>;
	const hasOrders = typeof orders === 'object' && orders !== null;
	const listed = Object.entries(hasOrders ? orders : {});
	const readable = listed.filter((pair): pair is [string, StoredEntry] => isStoredEntry(pair[1]));
	const entries = new Map(readable.map(([id, entry]) => [id, toEntry(entry)]));
	const isWhole =
		version === VERSION &&
		hasOrders &&
		readable.length === listed.length &&
		Array.isArray(watched) &&
		watched.every((event) => typeof event === 'string') &&
		(settledUntil === undefined || isCount(settledUntil));
	return isWhole ? { entries, watched: [...watched], settledUntil } : { entries, watched: [] };
}

// By hand, because a schema takes ten times as long, and there may be thousands of entries.
function isStoredEntry(value: unknown): value is StoredEntry {
	if (!Array.isArray(value) || value.length !== 7) return false;
	const [status, revision, deliveredAt, attempts, at, mark, gone] = value as unknown[];
	return (
		typeof status === 'string' &&
		isCount(revision) &&
		isCount(deliveredAt) &&
		isCount(attempts) &&
		isCount(at) &&
		MARKS.includes(mark as Mark) &&
		(gone === 0 || gone === 1)
	);
}

function isCount(value: unknown): value is number {
	return Number.isSafeInteger(value) && (value as number) >= 0;
}

function toEntry([status, revision, deliveredAt, attempts, at, mark, gone]: StoredEntry): Entry {
	return { status, revision, deliveredAt, attempts, at, mark, gone: gone === 1 };
}
