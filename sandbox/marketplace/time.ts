/** Milliseconds in the units that the API's rules are written in. */
export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/**
 * The marketplace's clock: the machine's time plus an offset that the control routes can move,
 * so that a review deadline two days away can be reached at once.
 */
export class Clock {
	private offset = 0;

	/** Current marketplace time in milliseconds since the epoch. */
	now(): number {
		return Date.now() + this.offset;
	}

	/** Whether this is another time than the machine's. */
	get isMoved(): boolean {
		return this.offset !== 0;
	}

	/** Moves the clock; `milliseconds` may be negative. */
	move(milliseconds: number): void {
		this.offset += milliseconds;
	}

	/** Returns to the machine's time. */
	reset(): void {
		this.offset = 0;
	}

	/** `YYYY-MM-DD HH:MM:SS` in UTC without a zone: the form in which the platform's database writes times. */
	databaseText(milliseconds = this.now()): string {
		return new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ');
	}

	/** ISO text with milliseconds and `Z`: the form in which the platform's application code writes times. */
	isoText(milliseconds = this.now()): string {
		return new Date(milliseconds).toISOString();
	}
}

/** Milliseconds since the epoch of either form of time text; both are UTC. */
export function parseTime(text: string): number {
	return Date.parse(text.includes('T') ? text : `${text.replace(' ', 'T')}Z`);
}
