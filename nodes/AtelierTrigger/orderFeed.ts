import { asThrown } from '../shared/errors';
import type { OrderFacts } from '../shared/orderEvents';

// Atelier counts all order lists, uploads, quotes and deliveries of one internet address together, about 30 an hour.
// So all triggers of one n8n process that use the same key share their lists: one call serves them all, and no two
// calls are closer together than a trigger allows.

/** What one call gave. */
export interface OrderList {
	orders: OrderFacts[];
	/** When it was made, in milliseconds since 1970, by the server's clock where that is known. */
	listedAt: number;
}

export interface ListRequest {
	/** The key that lists, as {@link Account} names it. */
	account: string;
	/** The API's address, for which the limit counts. */
	baseUrl: string;
	/** One text for the trigger that asks. */
	trigger: string;
	/** The statuses to list; empty for all. */
	statuses: readonly string[];
	/** The least time between two calls for this trigger, in seconds. */
	minimumSeconds: number;
	/** Makes the call, for these statuses or more. */
	fetch: (statuses: readonly string[]) => Promise<OrderList>;
}

interface Share {
	/** What each trigger asked for last, and when. */
	readonly wishes: Map<string, { statuses: readonly string[]; at: number }>;
	calledAt?: number;
	running?: { statuses: readonly string[]; list: Promise<OrderList> };
	last?: { statuses: readonly string[]; list: OrderList; at: number };
}

/** A poll that comes this much too early is in time: timers are not exact. Milliseconds. */
const TOLERANCE_MS = 500;

/** How long a trigger that no longer asks is still provided for: more than a day, as some ask once a day. */
const WISH_MS = 26 * 60 * 60 * 1000;

/** The lists of orders of one process. */
export class OrderFeed {
	private readonly shares = new Map<string, Share>();

	/** Accounts whose list of all orders could not be had last time: it may be longer than hosts send in one answer. */
	private readonly withoutWhole = new Set<string>();
	private readonly pausedUntil = new Map<string, number>();

	/** @param clock milliseconds that only go forward, whatever is done to the machine's time */
	constructor(private readonly clock: () => number = () => performance.now()) {}

	/**
	 * A list of the orders with the wanted statuses: a new one, or a recent one that another trigger made.
	 *
	 * @returns undefined when there is none: it is too early for another call, or the call of another trigger failed. A
	 *   trigger that comes too early with statuses that nobody else listed is provided for by the next call, whoever
	 *   makes it
	 * @throws what the trigger's own `fetch` throws
	 */
	async read(request: ListRequest): Promise<OrderList | undefined> {
		const now = this.clock();
		const share = this.share(request);
		share.wishes.set(request.trigger, { statuses: request.statuses, at: now });
		for (const [trigger, { at }] of share.wishes) if (now - at > WISH_MS) share.wishes.delete(trigger);

		if (this.pausedSeconds(request.baseUrl) > 0) return undefined;
		if (share.running) {
			if (!covers(share.running.statuses, request.statuses)) return undefined;
			// Its failure is told by the trigger that made the call.
			const { statuses } = share.running;
			const list = await share.running.list.catch(() => undefined);
			return list && only(request.statuses, statuses, list);
		}
		if (share.calledAt !== undefined && now - share.calledAt < request.minimumSeconds * 1000 - TOLERANCE_MS) {
			return share.last && covers(share.last.statuses, request.statuses)
				? only(request.statuses, share.last.statuses, { ...share.last.list, listedAt: share.last.list.listedAt + now - share.last.at })
				: undefined;
		}

		const statuses = union([...share.wishes.values()].map((wish) => wish.statuses));
		share.calledAt = now;
		share.last = undefined;
		share.running = { statuses, list: request.fetch(statuses) };
		try {
			const list = await share.running.list;
			if (statuses.length === 0) this.withoutWhole.delete(request.account);
			if (share.wishes.size > 1) share.last = { statuses, list, at: this.clock() };
			return only(request.statuses, statuses, list);
		} catch (error) {
			if (statuses.length === 0) this.setWholeApart(request.account);
			throw asThrown(error);
		} finally {
			share.running = undefined;
		}
	}

	/** Makes no call to this address for so many seconds. */
	pause(baseUrl: string, seconds: number): void {
		this.pausedUntil.set(baseUrl, this.clock() + seconds * 1000);
	}

	/** For how many seconds more no call may be made to this address; 0 when it may. */
	pausedSeconds(baseUrl: string): number {
		return Math.max(0, Math.ceil(((this.pausedUntil.get(baseUrl) ?? 0) - this.clock()) / 1000));
	}

	/** Triggers that want all orders share with the others, until the list of all orders cannot be had. */
	private share({ account, statuses }: ListRequest): Share {
		const key = statuses.length === 0 && this.withoutWhole.has(account) ? `${account} whole` : account;
		const share = this.shares.get(key) ?? { wishes: new Map() };
		this.shares.set(key, share);
		return share;
	}

	/** Whatever is the matter with the list of all orders, the triggers that want less get theirs, with the next call. */
	private setWholeApart(account: string): void {
		const share = this.shares.get(account);
		if (!share || this.withoutWhole.has(account)) return;
		this.withoutWhole.add(account);
		this.shares.set(`${account} whole`, { wishes: new Map(), calledAt: share.calledAt });
		for (const [trigger, { statuses }] of share.wishes) if (statuses.length === 0) share.wishes.delete(trigger);
		share.calledAt = undefined;
	}
}

function covers(listed: readonly string[], wanted: readonly string[]): boolean {
	return listed.length === 0 || (wanted.length > 0 && wanted.every((status) => listed.includes(status)));
}

function union(lists: ReadonlyArray<readonly string[]>): string[] {
	return lists.some((list) => list.length === 0) ? [] : [...new Set(lists.flat())].sort();
}

/** The list with the wanted statuses alone, where more than those were asked for. */
function only(wanted: readonly string[], listed: readonly string[], list: OrderList): OrderList {
	if (wanted.length === 0 || wanted.length === listed.length) return list;
	return { ...list, orders: list.orders.filter(({ status }) => wanted.includes(status)) };
}
