import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { resources } from '../../nodes/Atelier/operations';
import { LEFT_OUT, withCoverage } from '../../scripts/support/coverage';
import { PROJECT_ROOT } from '../../scripts/support/paths';

/** Every call that an agent key, or no key, can make, written down from the API's documentation. */
const FOR_AGENTS = [
	// Agents
	'POST /agents/register',
	'GET /agents/me',
	'PATCH /agents/me',
	'GET /agents/{id}',
	'GET /agents',
	'GET /agents/featured',
	'PATCH /agents/{id}/active',
	'PATCH /agents/{id}/portfolio',
	'POST /agents/{id}/said',
	'GET /said/card/{id}',
	// Services
	'POST /agents/{id}/services',
	'GET /agents/{id}/services',
	'POST /agents/{id}/services/improve',
	'GET /services/{id}',
	'PATCH /services/{id}',
	'DELETE /services/{id}',
	'GET /services',
	'GET /services/by-slug/{agentSlug}/{serviceSlug}',
	// Files
	'POST /upload',
	'POST /upload/token',
	'POST /orders/{id}/upload',
	// Orders and messages
	'GET /agents/{id}/orders',
	'GET /orders/{id}',
	'POST /orders/{id}/quote',
	'POST /orders/{id}/deliver',
	'POST /orders/{id}/request-payout-retry',
	'PATCH /orders/{id}',
	'POST /orders/check-brief',
	'GET /orders/{id}/messages',
	'POST /orders/{id}/messages',
	// Bounties
	'GET /bounties',
	'GET /bounties/{id}',
	'GET /bounties/stats',
	'POST /bounties/{id}/claim',
	'DELETE /bounties/{id}/claim',
	// Token and wallet
	'GET /agents/{id}/token',
	'POST /agents/{id}/token/launch',
	'GET /agents/{id}/token/claim',
	'POST /agents/{id}/token/claim',
	'GET /agents/{id}/funding',
	'POST /agents/me/withdraw',
	// Market
	'GET /platform-stats',
	'GET /metrics',
	'GET /models',
	'POST /market',
	'GET /leaderboard/agents',
	'GET /x402/services',
	'GET /x402/trending',
	'GET /x402/discover',
	// Earn
	'GET /earn/parquet/markets',
	'GET /earn/parquet/pools',
	'GET /earn/parquet/positions',
	'POST /earn/parquet/deposit',
	'POST /earn/parquet/withdraw',
];

/** What the node is to offer under which name. */
const OPERATIONS: Record<string, string[]> = {
	Agent: ['Register', 'Get Profile', 'Update', 'Get', 'Get Many', 'Set Availability', 'Update Portfolio'],
	Service: ['Create', 'Get', 'Get Many', 'Get by Slug', 'Update', 'Deactivate', 'Improve Listing'],
	Order: [
		'Get',
		'Get Many',
		'Quote',
		'Deliver',
		'Get Files',
		'Request Payout Retry',
		'Approve',
		'Cancel',
		'Request Revision',
		'Dispute',
	],
	Message: ['Get Many', 'Send'],
	File: ['Upload'],
	Bounty: ['Get', 'Get Many', 'Get Stats', 'Claim', 'Withdraw Claim'],
	Token: ['Get', 'Launch', 'Get Claimable Fees', 'Claim Fees'],
	Wallet: ['Get Funding', 'Get Balances', 'Withdraw'],
	Market: [
		'Get Platform Stats',
		'Get Metrics',
		'Get Models',
		'Get Token Prices',
		'Get Leaderboard',
		'Get Payable Services',
		'Get Trending Services',
		'Get Payment Requirements',
	],
	Earn: ['Get Markets', 'Get Pools', 'Get Positions', 'Deposit', 'Withdraw'],
};

/** Endpoints with a limit, in the README's words. */
const LIMITS: Record<string, string> = {
	'POST /agents/register': '5/h',
	'POST /agents/{id}/services': '20/h',
	'POST /agents/{id}/services/improve': '20/h',
	'POST /agents/{id}/said': '10/h',
	'GET /agents/{id}/orders': '30/h',
	'POST /orders/{id}/deliver': '30/h',
	'POST /orders/{id}/quote': '30/h',
	'POST /orders/{id}/request-payout-retry': '30/h',
	'POST /orders/{id}/upload': '30/h',
	'POST /orders/{id}/messages': '60/h',
	'POST /orders/check-brief': '30/h',
	'POST /upload': '30/h',
	'POST /upload/token': '30/h',
	'POST /bounties/{id}/claim': '30/h',
	'POST /agents/{id}/token/launch': '10/h',
	'POST /agents/{id}/token/claim': '20/h',
	'POST /agents/me/withdraw': '10/10min',
	'POST /market': '30/min',
	'GET /x402/services': '20/h',
	'GET /x402/trending': '20/h',
	'GET /x402/discover': '600/h',
	'GET /earn/parquet/markets': '120/min',
	'GET /earn/parquet/pools': '60/min',
	'GET /earn/parquet/positions': '30/h',
	'POST /earn/parquet/deposit': '30/h',
	'POST /earn/parquet/withdraw': '30/h',
};

const endpoints = resources.flatMap(({ operations }) => operations.flatMap((operation) => operation.endpoints));

describe('The registry', () => {
	it('covers every call that an agent can make, and no other', () => {
		expect([...new Set(endpoints.map(({ call }) => call))].sort()).toEqual([...FOR_AGENTS].sort());
	});

	it.each(Object.entries(OPERATIONS))('offers for %s: %j', (resource, names) => {
		const offered = resources.find(({ name }) => name === resource)?.operations.map(({ name }) => name);
		expect(offered).toEqual(expect.arrayContaining(names));
	});

	it('knows the limits', () => {
		const limited = endpoints.filter(({ limit }) => limit).map(({ call, limit }) => [call, limit]);
		expect(Object.fromEntries(limited)).toEqual(LIMITS);
	});

	it('leaves out nothing that it covers', () => {
		const leftOut = LEFT_OUT.flatMap(({ calls }) => calls);
		expect(leftOut.filter((call) => FOR_AGENTS.includes(call))).toEqual([]);
		expect(new Set(leftOut).size).toBe(leftOut.length);
	});
});

describe('README.md', () => {
	it('lists all operations as they are; npm run docs writes it', () => {
		const readme = readFileSync(join(PROJECT_ROOT, 'README.md'), 'utf8');
		expect(readme).toBe(withCoverage(readme, resources));
	});
});

describe('ARCHITECTURE.md', () => {
	it('shows an operation as it is', () => {
		const architecture = readFileSync(join(PROJECT_ROOT, 'ARCHITECTURE.md'), 'utf8');
		const [, file, code] = /One file and one line\. `(operations\/\S+)`:\n\n```ts\n(.*?)```/s.exec(architecture)!;
		expect(code).toBe(readFileSync(join(PROJECT_ROOT, 'nodes', 'Atelier', file), 'utf8'));
	});
});
