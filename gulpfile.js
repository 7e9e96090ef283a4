// Builds dist/: what n8n loads, and nothing else. Called by `npm run build`.

const { spawn } = require('node:child_process');
const { mkdir, rename, rm, utimes, writeFile } = require('node:fs/promises');
const { basename, dirname, join } = require('node:path');
const esbuild = require('esbuild');
const { dest, parallel, series, src } = require('gulp');

const { n8n: REGISTERED } = require('./package.json');

const DIST = join(__dirname, 'dist');
// Built aside and moved into place when complete: a failed build leaves no half dist, and a reader never sees one.
const STAGING = join(__dirname, 'node_modules', '.cache', `n8n-nodes-atelier-build-${process.pid}`);

/** The file with all code, in dist/nodes. */
const BUNDLE = 'package.js';

let startedAt;

async function begin() {
	startedAt = new Date();
	await mkdir(STAGING, { recursive: true });
}

function checkTypes() {
	const tsc = require.resolve('typescript/bin/tsc');
	return new Promise((done, failed) => {
		spawn(process.execPath, [tsc, '--project', __dirname, '--noEmit'], { stdio: 'inherit' })
			.on('error', failed)
			.on('exit', (code) => {
				if (code === 0) return done();
				// A sentence without a stack: what matters stands in TypeScript's own lines.
				failed(Object.assign(new Error('TypeScript found errors, see above.'), { showStack: false }));
			});
	});
}

/**
 * All code as one readable file, because Node.js takes longer to find and keep a hundred small ones than to run them. The
 * files that package.json registers each give out their class from it.
 */
async function bundle() {
	const registered = [...REGISTERED.nodes, ...REGISTERED.credentials].map((file) => file.replace(/^dist\//, ''));
	const sources = registered.map((file) => `export * from './${file.replace(/\.js$/, '')}';`);
	await esbuild.build({
		stdin: { contents: sources.join('\n'), resolveDir: __dirname },
		outfile: join(STAGING, 'nodes', BUNDLE),
		bundle: true,
		platform: 'node',
		format: 'cjs',
		target: 'es2022',
		// With one character beyond Latin-1, V8 would keep the whole text with two bytes for each.
		charset: 'ascii',
		packages: 'external',
		logLevel: 'warning',
	});
	for (const file of registered) {
		const path = join(STAGING, file);
		const name = basename(file).split('.')[0];
		const toBundle = file.startsWith('nodes/') ? `../${BUNDLE}` : `../nodes/${BUNDLE}`;
		await mkdir(dirname(path), { recursive: true });
		await writeFile(path, `'use strict';\nexports.${name} = require('${toBundle}').${name};\n`);
	}
}

/** Icons keep their place in the project: the classes refer to them with the same relative path in dist/. */
function copyIcons() {
	return src('icons/*.svg', { base: __dirname, encoding: false }).pipe(dest(STAGING));
}

/** The codex files and the output schemas, which n8n looks for beside the compiled node. */
function copyDescriptions() {
	const files = ['nodes/**/*.node.json', 'nodes/**/__schema__/**/*.json'];
	return src(files, { base: __dirname, encoding: false, allowEmpty: true }).pipe(dest(STAGING));
}

async function putInPlace() {
	await rm(DIST, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
	await rename(STAGING, DIST);
	// The folder's time says which state of the sources it was built from: see scripts/support/dist.ts.
	await utimes(DIST, startedAt, startedAt);
}

const assemble = series(begin, parallel(checkTypes, bundle, copyIcons, copyDescriptions), putInPlace);

async function build() {
	try {
		await new Promise((done, failed) => assemble((error) => (error ? failed(error) : done())));
	} finally {
		await rm(STAGING, { recursive: true, force: true });
	}
}

module.exports = { build, default: build };
