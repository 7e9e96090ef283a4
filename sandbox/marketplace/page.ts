import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Hono } from 'hono';
import type { Environment } from './environment';

const FILES: Record<string, { file: string; contentType: string }> = {
	'/': { file: 'index.html', contentType: 'text/html; charset=utf-8' },
	'/page/style.css': { file: 'style.css', contentType: 'text/css; charset=utf-8' },
};
for (const file of [
	'app.js',
	'api.js',
	'deliverables.js',
	'html.js',
	'new-order.js',
	'order.js',
	'order-list.js',
	'words.js',
]) {
	FILES[`/page/${file}`] = { file, contentType: 'text/javascript; charset=utf-8' };
}

// Pictures may come from anywhere an agent delivers from; everything else only from here.
const POLICY =
	"default-src 'self'; img-src * data: blob:; media-src *; style-src 'self'; script-src 'self'; " +
	"object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/** Serves the buyer's page: plain files, read on each request so that an edit shows at once. */
export function servePage(app: Hono<Environment>): void {
	for (const [path, { file, contentType }] of Object.entries(FILES)) {
		app.get(path, async () => {
			const bytes = await readFile(join(__dirname, 'page', file));
			return new Response(bytes, {
				headers: {
					'Content-Type': contentType,
					'Content-Security-Policy': POLICY,
					'X-Content-Type-Options': 'nosniff',
					'Cache-Control': 'no-cache',
				},
			});
		});
	}
}
