import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { Resvg } from '@resvg/resvg-js';
import { PackageDirectoryLoader } from 'n8n-core';
import {
	NodeHelpers,
	type ICredentialType,
	type INodePropertyOptions,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { packInto } from '../../scripts/support/pack';

const PACKAGE_NAME = 'n8n-nodes-atelier';

/** n8n's list of what a community node may call itself. */
const CATEGORIES = [
	'Analytics',
	'Communication',
	'Data & Storage',
	'Development',
	'Finance & Accounting',
	'Marketing & Content',
	'Miscellaneous',
	'Productivity',
	'Sales',
	'Utility',
];

let temporary: string;
let folder: string;
let loader: PackageDirectoryLoader;
let descriptions: INodeTypeDescription[];
let credentials: ICredentialType[];
/** Each node's compiled file, relative to the package. */
let nodeFiles: Array<{ file: string; description: INodeTypeDescription }>;

beforeAll(async () => {
	temporary = mkdtempSync(join(tmpdir(), 'n8n-nodes-atelier-loading-'));
	folder = packInto(temporary).folder;
	loader = new PackageDirectoryLoader(folder);
	await loader.loadAll();
	descriptions = loader.types.nodes;
	credentials = loader.types.credentials;
	nodeFiles = Object.values(loader.nodeTypes).map(({ type, sourcePath }) => ({
		file: sourcePath,
		description: NodeHelpers.getVersionedNodeType(type).description,
	}));
	expect(nodeFiles.length).toBeGreaterThan(0);
});

afterAll(() => rmSync(temporary, { recursive: true, force: true }));

it('loads every registered node and credential', () => {
	const { n8n } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
	expect(Object.values(loader.known.nodes).map(({ sourcePath }) => sourcePath)).toEqual(n8n.nodes);
	expect(Object.values(loader.known.credentials).map(({ sourcePath }) => sourcePath)).toEqual(n8n.credentials);
});

it('names each node after its file', () => {
	for (const { file, description } of nodeFiles) {
		expect(description.name.toLowerCase()).toBe(basename(file, '.node.js').toLowerCase());
	}
});

it('uses only credentials that it brings', () => {
	const brought = credentials.map(({ name }) => name);
	expect(brought).toContain('atelierApi');
	expect(descriptions.flatMap(({ credentials: used = [] }) => used.map(({ name }) => name)).length).toBeGreaterThan(0);
	for (const { name, credentials: used = [] } of descriptions) {
		expect({ name, unknown: used.filter((credential) => !brought.includes(credential.name)) }).toEqual({ name, unknown: [] });
	}
});

it('has two pictures for each icon, one for light and one for dark backgrounds', () => {
	const icons = [...descriptions, ...credentials].map(({ iconUrl }) => iconUrl as { light: string; dark: string });
	for (const { light, dark } of icons) {
		const [lightPicture, darkPicture] = [light, dark].map((url) => {
			expect(url).toMatch(new RegExp(`^icons/${PACKAGE_NAME}/dist/.+\\.svg$`));
			return readFileSync(join(folder, url.slice(`icons/${PACKAGE_NAME}/`.length)), 'utf8');
		});
		expect(lightPicture).not.toBe(darkPicture);
		for (const picture of [lightPicture, darkPicture]) {
			const { width, height, pixels } = new Resvg(picture, { fitTo: { mode: 'width', value: 24 } }).render();
			expect([width, height]).toEqual([24, 24]);
			expect(pixels.some((value) => value > 0)).toBe(true);
		}
	}
});

it('describes each node in a codex file that n8n reads', () => {
	for (const { file, description } of nodeFiles) {
		const codex = JSON.parse(readFileSync(join(folder, `${file}on`), 'utf8'));
		expect(codex.node).toBe(`${PACKAGE_NAME}.${description.name}`);
		expect(codex.codexVersion).toBe('1.0');
		expect(codex.categories.length).toBeGreaterThan(0);
		expect(codex.categories.filter((category: string) => !CATEGORIES.includes(category))).toEqual([]);
		expect(description.codex?.categories).toEqual(codex.categories);
		const { primaryDocumentation, credentialDocumentation } = description.codex?.resources ?? {};
		for (const pages of [primaryDocumentation, credentialDocumentation]) {
			expect(pages).toEqual([{ url: expect.stringMatching(/^https:\/\//) }]);
		}
	}
});

it('keeps its output schemas where n8n looks for them', () => {
	const optionsOf = ({ properties }: INodeTypeDescription, name: string) =>
		properties.filter((property) => property.name === name);
	let found = 0;
	for (const { file, description } of nodeFiles) {
		const known = optionsOf(description, 'operation').flatMap(({ options, displayOptions }) =>
			(displayOptions?.show?.resource ?? []).flatMap((resource) =>
				((options ?? []) as INodePropertyOptions[]).map(({ value }) => `${String(resource)}/${String(value)}`),
			),
		);
		const base = join(folder, dirname(file), '__schema__');
		if (!existsSync(base)) continue;
		for (const schemaFile of globSync('**/*.json', { cwd: base })) {
			const [version, ...place] = schemaFile.replaceAll('\\', '/').replace(/\.json$/, '').split('/');
			expect(version).toMatch(/^v\d+\.\d+\.\d+$/);
			// A node without operations has one schema, named after its version alone.
			expect(known.length > 0 ? known : ['']).toContain(place.join('/'));
			expect(JSON.parse(readFileSync(join(base, schemaFile), 'utf8'))).toHaveProperty('type');
			found += 1;
		}
	}
	expect(found).toBeGreaterThan(0);
});
