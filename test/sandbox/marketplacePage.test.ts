import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { launchBrowser, openPage } from '../../sandbox/browser';
import type { SandboxAgent } from '../../sandbox/marketplace/control';
import { MarketplaceClient } from './marketplaceClient';

const shop = new MarketplaceClient();
let browser: Browser;
let page: Page;
let foreignRequests: string[];
let problems: string[];

beforeAll(async () => {
	[browser] = await Promise.all([launchBrowser(), shop.start()]);
});
afterAll(async () => {
	await browser?.close();
	await shop.stop();
});
beforeEach(async () => {
	await shop.control.reset();
	page = await openPage(browser, { width: 1200, height: 900 });
	foreignRequests = [];
	problems = [];
	page.on('request', (request) => {
		if (!request.url().startsWith(shop.url)) foreignRequests.push(request.url());
	});
	page.on('pageerror', (error) => problems.push(String(error)));
	page.on('console', (message) => {
		if (message.type() === 'error') problems.push(message.text());
	});
});
afterEach(async () => {
	await page.close();
	expect({ foreignRequests, problems }).toEqual({ foreignRequests: [], problems: [] });
});

async function offer(fields: Record<string, unknown> = {}): Promise<{ agent: SandboxAgent; serviceId: string }> {
	const agent = await shop.agent();
	return { agent, serviceId: (await shop.control.createService(agent.id, fields)).id };
}

const png = async () =>
	new Uint8Array(
		await sharp({ create: { width: 400, height: 300, channels: 3, background: '#7a9e7e' } })
			.png()
			.toBuffer(),
	);

async function uploadPicture(agent: SandboxAgent): Promise<string> {
	return (await shop.upload('/upload', agent.api_key, await png(), 'image/png')).data.url;
}

describe("the buyer's page", () => {
	it('says where to connect while nothing is offered, and shows a service as soon as there is one', async () => {
		await page.goto(shop.url);
		await page.getByText(`${shop.url}/api`, { exact: true }).waitFor();
		await offer({ title: 'Portrait in oil' });
		await page.getByText('Portrait in oil').waitFor();
	});

	it('takes an order from brief to approval', async () => {
		const { agent } = await offer({ title: 'Portrait in oil', price_usd: '30' });
		await page.goto(shop.url);
		await page.getByLabel('Your brief').fill('My grandmother in her garden');
		await page.getByLabel('Reference pictures').setInputFiles({
			name: 'garden.png',
			mimeType: 'image/png',
			buffer: Buffer.from(await png()),
		});
		await page.getByAltText('Reference picture 1').waitFor();
		await page.getByRole('button', { name: 'Place order and pay $30.00' }).click();
		const status = page.locator('.order [role=status]');
		await status.getByText('With the agent').waitFor();
		await status.getByText('paid', { exact: true }).waitFor();
		const [order] = await shop.control.orders();
		expect(order).toMatchObject({ brief: 'My grandmother in her garden', status: 'paid' });
		expect(JSON.parse(String(order.reference_images))).toHaveLength(1);

		await shop.post(`/orders/${order.id}/messages`, agent.api_key, { content: 'Which season?' });
		await page.getByText('Which season?').waitFor();
		await page.getByLabel('Message').fill('Early summer');
		await page.getByRole('button', { name: 'Send', exact: true }).click();
		await page.locator('.message.client').getByText('Early summer').waitFor();

		const original = await uploadPicture(agent);
		const picture = { deliverable_url: original, deliverable_media_type: 'image' };
		await shop.post(`/orders/${order.id}/deliver`, agent.api_key, picture);
		const shown = page.getByAltText('Delivered picture 1');
		await shown.waitFor();
		expect(await shown.getAttribute('src')).toMatch(/previews\//);
		await page.getByText('Ask for a revision').click();
		await page.getByLabel('Ask for a revision').fill('More roses');
		await page.getByRole('button', { name: 'Send the request' }).click();
		await status.getByText('Being revised').waitFor();
		expect((await shop.control.order(order.id)).order).toMatchObject({
			status: 'revision_requested',
			revision_count: 1,
		});

		await shop.post(`/orders/${order.id}/deliver`, agent.api_key, picture);
		await page.getByRole('button', { name: 'Approve' }).click();
		await status.getByText('Completed', { exact: true }).waitFor();
		await page.locator(`.picture img[src="${original}"]`).first().waitFor();
		await page.getByRole('button', { name: 'Send review' }).click();
		await page.getByLabel('5 of 5 stars').waitFor();
	});

	it('keeps half-written words while it looks for news', async () => {
		const { agent, serviceId } = await offer();
		const { id } = await shop.control.placeOrder({ service_id: serviceId, brief: 'A boat on a lake', pay: true });
		await shop.deliver(id, agent.api_key, 'one');
		await page.goto(`${shop.url}/#/orders/${id}`);
		await page.getByText('Ask for a revision').click();
		await page.getByLabel('Ask for a revision').fill('Half a sent');
		await page.getByLabel('Message').fill('Another half');
		await shop.post(`/orders/${id}/messages`, agent.api_key, { content: 'News' });
		await page.getByText('News').waitFor();
		expect(await page.getByLabel('Ask for a revision').inputValue()).toBe('Half a sent');
		expect(await page.getByLabel('Message').inputValue()).toBe('Another half');
	});

	it('asks for a price, pays it once it is named, and can report a problem', async () => {
		const { agent } = await offer({ price_type: 'quote' });
		await page.goto(shop.url);
		await page.getByLabel('Your brief').fill('A mural for our hallway');
		await page.getByRole('button', { name: 'Ask for a price' }).click();
		await page.locator('.order').getByText('Waiting for a price').waitFor();
		const [{ id }] = await shop.control.orders();
		await shop.post(`/orders/${id}/quote`, agent.api_key, { price_usd: '80' });
		await page.getByRole('button', { name: 'Pay $80.00' }).click();
		await page.locator('.order').getByText('With the agent').waitFor();
		await shop.deliver(id, agent.api_key, 'one');
		await page.getByText('Report a problem').click();
		await page.getByLabel('Report a problem').fill('This is not a mural');
		await page.getByRole('button', { name: 'Send the report' }).click();
		await page.locator('.order').getByText('Problem reported').waitFor();
		expect((await shop.control.order(id)).order.status).toBe('disputed');
	});

	it('shows text as text, whoever wrote it, and opens web addresses alone', async () => {
		const hostile = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
		const { agent, serviceId } = await offer({ description: `${hostile} and forty characters more` });
		const { id } = await shop.control.placeOrder({
			service_id: serviceId,
			brief: hostile,
			requirement_answers: { [hostile]: hostile },
			pay: true,
		});
		await shop.post(`/orders/${id}/messages`, agent.api_key, { content: hostile });
		const stored = await shop.upload('/upload', agent.api_key, new TextEncoder().encode(hostile), 'text/plain');
		await shop.post(`/orders/${id}/deliver`, agent.api_key, {
			deliverable_url: stored.data.url,
			deliverable_media_type: 'text',
		});
		await page.goto(`${shop.url}/#/orders/${id}`);
		await page.locator('pre').getByText(hostile).waitFor();
		await page.locator('.message').getByText(hostile).waitFor();
		expect(await page.locator('.brief.words, .brief .words').innerText()).toBe(hostile);
		expect(await page.title()).toBe('Atelier sandbox');
		expect(await page.locator('main script, main img[src=x]').count()).toBe(0);
	});

	it('fits a telephone: a list, then one order, and back', async () => {
		const { serviceId } = await offer();
		const { id } = await shop.control.placeOrder({ service_id: serviceId, brief: 'A boat on a lake', pay: true });
		await page.setViewportSize({ width: 390, height: 800 });
		await page.goto(shop.url);
		await page.locator('nav').getByText('A boat on a lake').click();
		await page.locator('.order .status').waitFor();
		expect(page.url()).toBe(`${shop.url}/#/orders/${id}`);
		expect(await page.locator('nav').isVisible()).toBe(false);
		expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
		await page.getByText('All orders').click();
		await page.locator('nav').getByText('A boat on a lake').waitFor();
	});
});
