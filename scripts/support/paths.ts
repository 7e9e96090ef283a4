import { resolve } from 'node:path';

/** The folder that holds the project's package.json, as an absolute path. */
export const PROJECT_ROOT = resolve(__dirname, '..', '..');
