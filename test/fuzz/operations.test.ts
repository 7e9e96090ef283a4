import fc from 'fast-check';

import { runNode, TEST_KEY } from '../engine/support/engine';
import type { NodeResult, NodeRun } from '../engine/support/engine';
import { speedUpTime } from '../engine/support/timeLapse';
import { OPERATIONS, samplesOf } from './support/corpus';
import type { Sample } from './support/corpus';
import { CASES, explore, TIME_FACTOR } from './support/explore';
import { ReplayServer } from './support/replay';
import type { Replayed } from './support/replay';
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

test.each(OPERATIONS)('%s works with the answers as they were', async (operation) => {
	for (const sample of samplesOf(operation)) {
		const replayed = server.replay(sample.exchanges);
		const { error } = await runOperation(operation, sample, replayed, PLAIN);
		expect(error).toBeUndefined();
		expect(replayed.calls.length).toBeGreaterThan(0);
	}
	expect(server.trespasses).toEqual([]);
});

const ended = { values: 0, errors: 0 };

test.each(OPERATIONS.map((operation, number) => [operation, number] as const))(
	'%s ends cleanly, whatever is wrong with an answer',
	async (operation, number) => {
		const samples = samplesOf(operation);
		await explore(server, {
			samples: samples.map(({ exchanges }) => exchanges),
			cases: Math.ceil(CASES / OPERATIONS.length),
			number,
			setting,
			// Registering sends no key, so that none can come back.
			key: operation === 'agent.register' ? 'nobody' : TEST_KEY,
			run: async (replayed, sample, use) => {
				const { full, fullErrors, error } = await runOperation(operation, samples[sample], replayed, use);
				ended[error ? 'errors' : 'values']++;
				return flawsOf([...full, ...fullErrors], error);
			},
		});
	},
	600_000,
);

test('the node could make sense of some of the cases, and of some not', () => {
	const all = ended.values + ended.errors;
	process.stdout.write(`fuzz: of ${all} cases ${ended.values} ended with values, ${ended.errors} with errors\n`);
	expect(all).toBeGreaterThanOrEqual(CASES);
	expect(Math.min(ended.values, ended.errors)).toBeGreaterThan(all / 10);
});
