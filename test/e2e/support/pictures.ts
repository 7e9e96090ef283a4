import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';

import { PROJECT_ROOT } from '../../../scripts/support/paths';

/** Pictures for a person to look at; git ignores the folder. */
const PICTURES = join(PROJECT_ROOT, '.sandbox', 'screenshots');

/** Keeps a picture of a page, or of a part of it. */
export async function takePicture(shown: Page | Locator, name: string): Promise<void> {
	mkdirSync(PICTURES, { recursive: true });
	await shown.screenshot({ path: join(PICTURES, `${name}.png`) });
}
