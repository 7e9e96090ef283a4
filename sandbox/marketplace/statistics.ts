import type { Fault } from './faults';
import type { Clock } from './time';

/** One answered request, as the request log keeps it. */
export interface LoggedCall {
	at: string;
	method: string;
	path: string;
	/** The route's pattern, e.g. `/api/orders/:id/deliver`; the plain path when no route matched. */
	route: string;
	/** 0 when there was no answer, or half of one. */
	status: number;
	milliseconds: number;
	ip: string;
	/** What went wrong inside, when the answer was a 500. */
	problem?: string;
	/** What went wrong on purpose. */
	fault?: string;
}

export interface RouteStatistics {
	calls: number;
	/** Calls the rate limiter refused. */
	limited: number;
	byStatus: Record<string, number>;
}

/** What happened to one order, counted by successful calls. */
export interface OrderStatistics {
	reads: number;
	quotes: number;
	delivers: number;
	uploads: number;
	messages: number;
	generations: number;
}

/** One webhook attempt. */
export interface WebhookAttempt {
	at: string;
	event: string;
	orderId: string;
	url: string;
	attempt: number;
	/** HTTP status, or null when there was no answer. */
	status: number | null;
	delivered: boolean;
	/** Why nothing was sent or no answer came. */
	reason?: string;
}

const LOG_LENGTH = 2000;

/** Counts calls and keeps the latest ones, for tests, the demo and the page. */
export class Statistics {
	private routes = new Map<string, RouteStatistics>();
	private orders = new Map<string, OrderStatistics>();
	private calls: LoggedCall[] = [];
	private attempts: WebhookAttempt[] = [];
	private uploads = 0;
	private faults: Partial<Record<Fault, number>> = {};

	constructor(private readonly clock: Clock) {}

	/** Records an answered request. */
	record(call: Omit<LoggedCall, 'at'>): void {
		const key = `${call.method} ${call.route}`;
		const statistics = this.routes.get(key) ?? { calls: 0, limited: 0, byStatus: {} };
		statistics.calls += 1;
		if (call.status === 429) statistics.limited += 1;
		statistics.byStatus[call.status] = (statistics.byStatus[call.status] ?? 0) + 1;
		this.routes.set(key, statistics);
		keep(this.calls, { at: this.clock.isoText(), ...call });
	}

	/** Counts one successful thing done to an order. */
	count(orderId: string, what: keyof OrderStatistics): void {
		const statistics = this.orders.get(orderId) ?? {
			reads: 0,
			quotes: 0,
			delivers: 0,
			uploads: 0,
			messages: 0,
			generations: 0,
		};
		statistics[what] += 1;
		this.orders.set(orderId, statistics);
	}

	/** Counts a file that was stored through any upload route. */
	countUpload(): void {
		this.uploads += 1;
	}

	/** Counts something that went wrong on purpose. */
	countFault(fault: Fault): void {
		this.faults[fault] = (this.faults[fault] ?? 0) + 1;
	}

	recordWebhook(attempt: Omit<WebhookAttempt, 'at'>): void {
		keep(this.attempts, { at: this.clock.isoText(), ...attempt });
	}

	/** Totals: per route, per order, stored uploads, limited calls, faults. */
	summary() {
		const routes = Object.fromEntries(this.routes);
		return {
			calls: sum(Object.values(routes).map(({ calls }) => calls)),
			limited: sum(Object.values(routes).map(({ limited }) => limited)),
			uploads: this.uploads,
			faults: this.faults,
			routes,
			orders: Object.fromEntries(this.orders),
		};
	}

	/** The latest calls, oldest first. */
	log(): LoggedCall[] {
		return this.calls;
	}

	/** The latest webhook attempts, oldest first. */
	webhooks(): WebhookAttempt[] {
		return this.attempts;
	}

	reset(): void {
		this.routes.clear();
		this.orders.clear();
		this.calls = [];
		this.attempts = [];
		this.uploads = 0;
		this.faults = {};
	}
}

function keep<Entry>(list: Entry[], entry: Entry): void {
	list.push(entry);
	if (list.length > LOG_LENGTH) list.splice(0, list.length - LOG_LENGTH);
}

function sum(numbers: number[]): number {
	return numbers.reduce((total, number) => total + number, 0);
}
