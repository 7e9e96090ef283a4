import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';

/** How long queued jobs take, as `POST /sandbox/timing` takes it. A job moves on when both its age and its polls allow it. */
export const timingSchema = z
	.object({
		/** Milliseconds in the queue. */
		queuedMs: z.number().nonnegative().default(300),
		/** Milliseconds of work after that. */
		runningMs: z.number().nonnegative().default(700),
		/** How many polls see the job in the queue at least. */
		queuedPolls: z.number().int().nonnegative().default(0),
		/** How many polls after those see it at work at least. */
		runningPolls: z.number().int().nonnegative().default(0),
	})
	.strict();

export type Timing = z.infer<typeof timingSchema>;

export type JobState = 'queued' | 'running' | 'succeeded' | 'failed' | 'canceled';

/** One piece of work in a provider's queue. */
export class Job<Result = unknown> {
	readonly id = randomUUID();
	readonly createdAt = new Date();
	/** Resolves when the job has ended by itself, whether well or not; never looks at polls. */
	readonly ended: Promise<void>;
	private polls = 0;
	private outcome: { result: Result } | { error: string } | undefined;
	private endedAt: Date | undefined;
	private canceled = false;

	/** @param work makes the result; begins at once, in the background */
	constructor(
		work: () => Promise<Result>,
		private readonly timing: Timing,
	) {
		const done = work().then(
			(result) => {
				this.outcome = { result };
			},
			(error: unknown) => {
				this.outcome = { error: error instanceof Error ? error.message : String(error) };
			},
		);
		this.ended = Promise.all([done, wait(timing.queuedMs + timing.runningMs)]).then(() => {
			this.endedAt ??= new Date();
		});
	}

	/** Where the job stands, without counting as a poll. */
	get state(): JobState {
		if (this.canceled) return 'canceled';
		const { queuedMs, queuedPolls, runningPolls } = this.timing;
		const age = Date.now() - this.createdAt.getTime();
		const seen = Math.max(1, this.polls);
		if (age < queuedMs || seen <= queuedPolls) return 'queued';
		if (!this.outcome || !this.endedAt || seen <= queuedPolls + runningPolls) return 'running';
		return 'error' in this.outcome ? 'failed' : 'succeeded';
	}

	/** Where the job stands, counted as a poll of a client. */
	poll(): JobState {
		this.polls += 1;
		return this.state;
	}

	/** Stops the job unless it has ended; whether that was so. */
	cancel(): boolean {
		if (this.state === 'succeeded' || this.state === 'failed') return false;
		this.canceled = true;
		return true;
	}

	/** When the work began, or would have. */
	get startedAt(): Date {
		return new Date(this.createdAt.getTime() + this.timing.queuedMs);
	}

	/** When the job ended; undefined before. */
	get finishedAt(): Date | undefined {
		return this.endedAt;
	}

	/** What a succeeded job made. */
	get result(): Result | undefined {
		return this.outcome && 'result' in this.outcome ? this.outcome.result : undefined;
	}

	/** Why a failed job failed. */
	get error(): string | undefined {
		return this.outcome && 'error' in this.outcome ? this.outcome.error : undefined;
	}
}

/** The timing of the jobs to come. */
export class JobTiming {
	private timing = timingSchema.parse({});

	set(timing: Timing) {
		this.timing = timing;
	}

	/** Starts a job with the timing of now. */
	start<Result>(work: () => Promise<Result>): Job<Result> {
		return new Job(work, this.timing);
	}
}
