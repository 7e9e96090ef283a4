import { z } from 'zod';

/** How the trigger stands to the stage that an order is in. */
export type Mark =
	/** Handed to the workflow. */
	| 'emitted'
	/** Noted only, so that its next stage is recognised as new. */
	| 'seen'
	/** It was there before the trigger started, and the trigger was told to start from then on. */
	| 'skipped'
	/** Handed out as often as allowed, and reported as stalled. */
	| 'stalled';

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

const seconds = z.number().int().nonnegative();

/** An entry as it is stored: a list without names, since there is one for each open order. */
const storedEntry = z.tuple([
	z.string(),
	z.number().int().nonnegative(),
	seconds,
	z.number().int().nonnegative(),
	seconds,
	z.enum(['emitted', 'seen', 'skipped', 'stalled']),
	z.union([z.literal(0), z.literal(1)]),
]);

const storedState = z.object({
	version: z.literal(VERSION),
	orders: z.record(storedEntry),
	watched: z.array(z.string()),
	settledUntil: seconds.optional(),
});

export type StoredState = z.infer<typeof storedState>;

/** The state in the form that n8n keeps for the node: plain JSON, below 120 bytes for an order of Atelier's. */
export function writeState(state: LedgerState): StoredState {
	return {
		version: VERSION,
		orders: Object.fromEntries(
			[...state.entries].map(([id, { status, revision, deliveredAt, attempts, at, mark, gone }]) => [
				id,
				[status, revision, deliveredAt, attempts, at, mark, gone ? 1 : 0],
			]),
		),
		watched: [...state.watched],
		...(state.settledUntil !== undefined && { settledUntil: state.settledUntil }),
	};
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
	const state = storedState.safeParse(plain(stored));
	if (state.success) {
		const { orders, watched, settledUntil } = state.data;
		return { entries: new Map(Object.entries(orders).map(([id, entry]) => [id, toEntry(entry)])), watched, settledUntil };
	}
	const rescued = z.object({ orders: z.record(z.unknown()) }).safeParse(plain(stored));
	const entries = new Map<string, Entry>();
	for (const [id, value] of Object.entries(rescued.success ? rescued.data.orders : {})) {
		const entry = storedEntry.safeParse(value);
		if (entry.success) entries.set(id, toEntry(entry.data));
	}
	return { entries, watched: [] };
}

function toEntry([status, revision, deliveredAt, attempts, at, mark, gone]: z.infer<typeof storedEntry>): Entry {
	return { status, revision, deliveredAt, attempts, at, mark, gone: gone === 1 };
}

/** A copy without n8n's change-tracking around it. */
function plain(value: unknown): unknown {
	try {
		return JSON.parse(JSON.stringify(value) ?? 'null');
	} catch {
		return null;
	}
}
