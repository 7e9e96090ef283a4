import type { INodeParameters, INodeProperties, INodePropertyMode } from 'n8n-workflow';
import { NodeHelpers } from 'n8n-workflow';
import type { Browser, Page } from 'playwright-core';

import { resources } from '../../nodes/Atelier/operations';
import type { Operation, Resource } from '../../nodes/Atelier/operations/define';
import { launchBrowser, openPage, signInToEditor } from '../../sandbox/browser';
import type { WorkflowNode } from '../../sandbox/n8n/api';
import { eventually } from './support/eventually';
import { NodePanel } from './support/nodePanel';
import { takePicture } from './support/pictures';
import { START_LIMIT_MS, TestSandbox } from './support/testSandbox';
import { furnish, LISTS } from './support/walkedMarketplace';
import type { WalkedMarketplace } from './support/walkedMarketplace';

// A walk through the whole Atelier node in n8n's editor, as a person would take it who looks at everything once.

/** n8n's own entry, which every node with a credential has. */
const CUSTOM_API_CALL = 'Custom API Call';

let sandbox: TestSandbox;
let browser: Browser;
let page: Page;
let marketplace: WalkedMarketplace;
beforeAll(async () => {
	sandbox = await TestSandbox.start();
	marketplace = await furnish(sandbox);
	browser = await launchBrowser();
	page = await openPage(browser, { width: 1600, height: 1000 });
	await signInToEditor(page, sandbox.n8n.url);
}, START_LIMIT_MS);
afterAll(async () => {
	await browser?.close();
	await sandbox?.stop();
});

const byTestId = (id: string) => page.locator(`[data-test-id="${id}"]`);

/** A workflow of its own with these nodes one after the other, shown in the editor. */
async function show(...nodes: Array<Pick<WorkflowNode, 'name' | 'type' | 'typeVersion'> & Partial<WorkflowNode>>): Promise<void> {
	const next = nodes.slice(1).map(({ name }) => ({ main: [[{ node: name, type: 'main', index: 0 }]] }));
	const { id } = await sandbox.api.createWorkflow({
		name: 'Walk',
		nodes: nodes.map((node, index) => ({ id: node.name, position: [240 * index, 0], parameters: {}, ...node })),
		connections: Object.fromEntries(next.map((connection, index) => [nodes[index].name, connection])),
		settings: {},
	});
	await page.goto(`${sandbox.n8n.url}/workflow/${id}`);
}

const START = { name: 'Start', type: 'n8n-nodes-base.manualTrigger', typeVersion: 1 };

/** Two nodes that make a file for the node after them. */
const FILE = [
	{
		name: 'Write',
		type: 'n8n-nodes-base.set',
		typeVersion: 3.4,
		parameters: { mode: 'raw', jsonOutput: '{ "text": "A poem about the sea" }' },
	},
	{
		name: 'Put into a file',
		type: 'n8n-nodes-base.convertToFile',
		typeVersion: 1.1,
		parameters: { operation: 'toText', sourceProperty: 'text', options: { fileName: 'poem.txt' } },
	},
];

/** The Atelier node in a workflow of its own, with its panel open. */
async function openAtelier(...before: typeof FILE): Promise<NodePanel> {
	const credentials = { atelierApi: sandbox.credentials.atelierApi! };
	await show(START, ...before, { name: 'Atelier', type: 'n8n-nodes-atelier.atelier', typeVersion: 1, credentials });
	return await NodePanel.open(page, 'Atelier');
}

/** The fields of an operation that are shown before anything is filled in. */
function shownFields({ fields = [] }: Operation): INodeProperties[] {
	const values = Object.fromEntries(fields.map(({ name, default: value }) => [name, value])) as INodeParameters;
	return fields.filter((field) => NodeHelpers.displayParameter(values, field, { typeVersion: 1 }, null));
}

/** The labels that an operation's panel has to show, from top to bottom. */
function expectedLabels(operation: Operation): string[] {
	const fields = shownFields(operation);
	const { guard, guardedFor, needsCredential, simplified } = operation;
	const initial = fields.find(({ name }) => name === guardedFor?.parameter)?.default;
	const isGuarded = guard !== undefined && (!guardedFor || guardedFor.values.includes(initial as string | boolean));
	return [
		...(needsCredential === false ? [] : ['Credential']),
		...['Resource', 'Operation'],
		...fields.map(({ displayName }) => displayName),
		...(isGuarded ? ['I Know What This Does'] : []),
		...(simplified ? ['Simplify'] : []),
		'Options',
	];
}

/** The resource locators of an operation that have a list, with the method that fills it. */
function listFields(operation: Operation): Array<{ name: string; method: string }> {
	return shownFields(operation).flatMap(({ name, modes = [] }) => {
		const list = modes.find(({ type }: INodePropertyMode) => type === 'list');
		return list ? [{ name, method: list.typeOptions!.searchListMethod! }] : [];
	});
}

/** The first of the required fields that are empty at first: the editor has to say so. */
function firstEmptyField(operation: Operation): INodeProperties | undefined {
	return shownFields(operation).find(
		({ required, type, default: value }) => required && (type === 'resourceLocator' || value === ''),
	);
}

test('the node is found among all others, with an action for every operation, and gets the credential by itself', async () => {
	await show(START);
	await byTestId('canvas-handle-plus').first().click();
	await byTestId('node-creator-search-bar').fill('Atelier');
	await page.getByText('Atelier', { exact: true }).first().click();
	await page.getByText(/^Actions \(\d+\)$/).waitFor();
	await takePicture(page, 'walk-actions');
	const actions = resources.flatMap(({ operations }) => operations.map(({ action }) => action));
	await eventually(async () => {
		expect(await page.getByText(/^Actions \(\d+\)$/).innerText()).toBe(`Actions (${actions.length})`);
		for (const action of actions) expect({ action, shown: await page.getByText(action, { exact: true }).count() }).toEqual({ action, shown: 1 });
	});

	await page.getByText('Send message', { exact: true }).click();
	const panel = await NodePanel.find(page);
	await eventually(async () => {
		expect(await panel.field('resource').locator('input').inputValue()).toBe('Message');
		expect(await panel.field('operation').locator('input').inputValue()).toBe('Send');
		expect(await byTestId('node-credentials-select').locator('input').inputValue()).toBe('Atelier account');
	});
});

test('every resource can be chosen', async () => {
	const panel = await openAtelier();
	await eventually(async () =>
		expect(await panel.choices('resource')).toEqual([...resources.map(({ name }) => name), CUSTOM_API_CALL]),
	);
});

describe.each(resources)('$name', ({ name, operations }: Resource) => {
	let panel: NodePanel;
	beforeAll(async () => {
		panel = await openAtelier();
		await panel.choose('resource', name);
	});

	it('offers its operations', async () => {
		const names = operations.map((operation) => operation.name);
		await eventually(async () => expect(await panel.choices('operation')).toEqual([...names, CUSTOM_API_CALL]));
	});

	it.each(operations)('$name shows its fields, whole and in order, and lists what is on the marketplace', async (operation) => {
		await panel.choose('operation', operation.name);
		await eventually(async () => {
			expect(await panel.labels()).toEqual(expectedLabels(operation));
			expect(await panel.cutOffTexts()).toEqual([]);
			expect(await panel.parameters.innerText()).not.toMatch(/undefined|\bnull\b|\[object/);
		});
		await takePicture(panel.parameters, `walk-${name}-${operation.name}`);

		const empty = firstEmptyField(operation);
		if (empty) expect(await panel.firstIssue()).toContain(`Parameter "${empty.displayName}" is required.`);

		for (const { name: field, method } of listFields(operation)) {
			const { entries, search, found } = LISTS[method]!;
			await panel.unfold(field);
			await eventually(async () => expect((await panel.listed()).sort()).toEqual([...entries].sort()));
			await panel.search(search);
			await eventually(async () => expect(await panel.listed()).toEqual([found]));
			await panel.fold();
		}
	});
});

describe('"Execute step"', () => {
	/** Opens the panel and chooses an operation. */
	async function choose(resource: string, operation: string, ...before: typeof FILE): Promise<NodePanel> {
		const panel = await openAtelier(...before);
		await panel.choose('resource', resource);
		await panel.choose('operation', operation);
		return panel;
	}

	/** Chooses an entry of a list. */
	async function pick(panel: NodePanel, field: string, entry: string): Promise<void> {
		await panel.unfold(field);
		await panel.pick(field, entry);
	}

	// A person spends hours on what is called here within minutes.
	beforeEach(async () => await sandbox.control.resetRateLimit());
	afterEach(async () => {
		const [, resource] = /"Execute step" ([^:]+):/.exec(expect.getState().currentTestName!)!;
		await takePicture(page, `walk-run-${resource}`);
	});

	it('Agent: hides a piece of work from the portfolio', async () => {
		const panel = await choose('Agent', 'Update Portfolio');
		await pick(panel, 'sourceId', 'image: A castle above the clouds');
		await panel.execute('hide');
		const { portfolio } = await sandbox.callApi<{ portfolio: unknown[] }>('GET', `/agents/${sandbox.agent.id}`);
		expect(portfolio).toEqual([expect.objectContaining({ prompt: 'A quiet harbour in the morning' })]);
	});

	it('Bounty: claims one, with a message', async () => {
		const panel = await choose('Bounty', 'Claim');
		await pick(panel, 'bountyId', 'A logo for a bakery (40.00 USD)');
		await panel.type('message', 'I have drawn forty logos');
		await panel.execute('I have drawn forty logos', marketplace.bounties.bakery);
		expect(await sandbox.control.bountyClaims(marketplace.bounties.bakery)).toEqual([
			expect.objectContaining({ agent_id: sandbox.agent.id, message: 'I have drawn forty logos' }),
		]);
	});

	it('Earn: lists the markets', async () => {
		const panel = await choose('Earn', 'Get Markets');
		await panel.execute('3 items', 'solend:usdc', 'Liquidity Provision');
	});

	it('File: uploads one that the node before made', async () => {
		const panel = await choose('File', 'Upload', ...FILE);
		await panel.execute('poem.txt', 'text/plain');
		const url = await page.locator('[data-test-id="output-panel"]').getByText(/^http:\/\/127\.0\.0\.1/).first().innerText();
		expect(await (await fetch(url.trim())).text()).toBe('A poem about the sea');
	});

	it('Market: reads the figures of the platform', async () => {
		const panel = await choose('Market', 'Get Platform Stats');
		const { agents } = await sandbox.control.status();
		await panel.execute('1 item', String(agents));
	});

	it('Message: writes to the client', async () => {
		const panel = await choose('Message', 'Send');
		await pick(panel, 'orderId', 'paid: A lighthouse on a small island at dusk');
		await panel.type('content', 'How many windows shall it have?');
		await panel.execute('How many windows shall it have?');
		expect(await sandbox.control.messages(marketplace.orders.lighthouse)).toEqual([
			expect.objectContaining({ sender_type: 'agent', content: 'How many windows shall it have?' }),
		]);
	});

	it('Order: delivers what is on the web', async () => {
		const panel = await choose('Order', 'Deliver');
		await pick(panel, 'orderId', 'paid: My cat as a captain');
		await panel.choose('source', 'URLs');
		await panel.type('urls', 'https://example.com/captain.png');
		await panel.execute('delivered', marketplace.orders.captain);
		expect((await sandbox.readOrder(marketplace.orders.captain)).order).toMatchObject({
			status: 'delivered',
			deliverable_url: 'https://example.com/captain.png',
		});
	});

	it("Order refused: shows the server's words and what to do", async () => {
		const panel = await choose('Order', 'Request Payout Retry');
		await pick(panel, 'orderId', 'paid: A lighthouse on a small island at dusk');
		expect(await panel.executeInVain("Order is in status 'paid', expected 'completed'")).toEqual({
			message: "Atelier answered 400: Order is in status 'paid', expected 'completed' [item 0]",
			advice: 'Only an order whose status is completed is paid out.',
		});
	});

	it('Service: offers a new one', async () => {
		const panel = await choose('Service', 'Create');
		await panel.type('title', 'Logo in two colours');
		await panel.type('description', 'A logo that also works in black and white, with the files for print and web.');
		await panel.type('price', '45.00');
		await panel.addEntry('additionalFields', 'Turnaround (Hours)');
		await panel.type('turnaroundHours', '12');
		await panel.execute('Logo in two colours', '45.00');
		const services = await sandbox.callApi<unknown[]>('GET', `/agents/${sandbox.agent.id}/services`);
		expect(services).toContainEqual(
			expect.objectContaining({ title: 'Logo in two colours', price_usd: '45.00', category: 'image_gen', turnaround_hours: 12 }),
		);
	});

	it('Token: launches one, but only when confirmed', async () => {
		await sandbox.control.changeAgent(sandbox.agent.id, { twitter_username: 'demo_painter', add_funds: { sol: 1 } });
		const panel = await choose('Token', 'Launch');
		await panel.type('symbol', 'PAINT');
		await panel.addEntry('additionalFields', 'Image URL');
		await panel.type('imageUrl', 'https://example.com/token.png');
		expect(await panel.executeInVain('was not confirmed')).toEqual({
			message:
				'"Launch" was not confirmed: a token is launched in public, paid in SOL from the agent\'s wallet, and this can never be undone [item 0]',
			advice: 'Switch on "I Know What This Does" to go on. Nothing was sent.',
		});
		await takePicture(page, 'walk-run-Token not confirmed');
		expect(await readToken()).toBeNull();

		await panel.toggle('confirmTokenLaunch');
		await panel.execute('mint');
		expect(await readToken()).toBe('PAINT');

		await panel.choose('operation', 'Claim Fees');
		expect(await panel.executeInVain('was not confirmed')).toMatchObject({ message: expect.stringContaining('"Claim Fees" was not confirmed') });
	});

	it('Wallet: shows what the wallets hold', async () => {
		await sandbox.control.changeAgent(sandbox.agent.id, { add_funds: { usdc_solana: 41.5 } });
		const panel = await choose('Wallet', 'Get Balances');
		await panel.execute('2 items', '41.5');
	});

	async function readToken(): Promise<string | null> {
		return (await sandbox.callApi<{ token_symbol: string | null }>('GET', `/agents/${sandbox.agent.id}/token`)).token_symbol;
	}
});
