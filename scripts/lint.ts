// Holds the package against the rules of n8n's verification: `npm run lint`.
//
// The settings are those of @n8n/scan-community-package 0.32.0, which n8n runs on a submitted package: once over
// the sources of the commit it was built from, once over the contents of the tarball. One more pass applies the
// newest release of n8n's own rules, before the scanner does. Warnings count as errors here.

import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { n8nCommunityNodesPlugin } from '@n8n/eslint-plugin-community-nodes';
import * as tsParser from '@typescript-eslint/parser';
import { n8nCommunityNodesPlugin as nextCommunityNodesPlugin } from 'community-nodes-next';
import { ESLint, type Linter } from 'eslint';
import { defineConfig } from 'eslint/config';
import n8nNodesBasePlugin from 'eslint-plugin-n8n-nodes-base';

import { ensureBuilt } from './support/dist';
import { packInto } from './support/pack';
import { PROJECT_ROOT } from './support/paths';

const SOURCES = ['package.json', '{nodes,credentials}/**/*.{js,ts,json}'];
const PUBLISHED = ['package.json', '**/*.js'];

/** The scanner's ESLint configuration, with the given release of the community-nodes plugin. */
function scannerConfig(communityNodesPlugin: typeof n8nCommunityNodesPlugin): Linter.Config[] {
	const { community, credentials, nodes } = n8nNodesBasePlugin.configs;
	return defineConfig(
		communityNodesPlugin.configs.recommended,
		{ rules: { 'no-console': 'error' } },
		{ plugins: { 'n8n-nodes-base': n8nNodesBasePlugin } },
		{ files: ['package.json'], rules: community.rules },
		{
			files: ['**/credentials/**/*.ts'],
			rules: {
				...credentials.rules,
				'n8n-nodes-base/cred-class-field-documentation-url-miscased': 'off',
				'n8n-nodes-base/cred-class-field-type-options-password-missing': 'off',
			},
		},
		{
			files: ['**/nodes/**/*.ts'],
			rules: {
				...nodes.rules,
				'n8n-nodes-base/node-class-description-inputs-wrong-regular-node': 'off',
				'n8n-nodes-base/node-class-description-outputs-wrong': 'off',
				'n8n-nodes-base/node-param-type-options-max-value-present': 'off',
			},
		},
		{ files: ['**/*.json', '**/*.ts'], languageOptions: { parser: tsParser } },
	);
}

/**
 * Lints the files of one folder and prints what was found and one summary line.
 *
 * @param name what the summary line calls the pass
 * @param folder the package's root
 * @param patterns globs relative to the folder
 * @returns whether files were found and all of them are without errors and warnings
 */
async function lint(name: string, folder: string, patterns: string[], config: Linter.Config[]): Promise<boolean> {
	const files = globSync(patterns, { cwd: folder, exclude: ['**/node_modules/**', '**/package-lock.json'] });
	const eslint = new ESLint({
		cwd: folder,
		allowInlineConfig: false,
		overrideConfigFile: true,
		overrideConfig: config,
		errorOnUnmatchedPattern: false,
	});
	const results = await eslint.lintFiles(files);
	const output = await (await eslint.loadFormatter('stylish')).format(results);
	if (output) console.log(output);
	const errors = results.reduce((sum, { errorCount }) => sum + errorCount, 0);
	const warnings = results.reduce((sum, { warningCount }) => sum + warningCount, 0);
	console.log(`lint  ${name}: ${results.length} files, ${errors} errors, ${warnings} warnings`);
	return results.length > 0 && errors + warnings === 0;
}

/** Builds and packs the project and lints what a user of the package would get. */
async function lintTarball(config: Linter.Config[]): Promise<boolean> {
	const temporary = mkdtempSync(join(tmpdir(), 'n8n-nodes-atelier-lint-'));
	try {
		ensureBuilt();
		return await lint('packed tarball', packInto(temporary).folder, PUBLISHED, config);
	} catch (error) {
		console.error(`lint  packed tarball: ${(error as Error).message}`);
		return false;
	} finally {
		rmSync(temporary, { recursive: true, force: true });
	}
}

async function main(): Promise<void> {
	const current = scannerConfig(n8nCommunityNodesPlugin);
	const passed = [
		await lint('sources', PROJECT_ROOT, SOURCES, current),
		await lint('sources, upcoming rules', PROJECT_ROOT, SOURCES, scannerConfig(nextCommunityNodesPlugin)),
		await lintTarball(current),
	];
	if (!passed.every(Boolean)) process.exitCode = 1;
}

void main();
