import { EVENT_OF_STATUS, FINISHED_STATUSES } from '../shared/orderEvents';
import type { OrderEvent, OrderFacts } from '../shared/orderEvents';
import { asNumber, parseTime } from '../shared/wire';

import { writeEntry } from './ledgerState';
import type { Entry, LedgerState } from './ledgerState';

// The order ledger decides, from one list of orders and what it remembers, which orders a workflow gets now.
//
// Atelier has no event stream and no "changed since": a list shows where every order stands, no more. So the order's
// own status is the acknowledgement. An order that waits for the agent is handed out, noted, and handed out again
// when it still waits after a while; once it has moved on, nothing is due. A failed run, a killed process or a lost
// memory therefore costs a repeat and never an order.
//
// An order passes through stages, and each stage is handed out on its own. A stage is told by (revision_count,
// delivered_at, rank of the status), which only grows while an order moves on: a revision raises the first, a
// delivery the second. Hence a stage that compares as earlier than the remembered one comes from a list that is out
// of date, and is not new work. "paid" and "in_progress" are one stage, since the platform moves orders both ways
// between them.
//
// Memory. Watching only waiting stages, an entry is needed as long as its order waits, plus a little for lists that
// are out of date: what is not remembered and waits is new. Finished orders never stop being listed, and to remember
// each of them would grow for ever. While they are watched, every unfinished order has an entry instead, and one
// boundary in time says of the others: created up to then means finished and dealt with. An order that finishes is
// new if it has an entry (it was unfinished before) or was created after the boundary (it was never seen before).
// Above the boundary finished orders have entries as well, so nothing is told twice. The boundary follows the newest
// order's creation at a distance, so that orders which get the same or a slightly earlier second while a list is on
// its way are still recognised as new. All of it compares the server's times with each other, never with a clock.

export interface LedgerOptions {
	events: readonly OrderEvent[];
	/** Minutes after which an order that still waits is handed out again. */
	retryAfterMinutes: number;
	/** How often one stage of an order is handed out at most. */
	maxAttempts: number;
	/** How many orders are handed out at once at most; the rest comes with the next poll, oldest first. */
	batchSize: number;
	/** Whether work that was already waiting when the trigger runs for the first time is handed out. */
	emitWaitingAtStart: boolean;
	/** Whether orders that the platform works on by itself are left out. */
	skipWorkspaces: boolean;
	/** Only orders for one of these services; empty for all. */
	serviceIds: readonly string[];
	/** Only orders with at least this price in USD; orders without a price yet pass. */
	minimumPriceUsd: number;
	/** Only orders whose brief contains this text, in any case; empty for all. */
	briefContains: string;
}

/** An order that the workflow gets now. */
export interface Emission<T extends OrderFacts> {
	event: OrderEvent;
	order: T;
	/** 1 for the first time, 2 for the first repeat. For `order.stalled`, how often it was handed out. */
	attempt: number;
	/** The status that the order was last remembered with; null when it was not. */
	previousStatus: string | null;
}

/** Stages at which an order waits for the agent. The others are news, told once. */
const WAITING = new Set<string>(['pending_quote', 'paid', 'in_progress', 'revision_requested', 'disputed']);

/** The work that a client has paid for: one stage. */
const WORK = new Set<string>(['paid', 'in_progress']);

/** How far an order has come, for orders with the same number of revisions and the same delivery. */
const RANK: Readonly<Record<string, number | undefined>> = {
	pending_quote: 0,
	quoted: 1,
	accepted: 1,
	paid: 2,
	in_progress: 2,
	delivered: 3,
	revision_requested: 4,
	disputed: 4,
	completed: 5,
	cancelled: 5,
};

/** How long an order that left the list is remembered, in seconds. */
const GONE_SECONDS = 30 * 60;

/** The longest ID that is remembered, in characters; Atelier's have about 30. */
const LONGEST_ID = 200;

/** How far the boundary of dealt-with orders stays behind the newest order, in seconds. */
const SETTLING_SECONDS = 10 * 60;

/**
 * The statuses whose orders a poll has to list for these events (Atelier API: GET /agents/{id}/orders, `status`).
 * An empty list means all orders.
 */
export function statusesToList(events: readonly OrderEvent[]): string[] {
	if (watchesFinished(events)) return [];
	const statuses = Object.keys(EVENT_OF_STATUS).filter((status) => {
		const event = EVENT_OF_STATUS[status];
		return event !== undefined && events.includes(event);
	});
	const withWork = statuses.some((status) => WORK.has(status)) ? [...statuses, ...WORK] : statuses;
	return [...new Set(withWork)].sort();
}

/**
 * Decides which orders the workflow gets now, and what is to be remembered.
 *
 * @param state what the last poll returned; undefined when there was none
 * @param orders all orders with the statuses of {@link statusesToList}, in any order; others do no harm
 * @param now milliseconds since 1970; only measures how long ago something was handed out. A clock that is set back
 *   delays a repeat by at most *retry after*, one that is set forward brings it forward, once.
 * @returns the state to keep, once the emissions are handed over, the same object as before if nothing is new; and the
 *   emissions, oldest order first
 */
export function decide<T extends OrderFacts>(
	state: LedgerState | undefined,
	orders: readonly T[],
	options: LedgerOptions,
	now: number,
): { state: LedgerState; emissions: Array<Emission<T>> } {
	const poll: Poll = {
		options,
		now: Math.max(0, Math.floor(now / 1000)),
		isFirst: state === undefined,
		watchedBefore: state?.watched ?? [],
		remembersAll: watchesFinished(options.events),
		settledUntil: state?.settledUntil,
	};
	const before = state?.entries ?? new Map<string, Entry>();
	const due: Array<{ emission: Emission<T>; entry: Entry | undefined; createdAt: number }> = [];
	const others: Array<{ order: T; entry: Entry | undefined }> = [];
	const judged = new Set<string>();
	let known = 0;
	let newest = 0;
	for (const order of orders) {
		if (!isUsable(order)) continue;
		const remembered = before.get(order.id);
		if (remembered) known++;
		const created = poll.remembersAll ? createdAt(order) : 0;
		if (created > newest) newest = created;
		if (isQuiet(order, remembered, created, poll) || judged.has(order.id)) continue;
		judged.add(order.id);
		const entry = remembered && notAfter(poll.now, remembered);
		const emission = judge(order, entry, poll);
		if (emission) due.push({ emission, entry, createdAt: createdAt(order) });
		else others.push({ order, entry });
	}
	due.sort((a, b) => a.createdAt - b.createdAt || compareText(a.emission.order.id, b.emission.order.id));
	const emissions = due.slice(0, options.batchSize).map(({ emission }) => emission);
	const postponed = due.slice(options.batchSize);

	const unsettled = postponed.filter(({ entry }) => !entry).map(({ createdAt: time }) => time);
	const settledUntil = poll.remembersAll ? settle(poll, newest, unsettled) : undefined;

	const entries = new Changes(before);
	for (const { order, entry } of others) entries.set(order.id, noteSight(order, entry, poll, settledUntil));
	for (const { emission, entry } of postponed) entries.set(emission.order.id, noteListed(entry));
	for (const emission of emissions) entries.set(emission.order.id, noteEmission(emission, poll));
	// An order that is listed twice can hide that another left the list, but no longer than until the next list.
	if (known < before.size) {
		const listed = new Set(orders.filter(isUsable).map(({ id }) => id));
		for (const [id, entry] of before) if (!listed.has(id)) entries.set(id, noteAbsence(notAfter(poll.now, entry), poll));
	}
	const after = { entries: entries.applied(), watched: [...options.events], settledUntil };
	return { state: state && isSameState(state, after) ? state : after, emissions };
}

/** Whether an order is one that the filters let through. */
export function passesFilters(order: OrderFacts, options: LedgerOptions): boolean {
	if (options.skipWorkspaces && order.workspace_expires_at) return false;
	if (options.serviceIds.length > 0 && !options.serviceIds.includes(order.service_id ?? '')) return false;
	const price = options.minimumPriceUsd > 0 ? order.quoted_price_usd : undefined;
	if (asNumber(price) < options.minimumPriceUsd) return false;
	const text = options.briefContains.trim().toLowerCase();
	return text === '' || (typeof order.brief === 'string' && order.brief.toLowerCase().includes(text));
}

/** What stays the same while one poll is decided. */
interface Poll {
	options: LedgerOptions;
	/** Seconds since 1970. */
	now: number;
	isFirst: boolean;
	watchedBefore: readonly string[];
	/** Finished orders are watched, so all others are remembered. */
	remembersAll: boolean;
	settledUntil?: number;
}

/**
 * Whether there is nothing to decide and nothing to note about an order. A short cut and no more, and with it goes nearly
 * every order of a long list: it works nothing out that the order's own fields do not say.
 *
 * @param created when the order was created; only given while finished orders are watched
 */
function isQuiet(order: OrderFacts, entry: Entry | undefined, created: number, { options, now, remembersAll, settledUntil = 0 }: Poll): boolean {
	if (!entry) return remembersAll && created <= settledUntil && FINISHED_STATUSES.has(order.status);
	return (
		entry.status === order.status &&
		!entry.gone &&
		entry.at <= now &&
		(entry.mark === 'skipped' || (entry.mark === 'emitted' && now - entry.at < options.retryAfterMinutes * 60)) &&
		WAITING.has(order.status) &&
		revisionOf(order) === entry.revision &&
		toSeconds(order.delivered_at) === entry.deliveredAt
	);
}

/** The emission that is due for an order, whether or not it finds a place in this batch. */
function judge<T extends OrderFacts>(order: T, entry: Entry | undefined, poll: Poll): Emission<T> | undefined {
	const { options, now } = poll;
	const event = eventFor(order, entry, options);
	if (!event) return undefined;
	const previousStatus = entry?.status ?? null;
	const first: Emission<T> = { event, order, attempt: 1, previousStatus };

	if (!entry) return isNew(order, event, poll) ? first : undefined;
	const progress = compareStage(order, entry);
	if (progress > 0) return first;
	if (!WAITING.has(order.status)) return undefined;
	const isOverdue = now - entry.at >= options.retryAfterMinutes * 60;
	// The list may be out of date. If the order goes on saying so, it is the memory that is wrong.
	if (progress < 0) return isOverdue ? first : undefined;

	if (entry.mark === 'skipped') return undefined;
	if (entry.mark === 'seen') return first;
	if (!isOverdue) return undefined;
	if (entry.attempts < options.maxAttempts) return { ...first, attempt: entry.attempts + 1 };
	return options.events.includes('order.stalled') && entry.mark !== 'stalled'
		? { ...first, event: 'order.stalled', attempt: entry.attempts }
		: undefined;
}

/** The watched event that an order's status stands for, if the order is one for this trigger. */
function eventFor(order: OrderFacts, entry: Entry | undefined, options: LedgerOptions): OrderEvent | undefined {
	if (!passesFilters(order, options)) return undefined;
	const event = EVENT_OF_STATUS[order.status];
	if (event && options.events.includes(event)) return event;
	// Handed out with the one status of paid work, an order stays the trigger's own with the other.
	const isRunningWork = WORK.has(order.status) && entry !== undefined && WORK.has(entry.status) && entry.attempts > 0;
	return isRunningWork ? options.events.find((watched) => watched === 'order.paid' || watched === 'order.in_progress') : undefined;
}

/** Whether an order that is not remembered is to be told of. */
function isNew(order: OrderFacts, event: OrderEvent, poll: Poll): boolean {
	if (WAITING.has(order.status)) return !poll.isFirst || poll.options.emitWaitingAtStart;
	// Of news, those from before the trigger watched for them are history.
	if (FINISHED_STATUSES.has(order.status)) return poll.settledUntil !== undefined && createdAt(order) > poll.settledUntil;
	return poll.watchedBefore.includes(event);
}

function noteEmission<T extends OrderFacts>({ event, order, attempt }: Emission<T>, { now }: Poll): Entry {
	return { ...stageOf(order), attempts: attempt, at: now, mark: event === 'order.stalled' ? 'stalled' : 'emitted', gone: false };
}

/** What to remember of an order that is listed and not handed out now. */
function noteSight(order: OrderFacts, entry: Entry | undefined, poll: Poll, settledUntil: number | undefined): Entry | undefined {
	const { now, options, isFirst, remembersAll } = poll;
	if (settledUntil !== undefined && isDealtWith(order, entry, settledUntil, now)) return undefined;

	const progress = entry ? compareStage(order, entry) : 1;
	// Within the stage of paid work the status may change.
	const asListed = progress > 0 ? undefined : noteListed(entry, progress === 0 ? order.status : undefined);
	if (asListed && (remembersAll || asListed.mark !== 'seen')) return asListed;

	const event = eventFor(order, entry, options);
	const isNews = event !== undefined && !WAITING.has(order.status);
	if (asListed) return isNews ? asListed : undefined;
	if (isFirst && event && WAITING.has(order.status)) return { ...stageOf(order), attempts: 0, at: now, mark: 'skipped', gone: false };
	if (remembersAll || isNews) return { ...stageOf(order), attempts: 0, at: now, mark: 'seen', gone: false };
	// It has moved on to where nobody watches: as good as not listed.
	return entry && noteAbsence(entry, poll);
}

/** The entry of an order that is listed and has not moved on: the same object as long as nothing is new. */
function noteListed(entry: Entry | undefined, status: string | undefined = entry?.status): Entry | undefined {
	return !entry || (entry.status === status && !entry.gone) ? entry : { ...entry, status: status ?? entry.status, gone: false };
}

/** What to remember of an order that is not listed. */
function noteAbsence(entry: Entry, { now }: Poll): Entry | undefined {
	if (!entry.gone) return { ...entry, gone: true, at: now };
	return now - entry.at < GONE_SECONDS ? entry : undefined;
}

/** Whether an order is finished and needs no entry: the boundary speaks for it, and lists that are out of date are over. */
function isDealtWith(order: OrderFacts, entry: Entry | undefined, settledUntil: number, now: number): boolean {
	if (!FINISHED_STATUSES.has(order.status) || createdAt(order) > settledUntil) return false;
	return !entry || (FINISHED_STATUSES.has(entry.status) && now - entry.at >= GONE_SECONDS);
}

/**
 * The boundary after this poll. It never moves back, nor past an order that is not dealt with and has no entry.
 *
 * @param newest when the newest listed order was created
 * @param unsettled when the orders that are not dealt with and have no entry were
 */
function settle(poll: Poll, newest: number, unsettled: readonly number[]): number {
	const limit = unsettled.reduce((least, created) => Math.min(least, created - 1), Infinity);
	return Math.max(poll.settledUntil ?? 0, Math.min(newest - SETTLING_SECONDS, limit));
}

function watchesFinished(events: readonly OrderEvent[]): boolean {
	return events.includes('order.completed') || events.includes('order.cancelled');
}

function stageOf(order: OrderFacts): Pick<Entry, 'status' | 'revision' | 'deliveredAt'> {
	return { status: order.status, revision: revisionOf(order), deliveredAt: toSeconds(order.delivered_at) };
}

/** Positive when the order is at a later stage than the entry, 0 at the same, negative at an earlier. */
function compareStage(order: OrderFacts, entry: Entry): number {
	const difference =
		revisionOf(order) - entry.revision ||
		toSeconds(order.delivered_at) - entry.deliveredAt ||
		(RANK[order.status] ?? 0) - (RANK[entry.status] ?? 0);
	if (difference !== 0 || order.status === entry.status) return difference;
	// Another status with nothing to tell which comes first is news, but for the two of paid work.
	return WORK.has(order.status) && WORK.has(entry.status) ? 0 : 1;
}

function revisionOf({ revision_count: count }: OrderFacts): number {
	return Number.isSafeInteger(count) && count! > 0 ? count! : 0;
}

/** The entry with no time in the future, where a clock was set back. */
function notAfter(now: number, entry: Entry): Entry {
	return entry.at > now ? { ...entry, at: now } : entry;
}

/** What a poll changes in the entries; without changes they stay the same map. */
class Changes {
	private readonly changed = new Map<string, Entry | undefined>();

	/** One object for all new entries that say the same. */
	private readonly shared = new Map<string, Entry>();

	constructor(private readonly before: ReadonlyMap<string, Entry>) {}

	set(id: string, entry: Entry | undefined): void {
		if (entry !== this.before.get(id)) this.changed.set(id, entry && this.share(entry));
	}

	applied(): ReadonlyMap<string, Entry> {
		if (this.changed.size === 0) return this.before;
		const entries = new Map(this.before);
		for (const [id, entry] of this.changed) {
			if (entry) entries.set(id, entry);
			else entries.delete(id);
		}
		return entries;
	}

	private share(entry: Entry): Entry {
		const content = writeEntry(entry).join();
		const shared = this.shared.get(content) ?? entry;
		this.shared.set(content, shared);
		return shared;
	}
}

function isSameState(a: LedgerState, b: LedgerState): boolean {
	return a.entries === b.entries && a.settledUntil === b.settledUntil && a.watched.join() === b.watched.join();
}

/** Whether an order can be told from others and its status is one that Atelier has. */
function isUsable(order: OrderFacts | null | undefined): boolean {
	const { id, status } = order ?? {};
	const hasId = typeof id === 'string' && id !== '' && id.length <= LONGEST_ID;
	return hasId && typeof status === 'string' && Object.hasOwn(RANK, status);
}

/** Seconds since 1970; 0 when unknown. */
function createdAt(order: OrderFacts): number {
	return toSeconds(order.created_at);
}

function toSeconds(time: string | null | undefined): number {
	if (!time) return 0;
	const milliseconds = parseTime(time);
	return Number.isNaN(milliseconds) ? 0 : Math.max(0, Math.floor(milliseconds / 1000));
}

function compareText(a: string, b: string): number {
	return a < b ? -1 : a > b ? 1 : 0;
}
