import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { preProcessFile } from 'typescript';

import { packInto, type PackedPackage } from '../../scripts/support/pack';
import { PROJECT_ROOT } from '../../scripts/support/paths';

/** What a user's n8n has to download and unpack, in bytes. */
const SIZE_LIMIT = 900_000;

/** The modules that n8n provides to a package; everything else has to be inside it. */
const PROVIDED_MODULES = ['n8n-workflow', 'zod', 'crypto', 'node:crypto'];

const EXPECTED_FILES = [
	/^(package\.json|README\.md|LICENSE)$/,
	/^dist\/(credentials|nodes)\/.+\.js$/,
	/^dist\/nodes\/[^/]+\/[^/]+\.node\.json$/,
	/^dist\/nodes\/[^/]+\/__schema__\/v[\d.]+(\/.+)?\.json$/,
	/^dist\/icons\/[^/]+\.svg$/,
	/^workflows\/.+\.(json|md|png|svg|webp)$/,
];

interface TemplateNode {
	name: string;
	credentials?: Record<string, { id?: unknown }>;
}

let temporary: string;
let packed: PackedPackage;

beforeAll(() => {
	temporary = mkdtempSync(join(tmpdir(), 'n8n-nodes-atelier-contents-'));
	packed = packInto(temporary);
});

afterAll(() => rmSync(temporary, { recursive: true, force: true }));

const filesLike = (pattern: RegExp): string[] => packed.files.filter((file) => pattern.test(file));
const readText = (file: string): string => readFileSync(join(packed.folder, file), 'utf8');
const readJson = (file: string) => JSON.parse(readText(file));

it('holds what users need and nothing else', () => {
	expect(packed.files).toEqual(expect.arrayContaining(['package.json', 'README.md', 'LICENSE']));
	expect(packed.files.filter((file) => !EXPECTED_FILES.some((pattern) => pattern.test(file)))).toEqual([]);
	expect(packed.files.filter((file) => /\.(test|spec)\./.test(file))).toEqual([]);
});

it('holds one file with all code, a file for each class that n8n loads, and a copy of everything beside the sources', () => {
	const classes = globSync(['credentials/*.credentials.ts', 'nodes/*/*.node.ts'], { cwd: PROJECT_ROOT });
	const companions = globSync(['nodes/*/*.node.json', 'nodes/*/__schema__/**/*.json', 'icons/*.svg'], { cwd: PROJECT_ROOT });
	expect(classes.length).toBeGreaterThan(0);
	const expected = ['nodes/package.js', ...classes.map((file) => file.replace(/\.ts$/, '.js')), ...companions];
	const inDist = filesLike(/^dist\//).map((file) => file.slice('dist/'.length));
	expect(inDist.sort()).toEqual(expected.map((file) => file.replaceAll('\\', '/')).sort());
});

it('keeps its code readable, in characters of which V8 keeps one byte each', () => {
	const code = readText('dist/nodes/package.js');
	expect(code).toMatch(/^\/\/ nodes\/Atelier\/runner\.ts$/m);
	expect(Math.max(...code.split('\n').map((line) => line.length))).toBeLessThan(2000);
	expect(/[^\u0000-\u007f]/.exec(code)).toBeNull();
});

it('needs no other package and runs nothing when it is installed', () => {
	const { dependencies, optionalDependencies, bundleDependencies, bundledDependencies, peerDependencies, scripts } =
		readJson('package.json');
	expect({ ...dependencies, ...optionalDependencies }).toEqual({});
	expect([bundleDependencies, bundledDependencies]).toEqual([undefined, undefined]);
	expect(peerDependencies).toEqual({ 'n8n-workflow': '*' });
	expect(Object.keys(scripts).filter((name) => /^(pre|post)?(install|prepare|publish)$/.test(name))).toEqual([]);
});

it('imports only what n8n provides and files of its own', () => {
	const scripts = filesLike(/\.js$/);
	expect(scripts.length).toBeGreaterThan(0);
	const unknown = scripts.flatMap((file) =>
		preProcessFile(readText(file), true, true)
			.importedFiles.map(({ fileName }) => fileName)
			.filter((imported) => {
				if (!imported.startsWith('.')) return !PROVIDED_MODULES.includes(imported);
				const path = resolve(packed.folder, dirname(file), imported);
				return ![path, `${path}.js`, join(path, 'index.js')].some((candidate) => candidate.endsWith('.js') && existsSync(candidate));
			})
			.map((imported) => `${file} imports ${imported}`),
	);
	expect(unknown).toEqual([]);
});

it('registers every node and credential that it holds', () => {
	const { nodes, credentials } = readJson('package.json').n8n as { nodes: string[]; credentials: string[] };
	expect(nodes.length).toBeGreaterThan(0);
	expect(credentials.length).toBeGreaterThan(0);
	expect([...nodes].sort()).toEqual(filesLike(/\.node\.js$/).sort());
	expect([...credentials].sort()).toEqual(filesLike(/\.credentials\.js$/).sort());
});

it(`unpacks to less than ${SIZE_LIMIT / 1000} kB`, () => {
	process.stdout.write(`packed tarball: ${packed.files.length} files, ${Math.round(packed.unpackedSize / 1000)} kB unpacked\n`);
	expect(packed.unpackedSize).toBeGreaterThan(0);
	expect(packed.unpackedSize).toBeLessThan(SIZE_LIMIT);
});

it('holds templates that carry nothing of the instance they were made on', () => {
	const templates = filesLike(/^workflows\/.+\.json$/);
	expect(templates.length).toBeGreaterThan(0);
	for (const file of templates) {
		const template = readJson(file) as { nodes: TemplateNode[]; meta?: { instanceId?: unknown }; active?: boolean };
		const withCredentialId = template.nodes.filter((node) =>
			Object.values(node.credentials ?? {}).some((credential) => credential.id !== undefined),
		);
		expect({
			file,
			nodesWithCredentialId: withCredentialId.map(({ name }) => name),
			instanceId: template.meta?.instanceId,
			active: template.active ?? false,
		}).toEqual({ file, nodesWithCredentialId: [], instanceId: undefined, active: false });
		expect(template.nodes.length).toBeGreaterThan(0);
	}
});
