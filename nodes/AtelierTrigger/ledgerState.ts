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

/** What the trigger remembers of an order. Times are whole seconds since 1970, 0 for none. Orders may share one object. */
export interface Entry {
	readonly status: string;
	readonly revision: number;
	readonly deliveredAt: number;
	/** How often this stage was handed out. */
	readonly attempts: number;
	/** When it was last handed out; for an order that left the list, when that was noticed. */
	readonly at: number;
	readonly mark: Mark;
	/** No longer in the list; kept for a while in case that the list was out of date. */
	readonly gone: boolean;
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
const VERSION = 2;

/** An entry as it is stored: a list without names. */
type StoredEntry = [status: string, revision: number, deliveredAt: number, attempts: number, at: number, mark: Mark, gone: 0 | 1];

/**
 * The form in which n8n keeps the state: each entry once, with the IDs of all orders that share it. Whenever n8n loads the
 * workflow, which is for every execution, it wraps each list in there, so that one for each order would be far too many.
 */
export interface StoredState {
	version: typeof VERSION;
	entries: Array<[entry: StoredEntry, orderIds: string[]]>;
	watched: string[];
	settledUntil?: number;
}

/**
 * What the stored forms that this process wrote stand for. As long as n8n runs, it gives back the very object that it
 * was given: with thousands of open orders, to read it anew would take longer than all the rest of a poll.
 */
const written = new WeakMap<object, LedgerState>();

/** The entry in the form in which it is stored. */
export function writeEntry({ status, revision, deliveredAt, attempts, at, mark, gone }: Entry): StoredEntry {
	return [status, revision, deliveredAt, attempts, at, mark, gone ? 1 : 0];
}

/** The state in the form that n8n keeps for the node: plain JSON, below 120 bytes for an order of Atelier's. */
export function writeState(state: LedgerState): StoredState {
	const sharers = new Map<Entry, string[]>();
	for (const [id, entry] of state.entries) {
		const ids = sharers.get(entry);
		if (ids) ids.push(id);
		else sharers.set(entry, [id]);
	}
	const stored: StoredState = {
		version: VERSION,
		entries: [...sharers].map(([entry, ids]) => [writeEntry(entry), ids]),
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
	const { version, entries: listed, watched, settledUntil } = stored as Partial<Record<keyof StoredState, unknown>>;
	const entries = new Map<string, Entry>();
	let isWhole =
		version === VERSION &&
		Array.isArray(listed) &&
		Array.isArray(watched) &&
		watched.every((event) => typeof event === 'string') &&
		(settledUntil === undefined || isCount(settledUntil));
	for (const pair of Array.isArray(listed) ? (listed as unknown[]) : []) {
		const [value, ids] = (Array.isArray(pair) ? pair : []) as unknown[];
		const entry = isStoredEntry(value) ? readEntry(value) : undefined;
		isWhole &&= entry !== undefined && Array.isArray(ids);
		for (const id of entry && Array.isArray(ids) ? (ids as unknown[]) : []) {
			if (entry && typeof id === 'string') entries.set(id, entry);
			else isWhole = false;
		}
	}
	return isWhole ? { entries, watched: [...(watched as string[])], settledUntil: settledUntil as number | undefined } : { entries, watched: [] };
}

function readEntry([status, revision, deliveredAt, attempts, at, mark, gone]: StoredEntry): Entry {
	return { status, revision, deliveredAt, attempts, at, mark, gone: gone === 1 };
}

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
