// Requires and makes all classes that an installed package registers with n8n, in a process of its own, and prints what
// that took. Run by plain Node.js, so that nothing else is loaded: see ../suites/load.ts.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';

import type { INodeProperties, INodeType, INodeTypeDescription } from 'n8n-workflow';

interface Versioned {
	nodeVersions: Record<string, INodeType>;
	currentVersion: number;
}

const folder = process.argv[2];
const require = createRequire(join(folder, 'package.json'));
const { n8n } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
	n8n: { nodes?: string[]; credentials?: string[] };
};

/** Operations in a node's selectors; a node without them is one itself. */
function countOperations({ properties }: INodeTypeDescription): number {
	const selectors = properties.filter(({ name, type }: INodeProperties) => name === 'operation' && type === 'options');
	return selectors.reduce((sum, { options }) => sum + (options?.length ?? 0), 0) || 1;
}

// What every n8n has loaded long before.
require('n8n-workflow');
require('zod');
const heap = (): number => {
	for (let round = 0; round < 3; round++) globalThis.gc?.();
	return process.memoryUsage().heapUsed;
};

const heapBefore = heap();
const started = performance.now();
const made = [...(n8n.nodes ?? []), ...(n8n.credentials ?? [])].map((file) => {
	const loaded = require(join(folder, file)) as Record<string, new () => unknown>;
	return new loaded[basename(file).split('.')[0]]();
});
const ms = performance.now() - started;
const heapMB = (heap() - heapBefore) / 1024 / 1024;

const operations = made.slice(0, n8n.nodes?.length ?? 0).reduce<number>((sum, node) => {
	const type = (node as Partial<Versioned>).nodeVersions ? (node as Versioned).nodeVersions[(node as Versioned).currentVersion] : (node as INodeType);
	return sum + countOperations(type.description);
}, 0);
console.log(JSON.stringify({ ms, heapMB, operations }));
