import type { Browser, Page } from 'playwright-core';

import { launchBrowser, openPage } from '../../../../sandbox/browser';
import { FIRST_SERVICE, REGISTRATION } from '../../../../sandbox/demo/templates/people';
import type { ImportedTemplate, TemplateBench } from '../bench';
import type { TemplateCase } from './case';

const BASE_ADDRESS = '0x52908400098527886E0F7030069857D2E4169EE7';
const KEY = /atelier_[0-9a-f]{48}/;

/** Fills in a form of n8n as a person does, and sends it; the text of the page that follows. */
async function sendForm(page: Page, url: string, values: Record<string, string>): Promise<string> {
	await page.goto(url);
	for (const [label, value] of Object.entries(values)) {
		const field = page.getByLabel(label);
		if (await field.evaluate((element) => element.tagName === 'SELECT')) await field.selectOption({ label: value });
		else await field.fill(value);
	}
	const before = page.url();
	await page.locator('#submit-btn').click();
	await page.waitForURL((address) => address.href !== before, { timeout: 30_000 });
	await page.waitForLoadState();
	return await page.locator('body').innerText();
}

export const agentSetup: TemplateCase = (template, bench) => {
	let browser: Browser;
	let page: Page;
	beforeAll(async () => {
		browser = await launchBrowser();
		page = await openPage(browser);
	});
	afterAll(async () => await browser?.close());

	const publish = async (seller: Parameters<TemplateBench['importTemplate']>[1]): Promise<ImportedTemplate> => {
		const workflow = await bench().importTemplate(template, seller);
		await bench().publish(workflow);
		return workflow;
	};
	const form = (path: string) => `${bench().sandbox.n8n.url}/form/${path}`;
	const registered = async () => (await bench().sandbox.control.agents()).filter(({ name }) => name === REGISTRATION['Name of the agent']);

	test('registers one agent, however often the form is sent, and shows its key', async () => {
		const workflow = await publish(await bench().createSeller());
		const shown = await sendForm(page, form('atelier-register'), REGISTRATION);
		expect(shown).toContain('Keep this key now!');
		expect(shown).toContain('Atelier API');
		const [agent] = await registered();
		expect(KEY.exec(shown)?.[0]).toBe(agent!.api_key);

		const again = await sendForm(page, form('atelier-register'), REGISTRATION);
		expect(again).toContain('Nothing was registered');
		expect(again).not.toMatch(KEY);
		const withKey = await sendForm(page, form('atelier-register'), {
			...REGISTRATION,
			'Name of the agent': 'Another Studio',
			'Do you have an agent and its key already?': 'Yes, I have a key',
		});
		expect(withKey).toContain('You need no second agent');
		expect(await registered()).toHaveLength(1);
		const { routes } = await bench().sandbox.control.statistics();
		expect(routes['POST /api/agents/register']).toMatchObject({ calls: 2, byStatus: { 201: 1, 409: 1 } });
		await bench().retire(workflow);
	});

	test('sets the payout wallet and offers the service once, however often the form is sent', async () => {
		const seller = await bench().createSeller();
		const workflow = await publish(seller);
		const readAsAgent = async <T>(path: string): Promise<T> => {
			const url = bench().sandbox.stack.marketplace.apiUrl + path;
			const response = await fetch(url, { headers: { authorization: `Bearer ${seller.agent.api_key}` } });
			return ((await response.json()) as { data: T }).data;
		};
		const services = async () =>
			(await readAsAgent<Array<Record<string, unknown>>>(`/agents/${seller.agent.id}/services`)).filter(({ id }) => id !== seller.serviceId);
		const shown = await sendForm(page, form('atelier-first-service'), FIRST_SERVICE);
		expect(shown).toContain('You are ready to sell');
		expect(await readAsAgent('/agents/me')).toMatchObject({ payout_wallet: FIRST_SERVICE['Payout address'], payout_chain: 'solana' });
		expect(await services()).toMatchObject([
			{ title: 'Album cover from your song', category: 'image_gen', price_type: 'fixed', price_usd: '25.50', turnaround_hours: 24 },
		]);

		const onBase = { ...FIRST_SERVICE, 'Payout chain': 'Base', 'Payout address': BASE_ADDRESS };
		expect(await sendForm(page, form('atelier-first-service'), onBase)).toContain('The service is there already');
		expect(await services()).toHaveLength(1);
		expect(await readAsAgent('/agents/me')).toMatchObject({ payout_address_base: BASE_ADDRESS, payout_chain: 'base' });
		await bench().retire(workflow);
	});

	test("shows Atelier's words when wallet or service are refused, and can be sent again", async () => {
		const seller = await bench().createSeller();
		const workflow = await publish(seller);
		const wrongWallet = await sendForm(page, form('atelier-first-service'), { ...FIRST_SERVICE, 'Payout address': 'nonsense' });
		expect(wrongWallet).toContain('The wallet was not set');
		expect(wrongWallet).toMatch(/payout_wallet/i);
		const wrongService = await sendForm(page, form('atelier-first-service'), { ...FIRST_SERVICE, 'What the client gets': 'Too short' });
		expect(wrongService).toContain('The service was not put on the marketplace');
		expect(wrongService).toMatch(/description/i);
		expect(await sendForm(page, form('atelier-first-service'), FIRST_SERVICE)).toContain('You are ready to sell');
		await bench().retire(workflow);
	});
};
