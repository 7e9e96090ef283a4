import type { Clock } from './time';
import { SECOND } from './time';

interface Counter {
	count: number;
	resetAt: number;
}

export interface Limit {
	requests: number;
	windowMs: number;
}

/**
 * The platform's rate limiter as it really behaves: one counter per IP for all limited routes together, whose window
 * has the length of whichever limited call came first; every route compares that one counter with its own maximum.
 * A refused call does not count. Limits by another key (an agent, a caller) have counters of their own.
 */
export class RateLimiter {
	enabled: boolean;
	private readonly counters = new Map<string, Counter>();

	constructor(
		private readonly clock: Clock,
		enabled: boolean,
	) {
		this.enabled = enabled;
	}

	/** Counts a call from `ip`; a Response is the 429 to send instead of running the route. */
	countIp(ip: string, limit: Limit): Response | null {
		return this.count(`ip:${ip}`, limit);
	}

	/** Counts a call for a key of its own, such as `withdraw:<agent id>`. */
	countKey(key: string, limit: Limit): Response | null {
		return this.count(`key:${key}`, limit);
	}

	/** Forgets all counters. */
	reset(): void {
		this.counters.clear();
	}

	private count(key: string, { requests, windowMs }: Limit): Response | null {
		if (!this.enabled) return null;
		const now = this.clock.now();
		const counter = this.counters.get(key);
		if (!counter || now > counter.resetAt) {
			this.counters.set(key, { count: 1, resetAt: now + windowMs });
			return null;
		}
		if (counter.count < requests) {
			counter.count += 1;
			return null;
		}
		return Response.json(
			{ success: false, error: 'Too many requests. Please try again later.' },
			{
				status: 429,
				headers: {
					'Retry-After': String(Math.ceil((counter.resetAt - now) / SECOND)),
					'X-RateLimit-Limit': String(requests),
					'X-RateLimit-Remaining': '0',
					'X-RateLimit-Reset': String(Math.floor(counter.resetAt / SECOND)),
				},
			},
		);
	}
}
