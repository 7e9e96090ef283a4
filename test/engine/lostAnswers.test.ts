import { randomBytes } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';

import { SandboxControl } from '../../sandbox/marketplace/control';
import type { SandboxAgent } from '../../sandbox/marketplace/control';
import type { RequestFault } from '../../sandbox/marketplace/faults';
import { startMarketplace } from '../../sandbox/marketplace/process';
import type { RunningMarketplace } from '../../sandbox/marketplace/process';
import { byId, runNode } from './support/engine';
import type { NodeResult, NodeRun } from './support/engine';
import { speedUpTime } from './support/timeLapse';

// Every write whose answer gets lost although it was done: the node finds out what the server has, and nothing happens
// twice, not even with Retry On Fail. What lies between node and server is real HTTP to the sandbox marketplace.

/** How the answer gets lost. */
const WAYS = {
	'the connection is reset': 'reset_after',
	'no answer comes in time': 'hang_after',
	'the answer is a 500': 'error_after',
	'the answer is garbled': 'cut_json',
} satisfies Record<string, RequestFault>;

/** How much faster pauses and time-outs pass: an upload is given up after 2 s, other requests after 1 s. */
const SPEED = 150;
const TIMEOUT_SECONDS = 150;

/** What happened at the server, counted in its own terms. */
interface Outcome {
	result: NodeResult;
	/** How often the server did what was asked. */
	done: number;
	/** Requests to the route whose answer got lost. */
	requests: number;
}

/** A write: its route, what it is done to, and how often it was done afterwards. */
interface Write {
	route: string;
	/** Whose key the credential holds; the seller's unless it says otherwise. */
	as?: () => SandboxAgent;
	/** Makes what it is done to, and gives the parameters for it. */
	prepare(): Promise<{ parameters: NodeRun['parameters']; items?: NodeRun['items']; count(result: NodeResult): Promise<number> }>;
}

let marketplace: RunningMarketplace;
let control: SandboxControl;
let seller: SandboxAgent;
let buyer: SandboxAgent;
let serviceId: string;
let quoteServiceId: string;
let endTimeLapse: () => void;

beforeAll(async () => {
	marketplace = await startMarketplace({ rateLimit: false });
	control = new SandboxControl(marketplace.url);
	const { wallet } = await control.buyer();
	seller = await control.createAgent({ name: 'Steadfast Studio', owner_wallet: wallet });
	buyer = await control.createAgent({ name: 'Record Label' });
	serviceId = (await control.createService(seller.id)).id;
	quoteServiceId = (await control.createService(seller.id, { price_type: 'quote', title: 'Something special' })).id;
	await control.changeAgent(seller.id, { add_funds: { usdc_solana: 1000 } });
	const withdrawAddress = await fetch(`${marketplace.apiUrl}/agents/${seller.id}/withdraw-address`, {
		method: 'PUT',
		body: JSON.stringify({ withdraw_address_solana: wallet, ...(await control.signature()) }),
	});
	expect(withdrawAddress.status).toBe(200);
	endTimeLapse = speedUpTime(SPEED);
}, 60_000);
afterAll(async () => {
	endTimeLapse?.();
	await marketplace?.stop();
});

/** Calls the API past the nodes. */
async function api<T>(agent: SandboxAgent, method: string, path: string, body?: object, headers: Record<string, string> = {}): Promise<T> {
	const response = await fetch(`${marketplace.apiUrl}${path}`, {
		method,
		headers: { authorization: `Bearer ${agent.api_key}`, ...headers },
		...(body && { body: JSON.stringify(body) }),
	});
	const { data, error } = (await response.json()) as { data: T; error?: string };
	if (!response.ok) throw new Error(`${method} ${path} failed: ${error}`);
	return data;
}

const placeOrder = async (service = serviceId, pay = true): Promise<string> =>
	(await control.placeOrder({ service_id: service, brief: 'A lighthouse at night', pay })).id;

const ofOrder = async (id: string) => (await control.statistics()).orders[id];

const text = { source: 'text', text: 'Once upon a time', fileName: 'story.md' };
const TEXT_FILE = [{ files: { data: { content: 'Once upon a time', fileName: 'story.md', mimeType: 'text/markdown' } } }];

/** In the form of a transaction on Solana; the sandbox takes any that is new. */
const transaction = () => randomBytes(44).toString('hex').replaceAll('0', 'z');

/** An order that the buying agent has paid for (Atelier API: POST /x402/pay), delivered or not. */
async function bought(isDelivered: boolean): Promise<string> {
	const payment = { 'x-payment': transaction() };
	const { order_id: id } = await api<{ order_id: string }>(
		buyer,
		'POST',
		'/x402/pay',
		{ service_id: serviceId, brief: 'A quiet harbour at dawn' },
		payment,
	);
	const work = { deliverable_url: 'https://example.com/harbour.png', deliverable_media_type: 'image' };
	if (isDelivered) await api(seller, 'POST', `/orders/${id}/deliver`, work);
	return id;
}

/** What the buying agent does with an order: it is done when the order says so. */
const buying = (operation: string, status: string, isDelivered: boolean, parameters = {}): Write => ({
	route: 'PATCH /api/orders/:id',
	as: () => buyer,
	async prepare() {
		const id = await bought(isDelivered);
		return {
			parameters: { resource: 'order', operation, boughtOrderId: byId(id), confirmed: true, ...parameters },
			count: async ({ items }) => {
				const { order } = await api<{ order: { status: string } }>(buyer, 'GET', `/orders/${id}`);
				return order.status === status && items[0].status === status ? 1 : 0;
			},
		};
	},
});

const WRITES: Record<string, Write> = {
	'an upload': {
		route: 'POST /api/upload',
		async prepare() {
			return {
				parameters: { resource: 'file', operation: 'upload' },
				items: TEXT_FILE,
				// The file that nobody knows of is harmless; what counts is the one that comes out.
				count: async ({ items }) => ((await (await fetch(String(items[0].url))).text()) === text.text ? items.length : 0),
			};
		},
	},
	'the upload of a delivery': {
		route: 'POST /api/upload',
		async prepare() {
			const id = await placeOrder();
			return {
				parameters: { resource: 'order', operation: 'deliver', orderId: byId(id), ...text },
				count: async ({ items }) => (items[0].already_delivered === false ? (await ofOrder(id)).delivers : 0),
			};
		},
	},
	'the upload of a large file': {
		route: 'PUT /api/blob/',
		async prepare() {
			const id = await placeOrder();
			return {
				parameters: { resource: 'order', operation: 'deliver', orderId: byId(id), ...text, options: { uploadMethod: 'token' } },
				count: async ({ items }) => (items[0].already_delivered === false ? (await ofOrder(id)).delivers : 0),
			};
		},
	},
	'a delivery': {
		route: 'POST /api/orders/:id/deliver',
		async prepare() {
			const id = await placeOrder();
			return {
				parameters: { resource: 'order', operation: 'deliver', orderId: byId(id), ...text },
				count: async ({ items }) => (items[0].already_delivered === false ? (await ofOrder(id)).delivers : 0),
			};
		},
	},
	'a quote': {
		route: 'POST /api/orders/:id/quote',
		async prepare() {
			const id = await placeOrder(quoteServiceId, false);
			return {
				parameters: { resource: 'order', operation: 'quote', orderId: byId(id), price: '45' },
				count: async ({ items }) => (items[0].quoted_price_usd === '45.00' ? (await ofOrder(id)).quotes : 0),
			};
		},
	},
	'a message': {
		route: 'POST /api/orders/:id/messages',
		async prepare() {
			const id = await placeOrder();
			return {
				parameters: { resource: 'message', operation: 'send', orderId: byId(id), content: 'I have begun.' },
				count: async ({ items }) => {
					const messages = await control.messages(id);
					expect(items.map((item) => item.id)).toEqual(messages.map((message) => message.id));
					return messages.length;
				},
			};
		},
	},
	'a claim': {
		route: 'POST /api/bounties/:id/claim',
		async prepare() {
			const bounty = { title: 'A poster', brief: 'A poster in two colours', category: 'image_gen', budget_usd: '150.00' };
			const { id } = await control.postBounty(bounty);
			return {
				parameters: { resource: 'bounty', operation: 'claim', bountyId: byId(id) },
				count: async ({ items }) => (items[0].already_claimed ? (await control.bountyClaims(id)).length : 0),
			};
		},
	},
	'an approval': buying('approve', 'completed', true),
	'a revision request': buying('requestRevision', 'revision_requested', true, { feedback: 'Bluer, please' }),
	'a dispute': buying('dispute', 'disputed', true),
	'a cancellation': buying('cancel', 'cancelled', false),
};

const balance = async () => {
	const { server_wallets: wallets } = await api<{ server_wallets: { solana: { usdc: number } } }>(seller, 'GET', '/agents/me?balances=1');
	return wallets.solana.usdc;
};

interface Position {
	shares: string;
}

/** An agent that can launch a token; each can do so once. */
let launcher: SandboxAgent;
let launchers = 0;
async function newLauncher(): Promise<SandboxAgent> {
	const letter = 'abcdefghijklmnop'[(launchers += 1)];
	const { wallet } = await control.buyer();
	const agent = await control.createAgent({
		name: `Launcher ${letter}`,
		avatar_url: `https://example.com/${letter}.png`,
		owner_wallet: wallet,
	});
	await control.changeAgent(agent.id, { twitter_username: `launcher_${letter}`, add_funds: { sol: 1 } });
	return agent;
}

/** What cannot be looked for, because the server does not tell one from another: it is not sent again, and a person decides. */
const UNTRACEABLE: Record<string, Write> = {
	'a withdrawal': {
		route: 'POST /api/agents/me/withdraw',
		async prepare() {
			const before = await balance();
			return {
				parameters: { resource: 'wallet', operation: 'withdraw', chain: 'solana', amount: '5', confirmed: true },
				count: async () => (before - (await balance())) / 5,
			};
		},
	},
	'a deposit': {
		route: 'POST /api/earn/parquet/deposit',
		async prepare() {
			const market = { __rl: true as const, mode: 'key', value: 'solend:usdc' };
			const shares = async () => {
				const positions = await api<Position[]>(seller, 'GET', '/earn/parquet/positions');
				return positions.reduce((total, position) => total + Number(position.shares), 0);
			};
			const before = await shares();
			return {
				parameters: { resource: 'earn', operation: 'deposit', market, amount: '100', incomingTransaction: transaction(), confirmed: true },
				count: async () => ((await shares()) - before) / 100_000_000,
			};
		},
	},
	'fees of a token': {
		route: 'POST /api/agents/:id/token/claim',
		as: () => launcher,
		async prepare() {
			launcher = await newLauncher();
			const path = `/agents/${launcher.id}/token`;
			await api(launcher, 'POST', `${path}/launch`, { symbol: 'NIGHT' });
			await control.changeAgent(launcher.id, { add_funds: { earned_fee_sol: 0.5 } });
			const claimable = async () => (await api<{ claimableSol: number }>(launcher, 'GET', `${path}/claim`)).claimableSol;
			const before = await claimable();
			return {
				parameters: { resource: 'token', operation: 'claimFees', confirmed: true },
				count: async () => (before - (await claimable())) / 0.5,
			};
		},
	},
	'a launch': {
		route: 'POST /api/agents/:id/token/launch',
		as: () => launcher,
		async prepare() {
			launcher = await newLauncher();
			const mint = async () => (await api<{ token_mint: string | null }>(launcher, 'GET', `/agents/${launcher.id}/token`)).token_mint;
			expect(await mint()).toBeNull();
			return {
				parameters: { resource: 'token', operation: 'launch', symbol: 'NIGHT', confirmed: true },
				count: async () => ((await mint()) === null ? 0 : 1),
			};
		},
	},
	'a service': {
		route: 'POST /api/agents/:id/services',
		async prepare() {
			const title = `Poster for a concert, ${transaction()}`.slice(0, 60);
			const services = async () => await api<IDataObject[]>(seller, 'GET', `/agents/${seller.id}/services`);
			const before = (await services()).length;
			return {
				parameters: {
					...{ resource: 'service', operation: 'create', title, category: 'image_gen', priceType: 'fixed', price: '25' },
					description: 'You send a band and a date, you get a poster in print quality within a day.',
				},
				count: async () => (await services()).length - before,
			};
		},
	},
};

/** Does a write whose answer gets lost, in a node that is to retry on fail. */
async function lose(fault: RequestFault, { route, as = () => seller, prepare }: Write): Promise<Outcome> {
	const { parameters, items, count } = await prepare();
	await control.resetStatistics();
	await control.planFault({ route, fault });
	const result = await runNode({
		parameters: { ...parameters, options: { ...(parameters.options as object), timeout: TIMEOUT_SECONDS } },
		items,
		credential: { apiKey: as().api_key, baseUrl: marketplace.apiUrl, largeUploadUrl: `${marketplace.apiUrl}/blob/` },
		node: { retryOnFail: true, maxTries: 3, waitBetweenTries: 1000 },
	});
	const { routes, faults } = await control.statistics();
	expect(faults).toEqual({ [fault]: 1 });
	return { result, done: await count(result), requests: routes[route].calls };
}

describe.each(Object.entries(WAYS))('when %s', (_way, fault) => {
	it.each(Object.entries(WRITES))('finds %s at the server and goes on', async (_what, write) => {
		const { result, done } = await lose(fault, write);
		expect(result.error).toBeUndefined();
		expect(done).toBe(1);
	});

	it.each(Object.entries(UNTRACEABLE))('does not send %s again, and says where to look', async (_what, write) => {
		const { result, done, requests } = await lose(fault, write);
		expect({ done, requests }).toEqual({ done: 1, requests: 1 });
		expect(result.error?.message).toMatch(/^The same was sent before in this execution and got no answer\. It may have been done/);
		expect(result.error?.description).toMatch(/ (shows|Look at)|^(Look at|\w+ > )/);
	});
});
