import { sleep } from 'n8n-workflow';
import type { IExecuteFunctions } from 'n8n-workflow';

import { asThrown, mayPass } from '../shared/errors';

/**
 * Tries again what failed for a reason that may pass, as "Retry On Fail" in a node that goes on after errors promises.
 *
 * n8n repeats such a node only when its first item has failed, and then with all its items. Here each item gets its
 * tries, and those that have succeeded are left alone. A node that stops at an error is repeated by n8n.
 *
 * @throws whatever the last try throws
 */
export async function withRetries<T>(context: IExecuteFunctions, run: () => Promise<T>): Promise<T> {
	const { retryOnFail, maxTries, waitBetweenTries } = context.getNode();
	// The limits and what is assumed without a number are those of n8n's engine.
	const tries = retryOnFail && context.continueOnFail() ? Math.min(5, Math.max(2, maxTries || 3)) : 1;
	const pauseMs = Math.min(5000, Math.max(0, waitBetweenTries || 1000));
	for (let attempt = 1; ; attempt++) {
		try {
			return await run();
		} catch (error) {
			if (attempt === tries || !mayPass(error)) throw asThrown(error);
		}
		await sleep(pauseMs);
	}
}
