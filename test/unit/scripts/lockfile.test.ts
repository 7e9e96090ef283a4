import { lockfileFlaws, manifestFlaws, publishedFlaws } from '../../../scripts/support/lockfile';

const integrity = `sha512-${'a'.repeat(86)}==`;

const lock = (entry: object) => ({ packages: { '': {}, 'node_modules/x': { version: '1.2.3', integrity, ...entry } } });

test('a lock file with checksums and versions has nothing wrong', () => {
	expect(lockfileFlaws(lock({}))).toEqual([]);
	expect(lockfileFlaws(lock({ resolved: 'https://registry.npmjs.org/x/-/x-1.2.3.tgz' }))).toEqual([]);
});

test.each([
	[{ integrity: undefined }, 'has no SHA-512 checksum'],
	[{ integrity: 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=' }, 'has no SHA-512 checksum'],
	[{ resolved: 'git+ssh://git@github.com/x/x.git#abc' }, 'comes from git+ssh'],
	[{ resolved: 'http://registry.npmjs.org/x/-/x-1.2.3.tgz' }, 'comes from http:'],
	[{ resolved: 'https://registry.npmjs.org.evil.example/x.tgz' }, 'comes from https://registry.npmjs.org.evil'],
	[{ version: 'file:../x' }, 'has no version of the registry'],
	[{ link: true }, 'is a link'],
])('a lock file with %j has something wrong', (entry, words) => {
	expect(lockfileFlaws(lock(entry))).toEqual([expect.stringContaining(words)]);
});

test('a lock file that locks nothing is none', () => {
	expect(lockfileFlaws({})).toEqual(['it locks no package']);
});

test.each(['^1.2.3', '9.29.0', '>=1 <3', '*', 'npm:@n8n/eslint-plugin-community-nodes@0.32.0'])('%s is a version', (spec) => {
	expect(manifestFlaws({ devDependencies: { x: spec } })).toEqual([]);
});

test.each(['git+https://github.com/x/x.git', 'github:x/x', 'x/x', 'https://example.com/x.tgz', 'file:../x', 'link:../x', 'npm:x'])(
	'%s is no version',
	(spec) => {
		expect(manifestFlaws({ devDependencies: { x: spec } })).toEqual([`x is asked for as ${spec}, which is no version`]);
	},
);

test('a published package brings nothing along', () => {
	expect(publishedFlaws({ devDependencies: { jest: '1' }, peerDependencies: { 'n8n-workflow': '*' } })).toEqual([]);
	expect(publishedFlaws({ dependencies: { axios: '1' } })).toEqual(['users would have to install axios']);
	expect(publishedFlaws({ bundleDependencies: true })).toEqual(['packages are bundled']);
});
