import { PollContext } from 'n8n-core';
import { Workflow } from 'n8n-workflow';
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import fc from 'fast-check';

import { createAdditionalData, createNode, TEST_KEY } from '../engine/support/engine';
import { builtPackage, nodeTypesWith, PACKAGE_NAME } from '../engine/support/nodeTypes';
import { speedUpTime } from '../engine/support/timeLapse';
import { samplesOf } from './support/corpus';
import type { Exchange } from './support/corpus';
import { CASES, explore, TIME_FACTOR } from './support/explore';
import { ReplayServer } from './support/replay';
import type { Replayed } from './support/replay';
import { flawsOf } from './support/verdict';

// The polling trigger with wrong lists of orders, and with whatever n8n may have kept of an earlier life.

const server = new ReplayServer();
let endTimeLapse: () => void;
beforeAll(() => {
	endTimeLapse = speedUpTime(TIME_FACTOR);
});
afterAll(() => endTimeLapse());

const EVENTS = ['order.created', 'order.paid', 'order.in_progress', 'order.revision_requested', 'order.disputed', 'order.stalled', 'order.delivered', 'order.completed'];

/** The recorded list, and it with the order in each status that starts a workflow. */
const samples = samplesOf('order.getAll').flatMap(({ exchanges }) => [exchanges, exchanges.map(inAllStatuses)]);

function inAllStatuses(exchange: Exchange): Exchange {
	const { data, ...envelope } = exchange.body as { data: unknown };
	if (!Array.isArray(data)) return exchange;
	const orders = ['pending_quote', 'paid', 'in_progress', 'revision_requested', 'disputed', 'delivered'].map((status) => ({
		...(data[0] as object),
		id: `ord_${status}`,
		status,
	}));
	return { ...exchange, body: { ...envelope, data: [...(data as object[]), ...orders] } };
}

const setting = fc.record({
	mode: fc.constantFrom('trigger' as const, 'manual' as const),
	kept: fc.oneof(fc.constant(undefined), fc.anything(), fc.jsonValue(), fc.record({ version: fc.constant(2), entries: fc.jsonValue(), watched: fc.constant(EVENTS) })),
	filters: fc.constantFrom({}, { briefContains: 'a' }, { minimumPriceUsd: 1 }),
});

/** One poll of a trigger of its own. */
async function poll({ apiUrl: baseUrl }: Replayed, { mode, kept, filters }: { mode: 'trigger' | 'manual'; kept: unknown; filters: IDataObject }) {
	const node = createNode('Trigger', `${PACKAGE_NAME}.atelierTrigger`, {
		parameters: { events: EVENTS, filters } as never,
		credentials: { atelierApi: { id: '1', name: 'Atelier' } },
	});
	const workflow = new Workflow({ id: baseUrl, nodes: [node], connections: {}, active: true, nodeTypes: nodeTypesWith([]) });
	const data = workflow.getStaticData('node', node);
	data.ledger = kept as IDataObject;
	const additionalData = createAdditionalData({ atelierApi: { apiKey: TEST_KEY, baseUrl } }, mode);
	const context = new PollContext(workflow, node, additionalData, mode, 'activate');
	const items = (await builtPackage.node('atelierTrigger').poll!.call(context))?.[0] ?? [];
	return { items, ledger: data.ledger };
}

test('hands out the orders of the answers as they were', async () => {
	for (const mode of ['trigger', 'manual'] as const) {
		const { items } = await poll(server.replay(samples[1]), { mode, kept: { version: 2, entries: [], watched: EVENTS }, filters: {} });
		expect(items.length).toBe(mode === 'manual' ? 1 : 6);
	}
});

test(
	'ends cleanly, whatever is wrong with a list of orders or with what was kept',
	async () => {
		await explore(server, {
			samples,
			cases: Math.ceil(CASES / 10),
			number: 200,
			setting,
			run: async (replayed, _sample, use) =>
				await poll(replayed, use).then(
					({ items, ledger }) => [...flawsOf(items.map(asPaired), undefined), ...(use.mode === 'trigger' ? flawsOfLedger(ledger) : [])],
					(error: unknown) => flawsOf([], error),
				),
		});
	},
	600_000,
);

/** Items of a trigger come from no other item. */
function asPaired(item: INodeExecutionData): INodeExecutionData {
	return { ...item, pairedItem: { item: 0 } };
}

/** What was kept has to be what the next poll can read. */
function flawsOfLedger(ledger: unknown): string[] {
	const text = JSON.stringify(ledger) ?? '';
	return text.length > 100_000 ? [`${text.length} characters are kept`] : [];
}
