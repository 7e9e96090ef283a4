import { z } from 'zod';

/** A disturbance of the next calls, as `POST /sandbox/faults` takes it. */
export const faultSchema = z
	.object({
		/** Name of a provider; every provider when left out. */
		provider: z.string().optional(),
		/** A part of the path that has to occur in it; every path when left out. */
		path: z.string().optional(),
		/** How many calls are disturbed. */
		times: z.number().int().positive().default(1),
		/** HTTP status of the answer; left out, the call is answered as usual (after `delayMs`). */
		status: z.number().int().min(400).max(599).optional(),
		/** The error's words. */
		message: z.string().optional(),
		/** The provider's code for the error, e.g. `insufficient_quota`. */
		code: z.string().optional(),
		/** Sent as the Retry-After header, in seconds. */
		retryAfterSeconds: z.number().nonnegative().optional(),
		/** How long the answer is held back. */
		delayMs: z.number().nonnegative().optional(),
		/** Lets the call through and makes the queued job that it starts fail with `message`. */
		failJob: z.boolean().default(false),
	})
	.strict();

export type Fault = z.infer<typeof faultSchema>;

/** The disturbances still to come, in the order they were asked for. */
export class Faults {
	private pending: Fault[] = [];

	add(fault: Fault) {
		this.pending.push({ ...fault });
	}

	/** The disturbance of this call, if any; taken off the list. */
	take(provider: string, path: string, failJob: boolean): Fault | undefined {
		const fault = this.pending.find(
			(candidate) =>
				candidate.failJob === failJob &&
				(candidate.provider ?? provider) === provider &&
				path.includes(candidate.path ?? ''),
		);
		if (!fault) return undefined;
		fault.times -= 1;
		if (fault.times === 0) this.pending.splice(this.pending.indexOf(fault), 1);
		return fault;
	}

	list(): readonly Fault[] {
		return this.pending;
	}

	/** Calls them off. */
	clear() {
		this.pending = [];
	}
}
