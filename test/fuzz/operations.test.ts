import fc from 'fast-check';

import { runNode, TEST_KEY } from '../engine/support/engine';
import type { NodeResult, NodeRun } from '../engine/support/engine';
import { realSetTimeout, speedUpTime } from '../engine/support/timeLapse';
import { OPERATIONS, samplesOf } from './support/corpus';
import type { Sample } from './support/corpus';
import { mutation } from './support/mutations';
import { ReplayServer } from './support/replay';
import type { Replayed } from './support/replay';
import { CASE_LIMIT_MS, CASES, eachAtOnce, SEED, TIME_FACTOR } from './support/settings';
import { flawsOf } from './support/verdict';

// Every operation gets the sandbox's real answers with something wrong in one of them. Whatever that is, the node has to
// put out clean items or end with an error of n8n's that a person understands.

const server = new ReplayServer();
let endTimeLapse: () => void;
beforeAll(() => {
	endTimeLapse = speedUpTime(TIME_FACTOR);
});
afterAll(() => endTimeLapse());

/** Ways in which a user may have set the node up. */
const setting = fc.record({
	type: fc.constantFrom('atelier', 'atelier', 'atelier', 'atelierTool'),
	onError: fc.constantFrom(undefined, undefined, 'continueRegularOutput' as const, 'continueErrorOutput' as const),
	simplify: fc.boolean(),
	rawResponse: fc.boolean(),
	items: fc.integer({ min: 1, max: 2 }),
});
type Setting = typeof setting extends fc.Arbitrary<infer T> ? T : never;

const PLAIN: Setting = { type: 'atelier', onError: undefined, simplify: true, rawResponse: false, items: 1 };

async function runOperation(operation: string, sample: Sample, replayed: Replayed, use: Setting): Promise<NodeResult> {
	const [resource, value] = operation.split('.');
	const { parameters, items = [{}] } = ReplayServer.localize(sample, replayed);
	return await runNode({
		type: use.type,
		parameters: {
			simplify: use.simplify,
			...parameters,
			resource,
			operation: value,
			allowAsTool: true,
			options: {
				...(parameters.options as object),
				...(operation === 'agent.register' && { baseUrl: replayed.apiUrl }),
				waitWhenRateLimited: 5,
				rawResponse: use.rawResponse,
			},
		} as NodeRun['parameters'],
		items: Array.from({ length: use.items }, () => items).flat(),
		credential: { baseUrl: replayed.apiUrl, largeUploadUrl: `${replayed.apiUrl}/blob/` },
		binaryMode: 'memory',
		...(use.onError && { onError: use.onError }),
	});
}

/** The result, or why there is none. */
async function inTime(running: Promise<NodeResult>): Promise<NodeResult | Error> {
	let timer: NodeJS.Timeout | undefined;
	const limit = new Promise<Error>((done) => {
		timer = realSetTimeout(() => done(new Error(`still running after ${CASE_LIMIT_MS / 1000} s`)), CASE_LIMIT_MS);
	});
	try {
		return await Promise.race([running.catch((error: Error) => error), limit]);
	} finally {
		clearTimeout(timer);
	}
}

test.each(OPERATIONS)('%s works with the answers as they were', async (operation) => {
	for (const sample of samplesOf(operation)) {
		const replayed = server.replay(sample.exchanges);
		const { error } = await runOperation(operation, sample, replayed, PLAIN);
		expect(error).toBeUndefined();
		expect(replayed.calls.length).toBeGreaterThan(0);
	}
	expect(server.trespasses).toEqual([]);
});

const totals = { values: 0, errors: 0 };

test.each(OPERATIONS.map((operation, index) => [operation, index] as const))(
	'%s ends cleanly, whatever is wrong with an answer',
	async (operation, index) => {
		const samples = samplesOf(operation);
		const plan = fc.record({ sample: fc.nat(), target: fc.nat(), mutation, use: setting });
		const plans = fc.sample(plan, { numRuns: Math.ceil(CASES / OPERATIONS.length), seed: SEED * 1000 + index });
		const failures: object[] = [];
		await eachAtOnce(plans, async (one) => {
			const sample = samples[one.sample % samples.length];
			const key = operation === 'agent.register' ? 'nobody' : TEST_KEY;
			const replayed = server.replay(sample.exchanges, one.mutation, one.target % sample.exchanges.length, key);
			const result = await inTime(runOperation(operation, sample, replayed, one.use));
			const flaws =
				result instanceof Error ? [result.message] : flawsOf([...result.full, ...result.fullErrors], result.error);
			if (replayed.calls.length > 300) flaws.push(`${replayed.calls.length} requests`);
			if (result instanceof Error || result.error) totals.errors++;
			else totals.values++;
			if (flaws.length > 0) failures.push({ flaws: [...new Set(flaws)].slice(0, 3), plan: JSON.stringify(one).slice(0, 600) });
		});
		expect({ count: failures.length, first: failures.slice(0, 5) }).toEqual({ count: 0, first: [] });
		expect(server.trespasses).toEqual([]);
	},
	600_000,
);

test('the cases were both of those that the node can make sense of and of those that it cannot', () => {
	process.stdout.write(`fuzz: ${totals.values} cases ended with values, ${totals.errors} with errors\n`);
	expect(Math.min(totals.values, totals.errors)).toBeGreaterThan((totals.values + totals.errors) / 10);
});
