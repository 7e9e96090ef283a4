// Writes the tables of operations and endpoints into README.md, from the node's registry: `npm run docs`.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { resources } from '../nodes/Atelier/operations';
import { withCoverage } from './support/coverage';
import { PROJECT_ROOT } from './support/paths';

const file = join(PROJECT_ROOT, 'README.md');
const before = readFileSync(file, 'utf8');
const after = withCoverage(before, resources);
if (after !== before) writeFileSync(file, after);
console.log(after === before ? 'docs  README.md was up to date' : 'docs  README.md written');
