import type { Locator, Page } from 'playwright-core';

import { waitFor } from './waitFor';

/** What of an element in the browser is read here; the tests are compiled without the browser's types. */
interface ShownElement {
	scrollWidth: number;
	clientWidth: number;
	innerText: string;
}

/** What stands in the output panel after a run that failed. */
export interface ShownFailure {
	message: string;
	advice: string;
}

/** How n8n's editor shows a list to choose from: one on top of the page. */
const LIST = '.el-select__popper:visible';

/** The panel of a node in n8n's editor, used as a person uses it: by what stands there, with clicks and keys. */
export class NodePanel {
	/** Everything under the tab Parameters. */
	readonly parameters: Locator;

	private constructor(private readonly page: Page) {
		this.parameters = this.byTestId('node-parameters');
	}

	/** Opens the panel of a node on the canvas by a double click, and waits until its parameters are there. */
	static async open(page: Page, nodeName: string): Promise<NodePanel> {
		await page.locator('[data-test-id="canvas-node"]').filter({ hasText: nodeName }).first().dblclick();
		return await NodePanel.find(page);
	}

	/** The panel that is open, or is just opening. */
	static async find(page: Page): Promise<NodePanel> {
		const panel = new NodePanel(page);
		await panel.parameters.waitFor();
		return panel;
	}

	/** Where the value of a parameter is, by the parameter's internal name. */
	field(name: string): Locator {
		return this.byTestId(`parameter-input-${name}`);
	}

	/** What stands in the input fields, from top to bottom. */
	async inputs(): Promise<string[]> {
		const inputs = this.parameters.locator('input');
		return await inputs.evaluateAll((all) => all.map((input) => (input as unknown as { value: string }).value));
	}

	/** The labels above the parameters, from top to bottom, the credential's among them. */
	async labels(): Promise<string[]> {
		const labels = this.byTestId('input-label').or(this.byTestId('credentials-label'));
		const titles = this.parameters.locator(labels).locator('label > :first-child > :first-child');
		return (await titles.filter({ visible: true }).allInnerTexts()).map((text) => text.trim());
	}

	/** Texts of the panel that do not fit into their place, so that the editor cuts them off. */
	async cutOffTexts(): Promise<string[]> {
		return await this.parameters.locator('label, label *, button, button *').evaluateAll((elements) =>
			(elements as unknown as ShownElement[])
				.filter(({ clientWidth, scrollWidth }) => clientWidth > 0 && scrollWidth > clientWidth)
				.map(({ innerText }) => innerText)
				.filter(Boolean),
		);
	}

	/** What the editor says when the pointer is over the first of its signs that something is wrong with a parameter. */
	async firstIssue(): Promise<string> {
		await this.byTestId('parameter-issues').first().hover();
		const text = await this.byTestId('tooltip-content').innerText();
		await this.page.mouse.move(0, 0);
		return text;
	}

	/** What can be chosen in a parameter with options. */
	async choices(name: string): Promise<string[]> {
		await this.field(name).locator('input').click();
		const choices = this.page.locator(`${LIST} .option-headline`);
		await choices.first().waitFor();
		const texts = await choices.allInnerTexts();
		await this.page.keyboard.press('Escape');
		await this.page.locator(LIST).waitFor({ state: 'hidden' });
		return texts;
	}

	/** Chooses in a parameter with options. */
	async choose(name: string, choice: string): Promise<void> {
		const input = this.field(name).locator('input');
		await input.click();
		await this.page.locator(`${LIST} .option-headline`).getByText(choice, { exact: true }).click();
		await waitFor(`"${choice}" in ${name}`, async () => (await input.inputValue()) === choice);
		await this.page.locator(LIST).waitFor({ state: 'hidden' });
	}

	/** Types into a text parameter, in place of what stands there. */
	async type(name: string, text: string): Promise<void> {
		const input = this.field(name).locator('input, textarea').first();
		await input.fill(text);
		await input.blur();
	}

	/** Turns a switch on or off. */
	async toggle(name: string): Promise<void> {
		await this.field(name).locator('.el-switch').click();
	}

	/**
	 * Adds an entry to a collection such as Additional Fields.
	 *
	 * @param collection the collection's label
	 * @param entry the entry's label
	 */
	async addEntry(collection: string, entry: string): Promise<void> {
		const part = this.byTestId('parameter-item').filter({ has: this.page.locator(`label[for="${collection}"]`) });
		await part.locator('[data-test-id="collection-parameter-add"]').click();
		await this.page.locator(LIST).getByText(entry, { exact: true }).click();
	}

	/** Unfolds the list of a resource locator and waits for its first entry. */
	async unfold(name: string): Promise<void> {
		await this.field(name).locator('[data-test-id="rlc-input"]').click();
		await this.entries.first().waitFor();
	}

	/** What the unfolded list of a resource locator shows. */
	async listed(): Promise<string[]> {
		return (await this.entries.allInnerTexts()).map((text) => text.trim());
	}

	/** Types into the search of the unfolded list. */
	async search(words: string): Promise<void> {
		await this.byTestId('rlc-search').filter({ visible: true }).fill(words);
	}

	/** Chooses an entry of the unfolded list of a resource locator. */
	async pick(name: string, entry: string): Promise<void> {
		await this.entries.getByText(entry, { exact: true }).click();
		const input = this.field(name).locator('[data-test-id="rlc-input"]');
		await waitFor(`"${entry}" in ${name}`, async () => (await input.inputValue()) === entry);
	}

	/** Folds the list of a resource locator. */
	async fold(): Promise<void> {
		await this.page.keyboard.press('Escape');
		await this.entries.first().waitFor({ state: 'hidden' });
	}

	/** Presses "Execute step", which has to succeed, and waits until all these texts stand in the output panel. */
	async execute(...texts: string[]): Promise<void> {
		await this.byTestId('node-execute-button').click();
		await this.output.locator('[data-test-id="node-run-status-success"]').waitFor();
		for (const text of texts) await this.output.getByText(text).first().waitFor();
	}

	/** Presses "Execute step", which has to fail with these words in its message. */
	async executeInVain(words: string): Promise<ShownFailure> {
		await this.byTestId('node-execute-button').click();
		const message = this.byTestId('node-error-message').filter({ hasText: words });
		await message.waitFor();
		return { message: await message.innerText(), advice: await this.byTestId('node-error-description').innerText() };
	}

	private get output(): Locator {
		return this.byTestId('output-panel');
	}

	private get entries(): Locator {
		return this.byTestId('rlc-item').filter({ visible: true });
	}

	private byTestId(id: string): Locator {
		return this.page.locator(`[data-test-id="${id}"]`);
	}
}
