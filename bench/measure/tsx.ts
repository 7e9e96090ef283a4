import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { PROJECT_ROOT } from '../../scripts/support/paths';

/** Arguments with which Node.js runs a script in TypeScript. */
export const TSX = [
	'--disable-warning=ExperimentalWarning',
	'--import',
	pathToFileURL(join(PROJECT_ROOT, 'node_modules', 'tsx', 'dist', 'loader.mjs')).href,
];
