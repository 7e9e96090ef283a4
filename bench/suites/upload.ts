import { basename, join } from 'node:path';

import type { UploadOptions } from '../jobs/upload50';
import type { Measurement } from '../measure/job';
import { interleave, median, medians, ratio } from '../measure/rounds';
import { runJob } from '../measure/runJob';
import { configureServer, readRecord } from '../server/control';
import { FileFolder } from './files';
import type { Suite, SuiteContext } from './suite';

const MB = 1024 * 1024;
const VARIANTS = { Atelier: 'uploadAtelier.ts', 'HTTP Request': 'uploadHttpRequest.ts', 'raw PUT': 'uploadRawPut.ts' };

/** One big file from n8n's filesystem binary mode to the platform's storage. */
export const upload: Suite = {
	name: 'upload50',
	async run({ server: { apiUrl }, rounds, smoke, tell }: SuiteContext) {
		const folder = new FileFolder();
		try {
			const [file, warmUpFile] = [join(folder.path, 'film.mp4'), join(folder.path, 'trailer.mp4')];
			const checksum = folder.write(basename(file), smoke ? MB : 50 * MB);
			folder.write(basename(warmUpFile), smoke ? MB / 2 : 8 * MB);
			const variant = (job: string) => async () => {
				await configureServer(apiUrl, { latencyMs: 0 });
				const options: UploadOptions = { apiUrl, file, warmUpFile };
				const measured = await runJob<Measurement>(join(__dirname, '..', 'jobs', job), options);
				const received = Object.values((await readRecord(apiUrl)).delivered).flat();
				if (!received.includes(checksum)) throw new Error(`${job} did not upload the file as it is.`);
				return measured;
			};
			const samples = await interleave(
				rounds,
				{
					Atelier: variant(VARIANTS.Atelier),
					'HTTP Request': variant(VARIANTS['HTTP Request']),
					'raw PUT': variant(VARIANTS['raw PUT']),
				},
				(name, round, { wallMs, extraPeakMB }) =>
					tell(`upload50 ${round + 1}/${rounds} ${name}: ${wallMs.toFixed(0)} ms, ${extraPeakMB.toFixed(1)} MB more`),
			);
			const peak = (results: Measurement[]) => median(results.map(({ extraPeakMB }) => extraPeakMB));
			const httpRequestPeak = peak(samples['HTTP Request']);
			return {
				name: 'upload50',
				job: `Upload one file of ${smoke ? 1 : 50} MB, kept by n8n in its folder for binary data`,
				figures: [
					{
						key: 'upload50.extraPeakMB',
						meaning: 'Most resident memory above that before, in MB',
						value: peak(samples.Atelier),
						limit: Math.min(40, httpRequestPeak),
						required: `≤ 40 and below HTTP Request (${httpRequestPeak.toFixed(1)})`,
					},
					{
						key: 'upload50.wallVsRawPut',
						meaning: 'Time against one raw streamed PUT of the same file',
						value: ratio(samples.Atelier, samples['raw PUT'], ({ wallMs }) => wallMs),
						limit: 1.1,
						required: '≤ 1.10',
					},
				],
				variants: Object.entries(samples).map(([name, results]) => ({ variant: name, medians: medians(results) })),
			};
		} finally {
			folder.remove();
		}
	},
};
