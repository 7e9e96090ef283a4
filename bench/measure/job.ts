/** A piece of work that one process does, prepared so far that nothing but the work remains. */
export interface Job<Own extends object | void = void> {
	/** A little of the same work, so that code, connections and heap are there before anything is measured. */
	warmUp(): Promise<void>;
	/** The work; what it returns joins the measurement. */
	run(): Promise<Own>;
}

/** Every job file exports one of these as `prepare`. */
export type PrepareJob<Options, Own extends object | void = void> = (options: Options) => Promise<Job<Own>>;

/** What a job took. */
export interface Measurement {
	wallMs: number;
	/** Processor time of the whole process, user and system, all threads. */
	cpuMs: number;
	/** Most resident memory during the job above what the warm process had before. */
	extraPeakMB: number;
	/** Resident memory of the warm process before the job. */
	baselineMB: number;
}
