import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const MB = 1024 * 1024;

/** More than V8's young generation at its full size: see ./runJob.ts. */
const TO_TOUCH = 96 * MB;

/**
 * Collects garbage until little of it is left, then uses the young generation once all over, which collecting gives back
 * to the system. So what a job adds later is its own, and not V8's working space. Needs --expose-gc.
 */
export async function settle(): Promise<void> {
	for (let round = 0; round < 3; round++) {
		globalThis.gc?.();
		await sleep(50);
	}
	const kept: unknown[] = new Array(1000);
	for (let bytes = 0, index = 0; bytes < TO_TOUCH; bytes += 1024, index++) kept[index % 1000] = new Array(128).fill(index);
}

/** Resident memory of this process in MB. */
export function residentMB(): number {
	return process.memoryUsage.rss() / MB;
}

/** Begins to look for the most resident memory; the function that comes back says how much it was since, in MB. */
export function watchPeak(): () => number {
	try {
		// Linux: sets the high-water mark back to what is used now.
		writeFileSync('/proc/self/clear_refs', '5');
		return () => Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))![1]) / 1024;
	} catch {
		// Elsewhere the mark is the process's own from its start on, so that a heavy start may hide a light job.
		return () => process.resourceUsage().maxRSS / 1024;
	}
}
