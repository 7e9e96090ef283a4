import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';

import { OWNER } from './demo/desk';

/** Where Chromium or Chrome usually is, unless the environment variable CHROMIUM names it. */
const USUAL_PATHS = [
	'/usr/bin/chromium',
	'/usr/bin/chromium-browser',
	'/usr/bin/google-chrome',
	'/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
	'/Applications/Chromium.app/Contents/MacOS/Chromium',
	'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** How long a page may take to show something, on a busy machine. */
const PATIENCE_MS = 60_000;

/** No sandbox of its own, since containers allow none; and nothing that calls its maker. */
const ARGUMENTS = [
	...['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
	...['--disable-sync', '--no-first-run'],
];

/**
 * Starts a browser without a window.
 *
 * @throws Error with one sentence when there is none on this machine
 */
export async function launchBrowser(): Promise<Browser> {
	const executablePath = [process.env.CHROMIUM, ...USUAL_PATHS].find((path) => path && existsSync(path));
	if (!executablePath) {
		throw new Error('Chromium was not found: install it, or name its program in the environment variable CHROMIUM.');
	}
	return await chromium.launch({ executablePath, args: ARGUMENTS });
}

/**
 * Opens a page that reaches this machine only.
 *
 * @param options.dark whether pages are to show their dark side
 */
export async function openPage(
	browser: Browser,
	{ width = 1600, height = 900, dark = false }: { width?: number; height?: number; dark?: boolean } = {},
): Promise<Page> {
	const page = await browser.newPage({ viewport: { width, height }, colorScheme: dark ? 'dark' : 'light' });
	page.setDefaultTimeout(PATIENCE_MS);
	await page.route(
		({ hostname, protocol }) => protocol.startsWith('http') && hostname !== '127.0.0.1' && hostname !== 'localhost',
		async (route) => await route.abort(),
	);
	return page;
}

/** Signs in to n8n's editor as its owner. */
export async function signInToEditor(page: Page, editorUrl: string): Promise<void> {
	await page.goto(`${editorUrl}/signin`);
	await page.locator('input[type="email"], input[name="emailOrLdapLoginId"]').first().fill(OWNER.email);
	await page.locator('input[type="password"]').fill(OWNER.password);
	await page.getByRole('button', { name: /sign in/i }).click();
	await page.waitForURL(({ pathname }) => !pathname.includes('signin'));
}
