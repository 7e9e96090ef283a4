import { init } from 'echarts';

import type { BenchReport } from './report';

const COLORS = ['#7c3aed', '#f97316', '#94a3b8', '#cbd5e1', '#64748b'];
const WIDTH = 960;
const PANEL = 300;

/** What is drawn: one panel a measure, one bar a variant, each in a color of its own unless all are ours. */
const PANELS = [
	{ suite: 'orders', measure: 'wallMs', title: 'Orders: time (ms)' },
	{ suite: 'orders', measure: 'cpuMs', title: 'Orders: processor time (ms)' },
	{ suite: 'orders', measure: 'extraPeakMB', title: 'Orders: extra memory (MB)' },
	{ suite: 'upload50', measure: 'extraPeakMB', title: '50 MB upload: extra memory (MB)' },
	{ suite: 'poll10k', measure: 'pollMs', title: 'Poll: time (ms)', areOurs: true },
	{ suite: 'load', measure: 'ms', title: 'Load: time (ms)' },
];

/** Bars of what each variant took, as SVG. */
export function toPlot(report: BenchReport): string {
	const panels = PANELS.flatMap(({ suite, measure, title, areOurs = false }) => {
		const variants = report.suites.find(({ name }) => name === suite)?.variants.filter(({ medians }) => measure in medians) ?? [];
		return variants.length > 0 ? [{ title, areOurs, names: variants.map(({ variant }) => nameOf(variant)), values: variants.map(({ medians }) => medians[measure]) }] : [];
	});
	const left = (index: number) => (index % 2) * (WIDTH / 2);
	const top = (index: number) => Math.floor(index / 2) * PANEL;
	const height = Math.ceil(panels.length / 2) * PANEL;
	const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height });
	chart.setOption({
		animation: false,
		backgroundColor: '#ffffff',
		textStyle: { fontFamily: 'sans-serif' },
		title: panels.map(({ title }, index) => ({ text: title, left: left(index) + 16, top: top(index) + 12, textStyle: { fontSize: 14 } })),
		grid: panels.map((_, index) => ({ left: left(index) + 170, top: top(index) + 44, width: WIDTH / 2 - 240, height: PANEL - 70 })),
		xAxis: panels.map((_, gridIndex) => ({ gridIndex, type: 'value', show: false, max: 'dataMax' })),
		yAxis: panels.map(({ names }, gridIndex) => ({
			gridIndex,
			type: 'category',
			inverse: true,
			data: names,
			axisTick: { show: false },
			axisLabel: { width: 150, overflow: 'break', fontSize: 11, interval: 0 },
		})),
		series: panels.map(({ values, areOurs }, index) => ({
			type: 'bar',
			xAxisIndex: index,
			yAxisIndex: index,
			barMaxWidth: 26,
			data: values.map((value, variant) => ({ value, itemStyle: { color: COLORS[areOurs ? 0 : variant % COLORS.length] } })),
			label: { show: true, position: 'right', fontSize: 11, formatter: ({ value }: { value: unknown }) => Number(value).toFixed(Number(value) < 10 ? 1 : 0) },
		})),
	});
	const svg = chart.renderToSVGString();
	chart.dispose();
	return svg;
}

function nameOf(variant: string): string {
	return variant.replace(/^@[^/]+\//, '').replace(/^n8n-nodes-/, '');
}
