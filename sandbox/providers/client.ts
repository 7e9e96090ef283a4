import type { ScriptedReply } from './kit/chatScript';
import type { Fault } from './kit/faults';
import type { Timing } from './kit/jobs';
import type { ProviderStatistics, RecordedRequest } from './kit/ledger';

/** Steers running model providers from tests and the demo: `/sandbox/…` of their server. */
export class ProvidersClient {
	/** @param url the server's root, without a trailing slash */
	constructor(private readonly url: string) {}

	/** Forgets everything: requests, pictures, faults, scripts, timing. */
	async reset(): Promise<void> {
		await this.send('POST', '/reset');
	}

	/** Disturbs the next calls (kit/faults.ts). */
	async addFault(fault: Partial<Fault>): Promise<void> {
		await this.send('POST', '/faults', fault);
	}

	/** What the text models say next, each reply once. */
	async script(...replies: ScriptedReply[]): Promise<void> {
		await this.send('POST', '/chat-script', { replies });
	}

	/** How long queued jobs take. */
	async setTiming(timing: Partial<Timing>): Promise<void> {
		await this.send('POST', '/timing', timing);
	}

	async statistics(): Promise<{ generations: Record<string, ProviderStatistics>; requests: RecordedRequest[] }> {
		return (await (await this.send('GET', '/stats')).json()) as Awaited<ReturnType<ProvidersClient['statistics']>>;
	}

	/** The requests whose path contains a text, oldest first. */
	async requests(path: string): Promise<RecordedRequest[]> {
		return (await this.statistics()).requests.filter((request) => request.path.includes(path));
	}

	private async send(method: string, path: string, body?: unknown): Promise<Response> {
		const response = await fetch(`${this.url}/sandbox${path}`, { method, body: body === undefined ? undefined : JSON.stringify(body) });
		if (!response.ok) throw new Error(`The providers answered ${response.status} to ${method} ${path}: ${await response.text()}`);
		return response;
	}
}
