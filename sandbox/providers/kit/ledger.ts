export type GenerationKind = 'image' | 'video' | 'text';

/** What a provider made since the server's start or reset. */
export interface ProviderStatistics {
	/** Pictures, videos and texts together. */
	total: number;
	image: number;
	video: number;
	text: number;
	/** How many were made for each prompt. */
	prompts: Record<string, number>;
}

/** One request that reached a provider. */
export interface RecordedRequest {
	provider: string;
	method: string;
	/** Path after the provider's prefix, with the query; keys are masked. */
	path: string;
	status: number;
	/** The JSON body, or the multipart fields with each file as `<type, bytes>`; long texts are shortened. */
	body?: unknown;
	/** ISO 8601 time of the answer. */
	at: string;
	/** How long the answer took. */
	milliseconds: number;
}

const KEPT_REQUESTS = 200;

/** Counts what the providers made and remembers the latest requests. */
export class Ledger {
	private readonly generations = new Map<
		string,
		Omit<ProviderStatistics, 'prompts'> & { prompts: Map<string, number> }
	>();
	private readonly requests: RecordedRequest[] = [];

	/** Notes that a provider made one thing for a prompt. */
	addGeneration(provider: string, kind: GenerationKind, prompt: string) {
		const statistics = this.generations.get(provider) ?? { total: 0, image: 0, video: 0, text: 0, prompts: new Map() };
		this.generations.set(provider, statistics);
		statistics.total += 1;
		statistics[kind] += 1;
		statistics.prompts.set(prompt, (statistics.prompts.get(prompt) ?? 0) + 1);
	}

	/** Notes an answered request; the oldest are forgotten. */
	addRequest(request: RecordedRequest) {
		this.requests.push(request);
		if (this.requests.length > KEPT_REQUESTS) this.requests.shift();
	}

	/** Everything so far, the latest request last. */
	read(): { generations: Record<string, ProviderStatistics>; requests: readonly RecordedRequest[] } {
		const generations = [...this.generations].map(
			([provider, statistics]) =>
				[provider, { ...statistics, prompts: Object.fromEntries(statistics.prompts) }] as const,
		);
		return { generations: Object.fromEntries(generations), requests: this.requests };
	}
}
