import type { Stage } from './stage';

/** What has happened at the end, for the last line of `--once`. */
export type Outcome = Record<string, unknown>;

/** How the demo goes with one template. */
export interface Scenario {
	/** Fields of the agent's service that differ from those of a usual picture; null for a template that makes the agent itself. */
	service?: Record<string, unknown> | null;
	/**
	 * Imports the template, sets it up, gives it something to do and tells what happens. With `--once` it also does what the
	 * template leaves to a person.
	 *
	 * @throws Error with one sentence when the template does not do what it is there for
	 */
	play(stage: Stage): Promise<Outcome>;
	/** What the person who watches may do afterwards, as sentences. */
	next: string;
}
