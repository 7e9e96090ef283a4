import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { interleave, medians } from '../measure/rounds';
import { installOwn, installPeers } from './packages';
import type { InstalledPackage } from './packages';
import type { Figure, Suite, SuiteContext } from './suite';

const run = promisify(execFile);

/** The package whose size and load time ours are held against. */
const MEASURE = '@mendable/n8n-nodes-firecrawl';

/** A load is short, so that one more round costs little and helps much. */
const ROUNDS_PER_ROUND = 3;

/** What loading a package's classes took in a fresh process. */
interface LoadMeasurement {
	/** Requiring and making all classes that the package registers. */
	ms: number;
	/** What they keep on V8's heap. */
	heapMB: number;
	/** How many operations its nodes offer. */
	operations: number;
	/** Size on the disk, and the bytes of the files. */
	unpackedKB: number;
	contentKB: number;
}

/** What it takes to have a package in n8n. */
export const load: Suite = {
	name: 'load',
	async run({ rounds, smoke, tell }: SuiteContext) {
		const own = installOwn();
		try {
			const packages = [own, ...(smoke ? [] : await installPeers(tell))];
			const samples = await interleave(
				smoke ? 1 : rounds * ROUNDS_PER_ROUND,
				Object.fromEntries(packages.map((each) => [each.name, async () => await measureLoad(each)])),
				() => undefined,
			);
			for (const { name } of packages) {
				const { ms, heapMB, unpackedKB } = medians(samples[name]);
				tell(`load ${name}: ${ms.toFixed(1)} ms, ${heapMB.toFixed(2)} MB, ${unpackedKB.toFixed(0)} kB`);
			}
			const ours = medians(samples[own.name]);
			const theirs = MEASURE in samples ? medians(samples[MEASURE]) : undefined;
			const figure = (key: 'ms' | 'heapMB' | 'unpackedKB', meaning: string): Figure => ({
				key: `load.${key}`,
				meaning,
				value: ours[key],
				limit: theirs?.[key],
				required: theirs ? `≤ ${theirs[key].toFixed(key === 'unpackedKB' ? 0 : 2)} (firecrawl, ${theirs.operations} operations)` : '≤ firecrawl',
			});
			return {
				name: 'load',
				job: 'Require and make all classes of a package, after n8n-workflow and zod, in a fresh process',
				figures: [
					figure('ms', `Time for this package's ${ours.operations} operations and two triggers, in ms`),
					figure('heapMB', 'What they keep on the heap, in MB'),
					figure('unpackedKB', 'Size of the package on disk, in kB, with its templates'),
				],
				variants: packages.map(({ name, version }) => ({ variant: `${name} ${version}`, medians: medians(samples[name]) })),
			};
		} finally {
			own.remove();
		}
	},
};

/** Loads a package in a process without anything else: Node.js itself takes the types out of the script. */
async function measureLoad({ folder, unpackedKB, contentKB }: InstalledPackage): Promise<LoadMeasurement> {
	const script = join(__dirname, '..', 'jobs', 'load.mts');
	const { stdout } = await run(process.execPath, ['--expose-gc', '--disable-warning=ExperimentalWarning', script, folder]);
	return { ...(JSON.parse(stdout) as Omit<LoadMeasurement, 'unpackedKB' | 'contentKB'>), unpackedKB, contentKB };
}
