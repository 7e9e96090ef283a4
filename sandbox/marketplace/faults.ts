import { createHash } from 'node:crypto';
import { MINUTE, SECOND } from './time';

/** What can go wrong with a request, each by itself. "Before" means that nothing was done, "after" that it was. */
export const REQUEST_FAULTS = [
	/** 500 with the API's envelope. */
	'error_before',
	'error_after',
	/** 502 with the page of something in between. */
	'html_error',
	/** The connection is reset in place of an answer. */
	'reset_before',
	'reset_after',
	/** The request is done at once and answered late. */
	'slow',
	/** No answer; the connection closes after a long time. "During" means that a part of the body was read, and nothing done. */
	'hang_before',
	'hang_during',
	'hang_after',
	/** Done, but the connection closes in the middle of the answer. */
	'truncated',
	/** Done, but the JSON of the answer, complete as HTTP, ends in the middle. */
	'cut_json',
	/** Done, but a 200 whose body is a page. */
	'not_json',
	/** A storm of 429, with and without Retry-After. Nothing is done. */
	'rate_limit',
	'rate_limit_silent',
	/** 413 as a host's edge sends it: without JSON, nothing done. */
	'too_large',
	/** 301, 302, 307 or 308 to another host. Nothing is done. */
	'redirect',
	/** Done and answered, with a Date that is off. */
	'clock_skew',
] as const;

/** What can go wrong with a webhook event. */
export const WEBHOOK_FAULTS = [
	/** The event is sent twice. */
	'webhook_twice',
	/** The event waits, so that later ones overtake it. */
	'webhook_late',
] as const;

export type RequestFault = (typeof REQUEST_FAULTS)[number];
export type WebhookFault = (typeof WEBHOOK_FAULTS)[number];
export type Fault = RequestFault | WebhookFault;

/** Probability of each fault, 0 to 1; those of requests, like those of webhooks, add up to at most 1. */
export type FaultMix = Partial<Record<Fault, number>>;

/** Ready-made mixes. */
export const FAULT_PROFILES = {
	none: {},
	errors: { error_before: 0.1, error_after: 0.1, html_error: 0.1 },
	resets: { reset_before: 0.1, reset_after: 0.1 },
	slow: { slow: 0.2, hang_before: 0.02, hang_during: 0.01, hang_after: 0.02 },
	garbled: { truncated: 0.1, cut_json: 0.1, not_json: 0.1 },
	rate_limits: { rate_limit: 0.05, rate_limit_silent: 0.02 },
	edge: { too_large: 0.05, redirect: 0.05 },
	clock: { clock_skew: 0.3 },
	webhooks: { webhook_twice: 0.2, webhook_late: 0.2 },
	everything: {
		error_before: 0.02,
		error_after: 0.02,
		html_error: 0.01,
		reset_before: 0.02,
		reset_after: 0.02,
		slow: 0.02,
		hang_before: 0.002,
		hang_during: 0.001,
		hang_after: 0.002,
		truncated: 0.01,
		cut_json: 0.01,
		not_json: 0.01,
		rate_limit: 0.004,
		rate_limit_silent: 0.001,
		too_large: 0.002,
		redirect: 0.002,
		clock_skew: 0.02,
		webhook_twice: 0.1,
		webhook_late: 0.1,
	},
} as const satisfies Record<string, FaultMix>;

export type FaultProfile = keyof typeof FAULT_PROFILES;

/** A fault for one request: the next one that it fits. */
export interface PlannedFault {
	/** Method and pattern, e.g. `POST /api/orders/:id/deliver`. */
	route: string;
	/** A part of the path that has to occur in it, e.g. an order's id; every path when left out. */
	path?: string;
	fault: RequestFault;
	/** Whether its request has come, and is as far as the fault lets it: for hang_after, done and without an answer. */
	reached: boolean;
}

/** How far a fault goes. */
export interface FaultSettings {
	/** Which faults come is a function of this, the route and how often the route was called. */
	seed: number;
	/** Only requests to these routes fail, e.g. `POST /api/orders/:id/deliver`; empty for everything below /api. */
	routes: string[];
	/** How late an answer is. */
	slow_ms: number;
	/** After how long a connection without an answer closes. */
	hang_ms: number;
	/** Requests that one storm of 429 refuses. */
	storm_requests: number;
	/** What a 429 asks to wait. */
	retry_after_seconds: number;
	/** Where a redirect leads: an origin. Nothing has the default's name. */
	redirect_to: string;
	/** How far a Date is off at most, in both directions. */
	skew_ms: number;
	/** How late a webhook is. */
	webhook_late_ms: number;
}

const DEFAULT_SETTINGS: FaultSettings = {
	seed: 1,
	routes: [],
	slow_ms: 2 * SECOND,
	hang_ms: 2 * MINUTE,
	storm_requests: 5,
	retry_after_seconds: 2,
	redirect_to: 'https://elsewhere.invalid',
	skew_ms: 10 * MINUTE,
	webhook_late_ms: 2 * SECOND,
};

/**
 * Decides what goes wrong. Repeatable: the n-th request to a route meets the same fault whenever the seed is the same,
 * whatever happens at other routes in the meantime.
 */
export class Faults {
	mix: FaultMix = {};
	settings = DEFAULT_SETTINGS;
	private readonly counts = new Map<string, number>();
	private storm: { fault: RequestFault; left: number } | undefined;
	/** Faults for single requests, those that were met included. */
	readonly planned: PlannedFault[] = [];
	private readonly taken = new WeakSet<PlannedFault>();

	/** Sets what goes wrong from now on, and begins from the seed. Settings that are not given have their defaults. */
	set(mix: FaultMix, settings: Partial<FaultSettings>): void {
		this.mix = mix;
		this.settings = { ...DEFAULT_SETTINGS, ...settings };
		this.restart();
	}

	/** Begins from the seed again and forgets what is planned; mix and settings stay. */
	restart(): void {
		this.counts.clear();
		this.storm = undefined;
		this.planned.length = 0;
	}

	/** Has one request fail, whatever else goes wrong. */
	plan(fault: Omit<PlannedFault, 'reached'>): void {
		this.planned.push({ ...fault, reached: false });
	}

	/** The fault that is planned for this request; it is for no other one then. */
	takePlanned(route: string, path: string): PlannedFault | undefined {
		const plan = this.planned.find(
			(candidate) => !this.taken.has(candidate) && candidate.route === route && path.includes(candidate.path ?? ''),
		);
		if (plan) this.taken.add(plan);
		return plan;
	}

	/** @param route method and pattern, e.g. `POST /api/orders/:id/deliver` */
	drawForRequest(route: string): RequestFault | undefined {
		const { routes, storm_requests: length } = this.settings;
		if (routes.length > 0 && !routes.includes(route)) return undefined;
		if (this.storm && this.storm.left > 0) {
			this.storm.left -= 1;
			return this.storm.fault;
		}
		const fault = this.draw(REQUEST_FAULTS, route);
		if (fault === 'rate_limit' || fault === 'rate_limit_silent') this.storm = { fault, left: length - 1 };
		return fault;
	}

	/** @param event e.g. `order.paid` */
	drawForWebhook(event: string): WebhookFault | undefined {
		return this.draw(WEBHOOK_FAULTS, event);
	}

	/** A number from 0 to 1 for the current request of a route, another one for each purpose. */
	fraction(route: string, purpose: string): number {
		const text = `${this.settings.seed} ${route} ${this.counts.get(route) ?? 0} ${purpose}`;
		return createHash('sha256').update(text).digest().readUInt32BE() / 2 ** 32;
	}

	private draw<Name extends Fault>(names: readonly Name[], key: string): Name | undefined {
		this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
		let remaining = this.fraction(key, 'fault');
		return names.find((name) => {
			remaining -= this.mix[name] ?? 0;
			return remaining < 0;
		});
	}
}
