import { join } from 'node:path';

import type { PollOptions, PollResult } from '../jobs/poll';
import { interleave, median, medians } from '../measure/rounds';
import { runJob } from '../measure/runJob';
import type { Suite, SuiteContext } from './suite';

const FRESH = 5;

/** Polls of the trigger over lists of different lengths. */
export const poll: Suite = {
	name: 'poll10k',
	async run({ server: { apiUrl }, rounds, smoke, tell }: SuiteContext) {
		const lengths = smoke ? [20, 60] : [1_000, 3_000, 10_000, 30_000];
		const main = smoke ? 60 : 10_000;
		const run = (orders: number) => async () => {
			const options: PollOptions = { apiUrl, orders, fresh: FRESH, polls: smoke ? 1 : 5 };
			const { pollMs, afterReceiptMs, parseMs, floorMs, pollCpuMs, parseCpuMs, bodyBytes, stateBytesPerOpenOrder } = await runJob<PollResult>(
				join(__dirname, '..', 'jobs', 'poll.ts'),
				options,
			);
			return { pollMs, afterReceiptMs, parseMs, floorMs, pollCpuMs, parseCpuMs, bodyBytes, stateBytesPerOpenOrder };
		};
		const samples = await interleave(
			rounds,
			Object.fromEntries(lengths.map((length) => [String(length), run(length)])),
			(name, round, { pollMs, parseMs }) =>
				tell(`poll ${round + 1}/${rounds} ${name} orders: ${pollMs.toFixed(1)} ms, JSON.parse ${parseMs.toFixed(1)} ms`),
		);
		const ofMain = samples[String(main)];
		const againstParse = (of: 'pollMs' | 'afterReceiptMs' | 'floorMs') => median(ofMain.map((sample) => sample[of] / sample.parseMs));
		const times = lengths.map((length) => median(samples[String(length)].map(({ pollMs }) => pollMs)));
		return {
			name: 'poll10k',
			job: `One poll of the trigger over a list of orders that it knows, but for ${FRESH} new ones`,
			figures: [
				{
					key: 'poll10k.vsParse',
					meaning:
						`Time of a poll over ${main.toLocaleString('en')} orders, with the transfer of the list, against JSON.parse of the list. ` +
						`From the last byte on it is ${againstParse('afterReceiptMs').toFixed(2)}; to receive and parse the list with ` +
						`Node.js's own client and nothing else takes ${againstParse('floorMs').toFixed(2)}`,
					value: againstParse('pollMs'),
					limit: 1.5,
					required: '≤ 1.5',
				},
				{
					key: 'poll10k.stateBytesPerOpenOrder',
					meaning: 'What the trigger keeps in n8n for each open order, in bytes',
					value: median(ofMain.map(({ stateBytesPerOpenOrder }) => stateBytesPerOpenOrder)),
					limit: 120,
					required: '≤ 120',
				},
				{
					key: 'growth.exponent',
					meaning: `Exponent by which the time of a poll grows over ${lengths.map((length) => length.toLocaleString('en')).join(', ')} orders`,
					value: slope(lengths.map(Math.log), times.map(Math.log)),
					limit: 1.05,
					required: '≤ 1.05',
				},
			],
			variants: lengths.map((length) => ({
				variant: `${length.toLocaleString('en')} orders`,
				medians: medians(samples[String(length)]),
			})),
		};
	},
};

/** The slope of the straight line that fits points best (least squares). */
function slope(x: number[], y: number[]): number {
	const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
	const [meanX, meanY] = [mean(x), mean(y)];
	const sum = (term: (index: number) => number) => x.reduce((total, _, index) => total + term(index), 0);
	return sum((index) => (x[index] - meanX) * (y[index] - meanY)) / sum((index) => (x[index] - meanX) ** 2);
}
