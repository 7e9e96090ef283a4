// The test suites, one jest project each; scripts/test.ts (`npm test`) chooses among them and adds Node's flags.

/** Packages without a CommonJS build: the oldest releases of Node.js 24 need them transformed. */
const ESM_ONLY = ['get-port'];

const toCommonJs = ['@swc/jest', { jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } }];

/**
 * @param {string} name the project's name and its folder under test/
 * @param {import('jest').Config} [settings]
 * @returns {import('jest').Config}
 */
const project = (name, settings) => ({
	displayName: name,
	rootDir: __dirname,
	// Jest lists every file under its roots: the installed n8n under sandbox/ and the built dist/ stay out.
	roots: ['<rootDir>/credentials', '<rootDir>/nodes', '<rootDir>/test'],
	testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
	testEnvironment: 'node',
	transform: {
		'\\.ts$': toCommonJs,
		[`/node_modules/(${ESM_ONLY.join('|')})/.+\\.js$`]: toCommonJs,
	},
	transformIgnorePatterns: [`/node_modules/(?!(${ESM_ONLY.join('|')})/)`],
	...settings,
});

/** n8n-core's classes are decorated and want this polyfill before anything else. */
const withEngine = { setupFiles: ['reflect-metadata'] };

module.exports = {
	projects: [
		project('unit', { setupFiles: ['<rootDir>/test/unit/support/propertySeed.ts'] }),
		project('engine', withEngine),
		project('engine1', {
			...withEngine,
			testMatch: ['<rootDir>/test/engine/**/*.test.ts'],
			moduleNameMapper: { '^(n8n-core|n8n-workflow|zod)(/.*)?$': '<rootDir>/sandbox/n8n1-engine/node_modules/$1$2' },
		}),
		project('sandbox'),
		// The package is unpacked outside the project; n8n too puts its own modules on the search path of a package.
		project('package', { ...withEngine, modulePaths: ['<rootDir>/node_modules'] }),
		project('chaos', withEngine),
		project('fuzz', withEngine),
		project('load', withEngine),
		project('e2e'),
	],
};
