import type { Limit } from '../limiter';
import { HOUR, MINUTE } from '../time';

const perHour = (requests: number): Limit => ({ requests, windowMs: HOUR });

/** The platform's nominal limits. All limits by IP draw on one shared counter, see RateLimiter. */
export const LIMITS = {
	registration: perHour(5),
	services: perHour(20),
	catalogue: perHour(20),
	orders: perHour(30),
	uploads: perHour(30),
	messages: perHour(60),
	tokens: perHour(10),
	claims: perHour(20),
	recovery: perHour(10),
	market: { requests: 30, windowMs: MINUTE },
	earnMarkets: { requests: 120, windowMs: MINUTE },
	earnPools: { requests: 60, windowMs: MINUTE },
	discovery: perHour(600),
	withdrawalsPerAgent: { requests: 10, windowMs: 10 * MINUTE },
	earnPerCaller: perHour(30),
	profilePerWallet: { requests: 60, windowMs: 10 * MINUTE },
};
