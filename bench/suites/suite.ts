import type { BenchServer } from '../server/start';

/** What a suite works with. */
export interface SuiteContext {
	server: BenchServer;
	/** How often each variant runs. */
	rounds: number;
	/** Whether everything is tiny, only to see that it works. */
	smoke: boolean;
	/** Hears of every run that ended, and of what is left out. */
	tell(line: string): void;
}

/** One figure that is required of the package. */
export interface Figure {
	/** The name by which the requirement calls it; its key in the JSON. */
	key: string;
	/** What it is, in words. */
	meaning: string;
	value: number;
	/** The most that it may be; undefined when what it is compared with is not there. */
	limit?: number;
	/** The requirement in words. */
	required: string;
}

/** A variant's medians, by the name of what was measured. */
export interface VariantResult {
	variant: string;
	medians: Record<string, number>;
}

/** What a suite found. */
export interface SuiteResult {
	name: string;
	/** What its variants did, in words. */
	job: string;
	figures: Figure[];
	variants: VariantResult[];
}

export interface Suite {
	name: string;
	run(context: SuiteContext): Promise<SuiteResult>;
}
