// Builds dist/: what n8n loads, and nothing else. Called by `npm run build`.

const { spawn } = require('node:child_process');
const { mkdir, rename, rm, utimes } = require('node:fs/promises');
const { join } = require('node:path');
const { dest, parallel, series, src } = require('gulp');

const DIST = join(__dirname, 'dist');
// Built aside and moved into place when complete: a failed build leaves no half dist, and a reader never sees one.
const STAGING = join(__dirname, 'node_modules', '.cache', `n8n-nodes-atelier-build-${process.pid}`);

let startedAt;

async function begin() {
	startedAt = new Date();
	await mkdir(STAGING, { recursive: true });
}

function compile() {
	const tsc = require.resolve('typescript/bin/tsc');
	return new Promise((done, failed) => {
		spawn(process.execPath, [tsc, '--project', __dirname, '--outDir', STAGING], { stdio: 'inherit' })
			.on('error', failed)
			.on('exit', (code) => {
				if (code === 0) return done();
				// A sentence without a stack: what matters stands in TypeScript's own lines.
				failed(Object.assign(new Error('TypeScript found errors, see above.'), { showStack: false }));
			});
	});
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

const assemble = series(begin, parallel(compile, copyIcons, copyDescriptions), putInPlace);

async function build() {
	try {
		await new Promise((done, failed) => assemble((error) => (error ? failed(error) : done())));
	} finally {
		await rm(STAGING, { recursive: true, force: true });
	}
}

module.exports = { build, default: build };
