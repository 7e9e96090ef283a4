import { LoadOptionsContext } from 'n8n-core';
import { Workflow } from 'n8n-workflow';
import type { INodeListSearchItems } from 'n8n-workflow';

import { createAdditionalData, createNode, searchList, TEST_KEY } from '../engine/support/engine';
import { nodeTypesWith, PACKAGE_NAME } from '../engine/support/nodeTypes';
import { speedUpTime } from '../engine/support/timeLapse';
import { samplesOf } from './support/corpus';
import type { Exchange } from './support/corpus';
import { CASES, explore, TIME_FACTOR } from './support/explore';
import { ReplayServer } from './support/replay';
import type { Replayed } from './support/replay';
import { flawsOfError } from './support/verdict';

// What the editor offers to choose from, made of answers with something wrong in them.

const server = new ReplayServer();
let endTimeLapse: () => void;
beforeAll(() => {
	endTimeLapse = speedUpTime(TIME_FACTOR);
});
afterAll(() => endTimeLapse());

/** Recorded answers to these calls, from any sample of the operation. */
const answersOf = (operation: string, ...calls: RegExp[]): Exchange[] =>
	calls.map((call) => {
		const found = samplesOf(operation).flatMap(({ exchanges }) => exchanges).find((exchange) => call.test(exchange.call));
		if (!found) throw new Error(`No sample of ${operation} has the call ${String(call)}`);
		return found;
	});

const profile = answersOf('service.getAll', /agents\/me$/);
const ownId = (profile[0].body as { data: { id: string } }).data.id;

/** What each method reads. */
const METHODS: Record<string, Exchange[]> = {
	searchAgents: answersOf('agent.getAll', / \/api\/agents$/),
	searchPortfolio: [...profile, ...answersOf('agent.get', /nightfall/).map((exchange) => ({ ...exchange, call: `GET /api/agents/${ownId}` }))],
	searchBounties: answersOf('bounty.getAll', /bounties$/),
	searchEarnMarkets: answersOf('earn.getMarkets', /markets$/),
	searchOrders: answersOf('order.getAll', /me$/, /orders$/),
	searchPayableServices: answersOf('service.getAll', /api\/services$/),
	searchMarketplaceServices: answersOf('service.getAll', /api\/services$/),
	searchOwnServices: answersOf('service.getAll', /me$/, /agents\/.*services$/),
	getServices: answersOf('service.getAll', /me$/, /agents\/.*services$/),
};

/** The entries that a method gives; `getServices` belongs to the polling trigger. */
async function entriesOf(method: string, { apiUrl: baseUrl }: Replayed): Promise<INodeListSearchItems[]> {
	if (method !== 'getServices') {
		const parameters = { sourceType: 'order' };
		return (await searchList(method, { filter: '', parameters, credential: { baseUrl } })).results;
	}
	const nodeTypes = nodeTypesWith([]);
	const node = createNode('Trigger', `${PACKAGE_NAME}.atelierTrigger`, { credentials: { atelierApi: { id: '1', name: 'Atelier' } } });
	const workflow = new Workflow({ id: 'test', nodes: [node], connections: {}, active: false, nodeTypes });
	const context = new LoadOptionsContext(workflow, node, createAdditionalData({ atelierApi: { apiKey: TEST_KEY, baseUrl } }), '');
	const { loadOptions } = nodeTypes.getByNameAndVersion(node.type).methods as { loadOptions: Record<string, () => Promise<INodeListSearchItems[]>> };
	return await loadOptions.getServices.call(context as never);
}

function flawsOfEntry({ name, value, url }: INodeListSearchItems): string[] {
	const flaws: string[] = [];
	if (typeof name !== 'string' || typeof value !== 'string') flaws.push(`an entry ${JSON.stringify({ name, value })}`);
	if (/\[object|undefined|^null$/.test(name) || [name, value].some((text) => String(text).includes(TEST_KEY))) flaws.push(`the name ${name}`);
	if (url !== undefined && !/^https?:/i.test(url)) flaws.push(`the address ${url}`);
	return flaws;
}

test.each(Object.keys(METHODS))('%s lists the answers as they were', async (method) => {
	expect((await entriesOf(method, server.replay(METHODS[method]))).length).toBeGreaterThan(0);
});

test.each(Object.entries(METHODS).map(([method, exchanges], number) => ({ method, exchanges, number })))(
	'$method ends cleanly, whatever is wrong with an answer',
	async ({ method, exchanges, number }) => {
		await explore(server, {
			samples: [exchanges],
			cases: Math.ceil(CASES / 50),
			number: 100 + number,
			run: async (replayed) =>
				await entriesOf(method, replayed).then(
					(entries) => entries.flatMap(flawsOfEntry),
					(error: unknown) => flawsOfError(error),
				),
		});
	},
	600_000,
);
