/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
// Remakes what shows the template workflows: `npm run gallery [part of a template's name …]`.
//
// Imports every template into a real n8n, takes its picture in the editor (docs/images/workflows/) and writes the
// table of workflows/README.md from the templates' own notes. Says what in a picture cannot be read, and fails then.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';

import { launchBrowser, openPage, signInToEditor } from '../sandbox/browser';
import { chooseCredentials, listTemplates, readTemplate } from '../sandbox/demo/desk';
import type { N8nApi, NodeType, WorkflowFile } from '../sandbox/n8n/api';
import { TestSandbox } from '../test/e2e/support/testSandbox';
import { ensureBuilt } from './support/dist';
import { writeGalleryTable } from './support/galleryTable';
import { PROJECT_ROOT } from './support/paths';

const PICTURES = join(PROJECT_ROOT, 'docs', 'images', 'workflows');

/** The canvas is shown in its own size, so that a picture is as sharp as the editor. */
const MARGIN = 96;
const LARGEST_SIDE = 4000;

/** Everything of the editor that is not the workflow. */
const HIDE_EDITOR = `
	[data-test-id="canvas-controls"], [data-test-id="canvas-plus-button"], [data-test-id="node-creator-plus-button"],
	[data-test-id="canvas-node-toolbar"], .vue-flow__panel, .vue-flow__minimap, .el-notification,
	[class*="bottomControls"], [class*="executionButtons"], [class*="_logsPanel"], [data-test-id="logs-panel"]
	{ visibility: hidden !important; }
`;

/** The part of the canvas that a workflow fills, in the canvas's own units. */
function boundsOf({ nodes }: WorkflowFile) {
	const boxes = nodes.map(({ position: [x, y], parameters, type }) => {
		const isNote = type.endsWith('.stickyNote');
		return { x, y, right: x + (isNote ? Number(parameters.width) : 256), bottom: y + (isNote ? Number(parameters.height) : 160) };
	});
	const x = Math.min(...boxes.map((box) => box.x));
	const y = Math.min(...boxes.map((box) => box.y));
	return { x, y, width: Math.max(...boxes.map((box) => box.right)) - x, height: Math.max(...boxes.map((box) => box.bottom)) - y };
}

/**
 * What in the open workflow cannot be read well: notes whose text is cut off or lies under a node or a line, notes much
 * bigger than their text, nodes with a warning.
 */
async function findUnreadable(page: Page): Promise<string[]> {
	return await page.evaluate(() => {
		const nodes = [...document.querySelectorAll<HTMLElement>('.vue-flow__node')];
		const notes = nodes.filter((node) => node.querySelector('[data-test-id="sticky"]'));
		const others = nodes.filter((node) => !notes.includes(node));
		const titleOf = (note: HTMLElement) => note.innerText.trim().split('\n')[0];
		const complaints: string[] = [];
		const linePoints = [...document.querySelectorAll<SVGPathElement>('.vue-flow__edge-path')].flatMap((path) => {
			const toScreen = path.getScreenCTM()!;
			return Array.from({ length: 200 }, (_, step) => path.getPointAtLength((step / 199) * path.getTotalLength()).matrixTransform(toScreen));
		});
		const isUnderLine = (text: HTMLElement) => {
			const words = document.createRange();
			words.selectNodeContents(text);
			return [...words.getClientRects()].some((box) =>
				linePoints.some(({ x, y }) => x > box.left && x < box.right && y > box.top && y < box.bottom),
			);
		};
		for (const note of notes) {
			const frame = note.getBoundingClientRect();
			const texts = [...note.querySelectorAll<HTMLElement>('h1, h2, h3, h4, p, li, img')];
			const bottom = Math.max(...texts.map((text) => text.getBoundingClientRect().bottom));
			if (bottom > frame.bottom - 4) complaints.push(`The note "${titleOf(note)}" is ${Math.ceil(bottom - frame.bottom + 4)} px too low for its text`);
			if (texts.some(isUnderLine)) complaints.push(`A line goes over the text of the note "${titleOf(note)}"`);
			const nodesInside = others.filter((node) => {
				const box = node.getBoundingClientRect();
				return box.left < frame.right && box.right > frame.left && box.top < frame.bottom && box.bottom > frame.top;
			});
			if (nodesInside.length === 0 && frame.bottom - bottom > 64) {
				complaints.push(`The note "${titleOf(note)}" is ${Math.floor(frame.bottom - bottom - 16)} px higher than its text`);
			}
			for (const node of others) {
				const box = node.getBoundingClientRect();
				const beside = box.right < frame.left || box.left > frame.right;
				if (!beside && box.top < bottom && box.bottom > frame.top) {
					complaints.push(`The text of the note "${titleOf(note)}" reaches ${Math.ceil(bottom - box.top)} px into a node`);
				}
			}
		}
		for (const node of others) {
			if (node.querySelector('[data-test-id="node-issues"]')) complaints.push(`The node "${node.innerText.trim().split('\n')[0]}" shows a warning`);
		}
		return complaints;
	});
}

/** Opens a workflow in the editor, in its own size, and takes its picture. */
async function takePicture(page: Page, editor: string, id: string, workflow: WorkflowFile): Promise<{ png: Buffer; complaints: string[] }> {
	const bounds = boundsOf(workflow);
	const viewport = {
		width: Math.min(LARGEST_SIDE, Math.ceil(bounds.width * 1.15) + 2 * MARGIN + 200),
		height: Math.min(LARGEST_SIDE, Math.ceil(bounds.height * 1.15) + 2 * MARGIN + 200),
	};
	await page.setViewportSize(viewport);
	await page.goto(`${editor}/workflow/${id}`);
	await page.locator('.vue-flow__node').first().waitFor();
	await page.addStyleTag({ content: HIDE_EDITOR });
	await page.evaluate(async () => await document.fonts.ready);
	// Zooms to the editor's own size and moves the workflow into the middle.
	await page.locator('.vue-flow__pane').click({ position: { x: 5, y: 5 } });
	await page.keyboard.press('1');
	await page.waitForTimeout(700);
	const complaints = await findUnreadable(page);
	const area = await page.evaluate(() => {
		const boxes = [...document.querySelectorAll('.vue-flow__node')].map((node) => node.getBoundingClientRect());
		return {
			left: Math.min(...boxes.map((box) => box.left)),
			top: Math.min(...boxes.map((box) => box.top)),
			right: Math.max(...boxes.map((box) => box.right)),
			bottom: Math.max(...boxes.map((box) => box.bottom)),
		};
	});
	const frame = 24;
	const clip = {
		x: Math.max(0, area.left - frame),
		y: Math.max(0, area.top - frame),
		width: area.right - area.left + 2 * frame,
		height: area.bottom - area.top + 2 * frame,
	};
	const shot = await page.screenshot({ clip });
	return { png: await sharp(shot).png({ palette: true, colours: 64, compressionLevel: 9, effort: 10 }).toBuffer(), complaints };
}

async function importInto(api: N8nApi, nodeTypes: NodeType[], workflow: WorkflowFile, sandbox: TestSandbox): Promise<string> {
	return (await api.createWorkflow(chooseCredentials(workflow, nodeTypes, sandbox.credentials))).id;
}

async function main(): Promise<void> {
	const wanted = process.argv.slice(2);
	const templates = listTemplates().filter((name) => wanted.length === 0 || wanted.some((part) => name.includes(part)));
	if (templates.length === 0) throw new Error(`No template has ${wanted.join(' or ')} in its name.`);
	ensureBuilt();
	mkdirSync(PICTURES, { recursive: true });

	const sandbox = await TestSandbox.start();
	let browser: Browser | undefined;
	try {
		const editor = sandbox.n8n.url;
		const nodeTypes = await sandbox.api.readNodeTypes();
		browser = await launchBrowser();
		const page = await openPage(browser);
		// tsx marks functions with their names by a helper that the page does not have.
		await page.addInitScript('globalThis.__name = (named) => named');
		await signInToEditor(page, editor);
		for (const name of templates) {
			const workflow = readTemplate(name);
			const id = await importInto(sandbox.api, nodeTypes, workflow, sandbox);
			const { png, complaints } = await takePicture(page, editor, id, workflow);
			writeFileSync(join(PICTURES, `${name}.png`), png);
			console.log(`${name}: ${Math.round(png.length / 1000)} kB`);
			for (const complaint of complaints) {
				console.error(`  ${complaint}`);
				process.exitCode = 1;
			}
		}
	} finally {
		await browser?.close();
		await sandbox.stop();
	}
	const readme = join(PROJECT_ROOT, 'workflows', 'README.md');
	writeFileSync(readme, writeGalleryTable(readFileSync(readme, 'utf8'), listTemplates()));
}

main().then(
	() => process.exit(),
	(error: unknown) => {
		console.error(error instanceof Error ? error.message : error);
		process.exit(1);
	},
);
