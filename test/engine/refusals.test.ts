import type { INodeParameters } from 'n8n-workflow';

import { resources } from '../../nodes/Atelier/operations';
import { byId, runNode, TEST_BASE_URL } from './support/engine';
import type { NodeFailure, NodeResult } from './support/engine';
import { itIsGuarded } from './support/guards';
import { mockAtelier } from './support/mockAtelier';

// What every operation does when the call that it is about is refused. What an operation explains in its own way is tested
// beside its request, in ./operations.

/** An operation with the least that it needs to run. */
interface Refusable {
	/** The call that is refused. */
	call: string;
	parameters?: INodeParameters;
	/** Calls that are answered before it, with their data. */
	before?: Record<string, object>;
}

const OWN_AGENT = { 'GET /agents/me': { id: 'ext_1' } };
const OPEN_BOUNTY = { 'GET /bounties/bty_1': { id: 'bty_1', status: 'open' } };

/** Of the agent behind the key. */
const own = (call: string, parameters: INodeParameters = {}): Refusable => ({ call, parameters, before: OWN_AGENT });
const of = (call: string, parameters: INodeParameters = {}): Refusable => ({ call, parameters });

const agentId = byId('ext_2');
const bountyId = byId('bty_1');
const orderId = byId('ord_1');
const boughtOrderId = byId('ord_1');
const serviceId = byId('svc_1');
const confirmed = true;
const market = { __rl: true as const, mode: 'key', value: 'solend:usdc' };
const description = 'One picture of your product on a clean background';

const OPERATIONS: Record<string, Refusable> = {
	'agent.createIdentity': own('POST /agents/ext_1/said', { confirmed }),
	'agent.get': of('GET /agents/ext_2', { agentId }),
	'agent.getAll': of('GET /agents'),
	'agent.getIdentity': of('GET /said/card/ext_2', { agentOrOwnId: agentId }),
	'agent.getProfile': of('GET /agents/me'),
	'agent.register': of('POST /agents/register', { name: 'Nightfall', description, options: { baseUrl: TEST_BASE_URL } }),
	'agent.setAvailability': of('PATCH /agents/ext_1/active', { availability: 'available', ownAgentId: 'ext_1' }),
	'agent.update': of('PATCH /agents/me', { updateFields: { name: 'Nightfall' } }),
	'agent.updatePortfolio': own('PATCH /agents/ext_1/portfolio', { sourceId: byId('ord_1') }),
	'bounty.claim': of('POST /bounties/bty_1/claim', { bountyId }),
	'bounty.get': of('GET /bounties/bty_1', { bountyId }),
	'bounty.getAll': of('GET /bounties'),
	'bounty.getStats': of('GET /bounties/stats'),
	'bounty.withdrawClaim': { ...of('DELETE /bounties/bty_1/claim', { bountyId, confirmed }), before: OPEN_BOUNTY },
	'earn.deposit': of('POST /earn/parquet/deposit', { market, amount: '10', incomingTransaction: '5xYz', confirmed }),
	'earn.getMarkets': of('GET /earn/parquet/markets'),
	'earn.getPools': of('GET /earn/parquet/pools'),
	'earn.getPositions': of('GET /earn/parquet/positions'),
	'earn.withdraw': of('POST /earn/parquet/withdraw', { market, withdrawAll: true, confirmed }),
	'file.upload': of('POST /upload'),
	'market.getLeaderboard': of('GET /leaderboard/agents'),
	'market.getMetrics': of('GET /metrics'),
	'market.getModels': of('GET /models'),
	'market.getPayableServices': of('GET /x402/services'),
	'market.getPaymentRequirements': of('GET /x402/discover', { serviceId }),
	'market.getPlatformStats': of('GET /platform-stats'),
	'market.getTokenPrices': of('POST /market', { mints: '7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU' }),
	'market.getTrendingServices': of('GET /x402/trending'),
	'message.getAll': of('GET /orders/ord_1/messages', { orderId }),
	'message.send': of('POST /orders/ord_1/messages', { orderId, content: 'It is ready' }),
	'order.approve': of('PATCH /orders/ord_1', { boughtOrderId, confirmed }),
	'order.cancel': of('PATCH /orders/ord_1', { boughtOrderId, confirmed }),
	'order.checkBrief': of('POST /orders/check-brief', { serviceId, brief: 'A cover with a lighthouse' }),
	'order.deliver': {
		...of('POST /orders/ord_1/deliver', { orderId, source: 'url', urls: 'https://example.com/cover.png' }),
		before: { 'GET /orders/ord_1': { order: { id: 'ord_1', status: 'paid' } } },
	},
	'order.dispute': of('PATCH /orders/ord_1', { boughtOrderId, confirmed }),
	'order.get': of('GET /orders/ord_1', { orderId }),
	'order.getAll': own('GET /agents/ext_1/orders'),
	'order.getFiles': of('GET /orders/ord_1', { orderId }),
	'order.quote': of('POST /orders/ord_1/quote', { orderId, price: '45' }),
	'order.requestPayoutRetry': of('POST /orders/ord_1/request-payout-retry', { orderId }),
	'order.requestRevision': of('PATCH /orders/ord_1', { boughtOrderId, feedback: 'Darker' }),
	'service.create': own('POST /agents/ext_1/services', { title: 'Product picture', description, price: '12' }),
	'service.deactivate': of('DELETE /services/svc_1', { serviceId, confirmed }),
	'service.get': of('GET /services/svc_1', { serviceId }),
	'service.getAll': own('GET /agents/ext_1/services'),
	'service.getBySlug': of('GET /services/by-slug/studio/cover', { servicePath: { __rl: true, mode: 'slug', value: 'studio/cover' } }),
	'service.improve': own('POST /agents/ext_1/services/improve', { title: 'Product picture', description }),
	'service.update': of('PATCH /services/svc_1', { serviceId, updateFields: { title: 'Product picture' } }),
	'token.claimFees': own('POST /agents/ext_1/token/claim', { confirmed }),
	'token.get': of('GET /agents/ext_2/token', { agentOrOwnId: agentId }),
	'token.getClaimableFees': own('GET /agents/ext_1/token/claim'),
	'token.launch': own('POST /agents/ext_1/token/launch', { symbol: 'NIGHT', confirmed }),
	'wallet.getBalances': of('GET /agents/me'),
	'wallet.getFunding': own('GET /agents/ext_1/funding'),
	'wallet.withdraw': of('POST /agents/me/withdraw', { withdrawAll: true, confirmed }),
};

const atelier = mockAtelier();

/** Runs an operation up to the call that is refused; the answer to that one is for the test to give before. */
async function run(name: string, settings: { onError?: 'continueErrorOutput' } = {}): Promise<NodeResult> {
	const { parameters = {}, before = {} } = OPERATIONS[name];
	const [resource, operation] = name.split('.');
	for (const [call, data] of Object.entries(before)) atelier.answers(call, data);
	const { options, ...others } = parameters;
	return await runNode({
		parameters: { resource, operation, ...others, options: { ...(options as object), waitWhenRateLimited: 0 } },
		items: [{ files: { data: { content: 'a picture', fileName: 'cover.png', mimeType: 'image/png' } } }],
		...(name === 'agent.register' && { credential: null }),
		...settings,
	});
}

function expectRequests(name: string): void {
	const { call, before = {} } = OPERATIONS[name];
	expect(atelier.requests().map((request) => request.call)).toEqual([...Object.keys(before), call]);
}

const expectWhole = (error: NodeFailure | undefined, message: string | RegExp, httpCode: string) => {
	expect(error?.message).toMatch(message);
	expect(error?.message).toMatch(/ \[item 0\]$/);
	expect(error?.httpCode).toBe(httpCode);
	expect(error?.description).toMatch(/\S{2,}.*\.$/s);
};

it('every operation is here', () => {
	const names = resources.flatMap(({ value, operations }) => operations.map((operation) => `${value}.${operation.value}`));
	expect(Object.keys(OPERATIONS).sort()).toEqual(names.sort());
});

it.each(Object.entries(OPERATIONS))('the call of %s is one of its endpoints', (name, { call }) => {
	const [resource, value] = name.split('.');
	const { endpoints } = resources.find((each) => each.value === resource)!.operations.find((each) => each.value === value)!;
	const patterns = endpoints.map((endpoint) => new RegExp(`^${endpoint.call.replace(/\{\w+\}/g, '[^/]+')}$`));
	expect(patterns.some((pattern) => pattern.test(call))).toBe(true);
});

describe.each(Object.keys(OPERATIONS))('%s', (name) => {
	const { call } = OPERATIONS[name];

	it("passes on the server's words", async () => {
		atelier.refuses(call, 403, 'This is not for you');
		const { error } = await run(name);
		expectRequests(name);
		expectWhole(error, /^Atelier answered 403: This is not for you/, '403');
	});

	it('says when it may go on after a rate limit, as a number for a Wait node', async () => {
		atelier.refuses(call, 429, 'Too many requests. Please try again later.', { 'retry-after': '1800' });
		const { items, errorItems, error } = await run(name, { onError: 'continueErrorOutput' });
		expectRequests(name);
		expect({ items, error }).toEqual({ items: [], error: undefined });
		expect(errorItems).toEqual([
			{
				error: expect.stringContaining('Too many requests. Please try again later.'),
				advice: expect.any(String),
				httpCode: '429',
				retryAfterSeconds: 1800,
			},
		]);
	});

	it('says so when a page comes in place of an answer', async () => {
		atelier.replies(call, { status: 404, body: '<!DOCTYPE html><title>Not found</title>' });
		const { error } = await run(name);
		expectRequests(name);
		expectWhole(error, /^Atelier answered 404 without JSON/, '404');
	});
});

/** What moves money or cannot be undone; the one that is guarded for some values only is given one of those. */
const GUARDED: Record<string, INodeParameters> = {
	'agent.createIdentity': {},
	'agent.setAvailability': { availability: 'unavailable' },
	'bounty.withdrawClaim': {},
	'earn.deposit': {},
	'earn.withdraw': {},
	'order.approve': {},
	'order.cancel': {},
	'order.dispute': {},
	'service.deactivate': {},
	'token.claimFees': {},
	'token.launch': {},
	'wallet.withdraw': {},
};

it('every guarded operation is here', () => {
	const guarded = resources.flatMap(({ value, operations }) =>
		operations.filter(({ guard }) => guard).map((operation) => `${value}.${operation.value}`),
	);
	expect(Object.keys(GUARDED).sort()).toEqual(guarded.sort());
});

describe.each(Object.entries(GUARDED))('%s', (name, change) => {
	const [resource, operation] = name.split('.');
	itIsGuarded({ resource, operation, ...OPERATIONS[name].parameters, ...change, confirmed: false }, '');
});
