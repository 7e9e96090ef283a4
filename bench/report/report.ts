import { cpus, totalmem } from 'node:os';

import type { Figure, SuiteResult } from '../suites/suite';

/** Everything that one run of the benchmark found. */
export interface BenchReport {
	/** ISO 8601, UTC. */
	date: string;
	rounds: number;
	machine: { processor: string; cores: number; memoryGB: number; platform: string };
	/** Versions by name. */
	versions: Record<string, string>;
	suites: SuiteResult[];
}

/** The keys of all figures that a run over everything has to give. */
const FIGURES = [
	'upload50.extraPeakMB',
	'upload50.wallVsRawPut',
	'orders.wallVsHttpRequest',
	'orders.extraPeakVsHttpRequest',
	'orders.cpuVsHttpRequest',
	'orders.wallVsFloor',
	'orders.limitedCallsPerOrder',
	'poll10k.vsParse',
	'poll10k.stateBytesPerOpenOrder',
	'growth.exponent',
	'load.ms',
	'load.heapMB',
	'load.unpackedKB',
];

/** @throws Error when a run over everything gave no number for one of its figures */
export function assertComplete({ suites }: BenchReport): void {
	const values = new Map(suites.flatMap(({ figures }) => figures.map(({ key, value }) => [key, value] as const)));
	const missing = FIGURES.filter((key) => !Number.isFinite(values.get(key)));
	if (missing.length > 0) throw new Error(`There is no value for ${missing.join(', ')}.`);
}

/** What the benchmark may tell of the machine: nothing that names it. */
export function describeMachine(): BenchReport['machine'] {
	return {
		processor: cpus()[0]?.model.trim() ?? 'unknown',
		cores: cpus().length,
		memoryGB: Math.round(totalmem() / 1e9),
		platform: `${process.platform} ${process.arch}`,
	};
}

/** Whether a figure keeps to its requirement; undefined when there is nothing to hold it against. */
export function isMet({ value, limit }: Figure): boolean | undefined {
	return limit === undefined ? undefined : value <= limit;
}

export function verdict(figure: Figure): string {
	const met = isMet(figure);
	return met === undefined ? 'not compared' : met ? 'met' : 'not met';
}

/** A number with as many digits as it deserves. */
export function short(value: number): string {
	return Math.abs(value) >= 100 ? value.toFixed(0) : Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** The report as JSON: each figure under its own key, then all that they were made from. */
export function toJson(report: BenchReport): string {
	const figures = report.suites.flatMap((suite) => suite.figures);
	return `${JSON.stringify(
		{
			...Object.fromEntries(figures.map(({ key, value }) => [key, value])),
			met: Object.fromEntries(figures.map((figure) => [figure.key, isMet(figure) ?? null])),
			...report,
		},
		null,
		'\t',
	)}\n`;
}

/** The figures as a table for a terminal. */
export function toTable(report: BenchReport): string {
	const rows = report.suites.flatMap(({ figures }) =>
		figures.map((figure) => [figure.key, short(figure.value), figure.required, verdict(figure)]),
	);
	const all = [['figure', 'value', 'required', ''], ...rows];
	const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => row[column].length)));
	return all.map((row) => row.map((cell, column) => cell.padEnd(widths[column])).join('  ').trimEnd()).join('\n');
}
