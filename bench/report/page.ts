import { isMet, short, verdict } from './report';
import type { BenchReport } from './report';

/** Names and units of what is measured. */
const MEASURES: Record<string, string> = {
	wallMs: 'time, ms',
	cpuMs: 'processor time, ms',
	extraPeakMB: 'extra memory, MB',
	baselineMB: 'memory before, MB',
	limitedCallsPerOrder: 'limited calls an order',
	pollMs: 'poll, ms',
	afterReceiptMs: 'poll from the last byte on, ms',
	floorMs: 'bare client and JSON.parse, ms',
	parseMs: 'JSON.parse, ms',
	pollCpuMs: 'poll, processor ms',
	parseCpuMs: 'JSON.parse, processor ms',
	bodyBytes: 'list, bytes',
	stateBytesPerOpenOrder: 'state, bytes an order',
	ms: 'load, ms',
	heapMB: 'heap, MB',
	operations: 'operations',
	unpackedKB: 'on disk, kB',
	contentKB: 'content, kB',
};

/** The part of bench/README.md between its marks, remade by each full run. */
export function toPage(report: BenchReport, plotFile: string): string {
	const { machine, versions, rounds, suites } = report;
	const figures = suites.flatMap((suite) => suite.figures);
	const met = figures.filter((figure) => isMet(figure)).length;
	const lines = [
		`Measured ${report.date.slice(0, 16).replace('T', ' ')} UTC on ${machine.processor}, ${machine.cores} cores, ${machine.memoryGB} GB, ` +
			`${machine.platform}; ${Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(', ')}. Medians of ${rounds} rounds.`,
		'',
		`${met} of ${figures.length} requirements are met.`,
		'',
		'| Figure | What it is | Value | Required | |',
		'| --- | --- | ---: | --- | --- |',
		...figures.map((figure) => `| \`${figure.key}\` | ${figure.meaning} | ${short(figure.value)} | ${figure.required} | ${verdict(figure)} |`),
		'',
		`![What each variant took](${plotFile})`,
		'',
		...suites.flatMap(({ job, variants }) => {
			const measures = Object.keys(variants[0].medians).filter((measure) => measure in MEASURES);
			return [
				`**${job}**`,
				'',
				`| Variant | ${measures.map((measure) => MEASURES[measure]).join(' | ')} |`,
				`| --- | ${measures.map(() => '---:').join(' | ')} |`,
				...variants.map(
					({ variant, medians }) =>
						`| ${variant} | ${measures.map((measure) => (measure in medians ? short(medians[measure]) : '–')).join(' | ')} |`,
				),
				'',
			];
		}),
	];
	return lines.join('\n');
}
