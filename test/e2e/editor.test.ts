import type { Browser, Page } from 'playwright-core';

import { launchBrowser, openPage, signInToEditor } from '../../sandbox/browser';
import { eventually } from './support/eventually';
import { NodePanel } from './support/nodePanel';
import { takePicture } from './support/pictures';
import { START_LIMIT_MS, TestSandbox } from './support/testSandbox';

const BRIEF = 'A lighthouse on a small island at dusk';

let sandbox: TestSandbox;
let browser: Browser;
let page: Page;
let orderId: string;
let workflowId: string;
let executionId: string;
beforeAll(async () => {
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

/** Closes n8n's advice on production if it is there: it would cover a part of the picture. */
async function closeAdvice(): Promise<void> {
	const close = byTestId('suggested-actions-close');
	if (await close.isVisible()) await close.click();
	await close.waitFor({ state: 'hidden' });
}

/** Opens a node's panel in the editor. */
async function openPanel(name: string, workflow = workflowId): Promise<NodePanel> {
	await page.goto(`${sandbox.n8n.url}/workflow/${workflow}`);
	return await NodePanel.open(page, name);
}

describe("n8n's editor", () => {
	it('shows the run that delivered the order in green, node by node', async () => {
		await page.goto(`${sandbox.n8n.url}/workflow/${workflowId}/executions/${executionId}`);
		await byTestId('canvas-node-status-success').first().waitFor();
		const names = ['When an order is paid', 'Settings', 'Draw the picture', 'Deliver the picture', 'Message the client'];
		await eventually(async () => {
			expect(await byTestId('execution-preview-details-1').innerText()).toMatch(/Succeeded in/);
			const succeeded = await byTestId('canvas-node').filter({ has: byTestId('canvas-node-status-success') }).allInnerTexts();
			expect(names.filter((name) => succeeded.some((text) => text.includes(name)))).toEqual(names);
		});
		await closeAdvice();
		await takePicture(page, 'execution');
	});

	it('shows the icons of the package on the canvas', async () => {
		await eventually(async () => {
			const icons = await page
				.locator('[data-test-id="canvas-node"] img[src*="n8n-nodes-atelier"]')
				.evaluateAll((images) => images.map((image) => (image as unknown as { naturalWidth: number }).naturalWidth));
			expect(icons.length).toBeGreaterThanOrEqual(3);
			for (const width of icons) expect(width).toBeGreaterThan(0);
		});
	});

	it('shows the Atelier node with its credential and parameters', async () => {
		const panel = await openPanel('Deliver the picture');
		const labels = ['Credential', 'Resource', 'Operation', 'Order', 'Deliver', 'Input Binary Field', 'Simplify', 'Options'];
		await eventually(async () => {
			expect(await panel.labels()).toEqual(expect.arrayContaining(labels));
			expect(await panel.field('resource').locator('input').inputValue()).toBe('Order');
			expect(await panel.field('operation').locator('input').inputValue()).toBe('Deliver');
			expect(await byTestId('node-credentials-select').locator('input').inputValue()).toBe('Atelier account');
		});
		await takePicture(page, 'node');
	});

	it('shows the Atelier Trigger with one box of poll times, set to five minutes, and its events', async () => {
		const panel = await openPanel('When an order is paid');
		await eventually(async () => {
			const text = await panel.parameters.innerText();
			expect(text.match(/Poll Times/g)).toHaveLength(1);
			for (const words of ['Events', 'Order Paid', 'Order In Progress', 'Revision Requested', 'Filters', 'Options']) {
				expect(text).toContain(words);
			}
			expect(await panel.inputs()).toEqual(expect.arrayContaining(['Every X', '5', 'Minutes']));
		});
		await takePicture(page, 'trigger');
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
		const panel = await openPanel('Atelier Trigger', id);
		await eventually(async () => expect(await panel.inputs()).toEqual(expect.arrayContaining(['Every X', '5', 'Minutes'])));
	});

	it('tests the credential when it is opened, and shows in red why a key is refused', async () => {
		await page.goto(`${sandbox.n8n.url}/home/credentials/${sandbox.credentials.atelierApi!.id}`);
		await byTestId('credentials-config-container-test-success').waitFor();
		await takePicture(page, 'credential');
		await byTestId('parameter-input-apiKey').locator('input').fill(`atelier_${'0'.repeat(48)}`);
		await byTestId('credential-save-button').click();
		await page.getByText('More details').click();
		await page.getByText('Atelier did not accept the API Key: Invalid or inactive API key').waitFor();
		await takePicture(page, 'credential-refused');
	});

	it('lists the package among the community nodes', async () => {
		await page.goto(`${sandbox.n8n.url}/settings/community-nodes`);
		const card = page.getByText('n8n-nodes-atelier', { exact: true });
		await card.first().waitFor();
		await takePicture(page, 'community-nodes');
	});

	it('shows the workflow in the dark, too', async () => {
		const darkPage = await openPage(browser, { dark: true });
		await signInToEditor(darkPage, sandbox.n8n.url);
		await darkPage.goto(`${sandbox.n8n.url}/workflow/${workflowId}`);
		const icon = darkPage.locator('[data-test-id="canvas-node"] img[src*="n8n-nodes-atelier"]').first();
		await icon.waitFor();
		await eventually(async () => expect(await icon.getAttribute('src')).toMatch(/dark\.svg$/));
		await takePicture(darkPage, 'workflow-dark');
		await darkPage.close();
	});
});

describe("the buyer's page", () => {
	it('shows the delivered order with its picture and the message, and takes the approval', async () => {
		const buyersPage = await openPage(browser, { width: 1280, height: 1100 });
		await buyersPage.goto(`${sandbox.stack.marketplace.url}/#/orders/${orderId}`);
		await buyersPage.getByText('Is it what you wanted?').waitFor();
		await eventually(async () => {
			const text = await buyersPage.locator('#main').innerText();
			expect(text).toContain('delivered');
			expect(text).toContain(BRIEF);
			expect(text).toContain('Your picture is ready. Tell me if you would like anything changed.');
		});
		const picture = buyersPage.locator('.delivery img').first();
		await picture.waitFor();
		const width = await picture.evaluate(async (image) => {
			const element = image as unknown as { decode(): Promise<void>; naturalWidth: number };
			await element.decode();
			return element.naturalWidth;
		});
		expect(width).toBeGreaterThan(200);
		await takePicture(buyersPage, 'buyers-page');

		await buyersPage.getByRole('button', { name: 'Approve' }).click();
		await buyersPage.locator('.order [role=status]').getByText('completed', { exact: true }).waitFor();
		expect((await sandbox.readOrder(orderId)).order.status).toBe('completed');
		await buyersPage.close();
	});
});
