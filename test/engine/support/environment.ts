import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// n8n-core reads these when its first service is made, so this file is imported before n8n-core.

/** n8n's data folder of this test file, or of a process of the benchmark; deleted at its end. */
export const DATA_FOLDER = mkdtempSync(join(tmpdir(), 'n8n-nodes-atelier-engine-'));

process.env.N8N_USER_FOLDER = DATA_FOLDER;
process.env.N8N_ENCRYPTION_KEY = 'only-for-tests';
process.env.N8N_LOG_LEVEL = 'silent';

const removeData = () => rmSync(DATA_FOLDER, { recursive: true, force: true });
if (typeof afterAll === 'function') afterAll(removeData);
else process.once('exit', removeData);
