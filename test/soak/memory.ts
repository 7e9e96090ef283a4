import { readFileSync } from 'node:fs';

const MB = 1024 * 1024;

/** What a process used at a moment. */
export interface MemorySample {
	/** Minutes since the first sample. */
	minute: number;
	/** Resident memory; NaN where there is no /proc. */
	rssMB: number;
	/** V8's heap after a forced collection of garbage. */
	heapMB: number;
}

interface Answer {
	id?: number;
	result?: Record<string, unknown>;
	error?: { message: string };
}

/** Watches a Node.js process that listens for V8's inspector. */
export class MemoryProbe {
	private readonly started = performance.now();
	private calls = 0;
	private readonly waiting = new Map<number, { resolve: (answer: Answer) => void; reject: (error: Error) => void }>();

	private constructor(
		private readonly pid: number,
		private readonly socket: WebSocket,
	) {
		socket.addEventListener('message', ({ data }) => {
			const answer = JSON.parse(String(data)) as Answer;
			if (answer.id === undefined) return;
			this.waiting.get(answer.id)?.resolve(answer);
			this.waiting.delete(answer.id);
		});
		socket.addEventListener('close', () => {
			for (const { reject } of this.waiting.values()) reject(new Error('The inspected process closed the connection.'));
			this.waiting.clear();
		});
	}

	/** @param port where the process listens for the inspector */
	static async connect(pid: number, port: number): Promise<MemoryProbe> {
		const targets = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as Array<{ webSocketDebuggerUrl: string }>;
		const socket = new WebSocket(targets[0].webSocketDebuggerUrl);
		await new Promise((resolve, reject) => {
			socket.addEventListener('open', resolve, { once: true });
			socket.addEventListener('error', () => reject(new Error("V8's inspector does not answer.")), { once: true });
		});
		return new MemoryProbe(pid, socket);
	}

	/** Collects garbage and looks. */
	async sample(): Promise<MemorySample> {
		await this.call('HeapProfiler.collectGarbage');
		const { usedSize } = (await this.call('Runtime.getHeapUsage')) as { usedSize: number };
		return { minute: (performance.now() - this.started) / 60_000, rssMB: this.residentMB(), heapMB: usedSize / MB };
	}

	close(): void {
		this.socket.close();
	}

	private residentMB(): number {
		try {
			return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'))![1]) / 1024;
		} catch {
			return Number.NaN;
		}
	}

	private async call(method: string): Promise<Record<string, unknown>> {
		const id = ++this.calls;
		const { result, error } = await new Promise<Answer>((resolve, reject) => {
			this.waiting.set(id, { resolve, reject });
			this.socket.send(JSON.stringify({ id, method }));
		});
		if (error) throw new Error(`${method}: ${error.message}`);
		return result ?? {};
	}
}

/** A straight line through points: how fast it climbs, and how sure that is. */
export interface Slope {
	perHour: number;
	/** Standard error of `perHour`. */
	error: number;
}

/** The line of least squares through the heap's samples, in MB an hour; NaN for fewer than three. */
export function heapSlope(samples: readonly MemorySample[]): Slope {
	const count = samples.length;
	if (count < 3) return { perHour: Number.NaN, error: Number.NaN };
	const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
	const hours = samples.map(({ minute }) => minute / 60);
	const heaps = samples.map(({ heapMB }) => heapMB);
	const [hour, heap] = [mean(hours), mean(heaps)];
	const spread = hours.reduce((sum, value) => sum + (value - hour) ** 2, 0);
	const perHour = hours.reduce((sum, value, index) => sum + (value - hour) * (heaps[index] - heap), 0) / spread;
	const rest = heaps.reduce((sum, value, index) => sum + (value - heap - perHour * (hours[index] - hour)) ** 2, 0);
	return { perHour, error: Math.sqrt(rest / (count - 2) / spread) };
}
