import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY_MS = 200;
const PAGE_WITHIN_MS = 60_000;

/**
 * Fills in a form of n8n and sends it, as the page's own script does.
 *
 * @param url the address of a form, of a Form Trigger node or of a Wait node
 * @param values what goes into each field, by the field's label; fields that are left out stay empty
 * @returns the HTML of the page that follows; empty where none follows
 * @throws Error when the form is not there, has no field with such a label, or n8n refuses what was sent
 */
export async function fillInForm(url: string, values: Record<string, string>): Promise<string> {
	const page = await readPage(url);
	const fields = new Map([...page.matchAll(/<label class='form-label[^']*' for='(field-\d+)'>([^<]*)<\/label>/g)].map(([, name, label]) => [label!, name!]));
	const unknown = Object.keys(values).find((label) => !fields.has(label));
	if (unknown) throw new Error(`The form ${url} has no field "${unknown}" but ${[...fields.keys()].join(', ')}.`);
	const form = new FormData();
	for (const [label, name] of fields) form.append(name, values[label] ?? '');
	const response = await fetch(url, { method: 'POST', body: form });
	const text = await response.text();
	if (!response.ok) throw new Error(`n8n answered ${response.status} to the form ${url}: ${text}`);
	const next = parseJson(text)?.formWaitingUrl;
	return typeof next === 'string' ? await readNextPage(next) : '';
}

/** Waits until the run has come to its next page, reads it, and lets the run go on. */
async function readNextPage(url: string): Promise<string> {
	const status = new URL(url);
	status.pathname += '/n8n-execution-status';
	const deadline = Date.now() + PAGE_WITHIN_MS;
	while ((await readPage(status.href)).trim() !== 'form-waiting') {
		if (Date.now() > deadline) throw new Error(`No page followed the form within ${PAGE_WITHIN_MS / 1_000} s.`);
		await sleep(LOOK_EVERY_MS);
	}
	const page = await readPage(url);
	await fetch(url, { method: 'POST' });
	return page;
}

async function readPage(url: string): Promise<string> {
	const response = await fetch(url);
	const text = await response.text();
	if (!response.ok) throw new Error(`n8n answered ${response.status} to ${url}: ${text}`);
	return text;
}

function parseJson(text: string): Record<string, unknown> | undefined {
	try {
		return JSON.parse(text) as Record<string, unknown>;
	} catch {
		return undefined;
	}
}
