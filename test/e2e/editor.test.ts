import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';

import { launchBrowser, openPage, signInToEditor } from '../../sandbox/browser';
import { PROJECT_ROOT } from '../../scripts/support/paths';
import { START_LIMIT_MS, TestSandbox } from './support/testSandbox';

/** Pictures for a person to look at; git ignores the folder. */
const PICTURES = join(PROJECT_ROOT, '.sandbox', 'screenshots');

const BRIEF = 'A lighthouse on a small island at dusk';

let sandbox: TestSandbox;
let browser: Browser;
let page: Page;
let orderId: string;
let workflowId: string;
let executionId: string;
beforeAll(async () => {
	mkdirSync(PICTURES, { recursive: true });
	sandbox = await TestSandbox.start();
	browser = await launchBrowser();
	orderId = await sandbox.placeOrder(BRIEF);
	workflowId = await sandbox.importTemplate('02-image-orders-with-openai');
	await sandbox.api.publish(workflowId);
	executionId = (await sandbox.waitForExecutions(workflowId, 1))[0]!.id;
	page = await openPage(browser);
	await signInToEditor(page, sandbox.n8n.url);
}, START_LIMIT_MS);
afterAll(async () => {
	await browser?.close();
	await sandbox?.stop();
});

const byTestId = (id: string) => page.locator(`[data-test-id="${id}"]`);
const node = (name: string) => byTestId('canvas-node').filter({ hasText: name }).first();

const takePicture = async (name: string) => await page.screenshot({ path: join(PICTURES, `${name}.png`) });

/** Closes n8n's advice on production if it is there: it would cover a part of the picture. */
async function closeAdvice(): Promise<void> {
	const close = byTestId('suggested-actions-close');
	if (await close.isVisible()) await close.click();
	await close.waitFor({ state: 'hidden' });
}

/** Opens a node's panel in the editor and waits until its parameters are there. */
async function openPanel(name: string): Promise<Locator> {
	await page.goto(`${sandbox.n8n.url}/workflow/${workflowId}`);
	await node(name).dblclick();
	const parameters = byTestId('node-parameters');
	await parameters.waitFor();
	return parameters;
}

/** What stands in the input fields of a part of the page. */
async function readInputs(part: Locator): Promise<string[]> {
	return await part.locator('input').evaluateAll((inputs) => inputs.map((input) => (input as unknown as { value: string }).value));
}

describe("n8n's editor", () => {
	it('shows the run that delivered the order in green, node by node', async () => {
		await page.goto(`${sandbox.n8n.url}/workflow/${workflowId}/executions/${executionId}`);
		await byTestId('canvas-node-status-success').first().waitFor();
		expect(await byTestId('execution-preview-details-1').innerText()).toMatch(/Succeeded in/);
		const succeeded = await byTestId('canvas-node').filter({ has: byTestId('canvas-node-status-success') }).allInnerTexts();
		const names = ['When an order is paid', 'Settings', 'Draw the picture', 'Deliver the picture', 'Message the client'];
		expect(names.filter((name) => succeeded.some((text) => text.includes(name)))).toEqual(names);
		await closeAdvice();
		await takePicture('execution');
	});

	it('shows the icons of the package on the canvas', async () => {
		const icons = await page
			.locator('[data-test-id="canvas-node"] img[src*="n8n-nodes-atelier"]')
			.evaluateAll((images) => images.map((image) => (image as unknown as { naturalWidth: number }).naturalWidth));
		expect(icons.length).toBeGreaterThanOrEqual(3);
		for (const width of icons) expect(width).toBeGreaterThan(0);
	});

	it('shows the Atelier node with its credential and parameters', async () => {
		const parameters = await openPanel('Deliver the picture');
		const text = await parameters.innerText();
		for (const label of ['Credential', 'Resource', 'Operation', 'Order', 'Input Binary Field', 'Simplify', 'Options']) {
			expect(text).toContain(label);
		}
		expect(await byTestId('parameter-input-resource').locator('input').inputValue()).toBe('Order');
		expect(await byTestId('parameter-input-operation').locator('input').inputValue()).toBe('Deliver');
		expect(await byTestId('node-credentials-select').locator('input').inputValue()).toBe('Atelier account');
		await takePicture('node');
	});

	it('shows the Atelier Trigger with one box of poll times, set to five minutes, and its events', async () => {
		const parameters = await openPanel('When an order is paid');
		const text = await parameters.innerText();
		expect(text.match(/Poll Times/g)).toHaveLength(1);
		for (const words of ['Events', 'Order Paid', 'Order In Progress', 'Revision Requested', 'Filters', 'Options']) {
			expect(text).toContain(words);
		}
		expect(await readInputs(parameters)).toEqual(expect.arrayContaining(['Every X', '5', 'Minutes']));
		await takePicture('trigger');
	});

	it('shows a newly added trigger with poll times of five minutes', async () => {
		const { id } = await sandbox.api.createWorkflow({
			name: 'New trigger',
			nodes: [
				{ id: 'new', name: 'Atelier Trigger', type: 'n8n-nodes-atelier.atelierTrigger', typeVersion: 1, position: [0, 0], parameters: {} },
			],
			connections: {},
			settings: {},
		});
		await page.goto(`${sandbox.n8n.url}/workflow/${id}`);
		await node('Atelier Trigger').dblclick();
		const parameters = byTestId('node-parameters');
		await parameters.waitFor();
		expect(await readInputs(parameters)).toEqual(expect.arrayContaining(['Every X', '5', 'Minutes']));
	});

	it('tests the credential when it is opened, and shows in red why a key is refused', async () => {
		await page.goto(`${sandbox.n8n.url}/home/credentials/${sandbox.credentials.atelierApi!.id}`);
		await byTestId('credentials-config-container-test-success').waitFor();
		await takePicture('credential');
		await byTestId('parameter-input-apiKey').locator('input').fill(`atelier_${'0'.repeat(48)}`);
		await byTestId('credential-save-button').click();
		await page.getByText('More details').click();
		await page.getByText('Atelier did not accept the API Key: Invalid or inactive API key').waitFor();
		await takePicture('credential-refused');
	});

	it('lists the package among the community nodes', async () => {
		await page.goto(`${sandbox.n8n.url}/settings/community-nodes`);
		const card = page.getByText('n8n-nodes-atelier', { exact: true });
		await card.first().waitFor();
		await takePicture('community-nodes');
	});

	it('shows the workflow in the dark, too', async () => {
		const darkPage = await openPage(browser, { dark: true });
		await signInToEditor(darkPage, sandbox.n8n.url);
		await darkPage.goto(`${sandbox.n8n.url}/workflow/${workflowId}`);
		const icon = darkPage.locator('[data-test-id="canvas-node"] img[src*="n8n-nodes-atelier"]').first();
		await icon.waitFor();
		expect(await icon.getAttribute('src')).toMatch(/dark\.svg$/);
		await darkPage.screenshot({ path: join(PICTURES, 'workflow-dark.png') });
		await darkPage.close();
	});
});

describe("the buyer's page", () => {
	it('shows the delivered order with its picture and the message, and takes the approval', async () => {
		const buyersPage = await openPage(browser, { width: 1280, height: 1100 });
		await buyersPage.goto(`${sandbox.stack.marketplace.url}/#/orders/${orderId}`);
		await buyersPage.getByText('Is it what you wanted?').waitFor();
		const text = await buyersPage.locator('#main').innerText();
		expect(text).toContain('delivered');
		expect(text).toContain(BRIEF);
		expect(text).toContain('Your picture is ready. Tell me if you would like anything changed.');
		const picture = buyersPage.locator('.delivery img').first();
		await picture.waitFor();
		const width = await picture.evaluate(async (image) => {
			const element = image as unknown as { decode(): Promise<void>; naturalWidth: number };
			await element.decode();
			return element.naturalWidth;
		});
		expect(width).toBeGreaterThan(200);
		await buyersPage.screenshot({ path: join(PICTURES, 'buyers-page.png') });

		await buyersPage.getByRole('button', { name: 'Approve' }).click();
		await buyersPage.locator('.order [role=status]').getByText('completed', { exact: true }).waitFor();
		expect((await sandbox.readOrder(orderId)).order.status).toBe('completed');
		await buyersPage.close();
	});
});
