import { setTimeout as wait } from 'node:timers/promises';
import { isLoopbackUrl } from '../../loopback';
import { Refusal } from './api';

const RETRY_DELAYS_MS = [0, 500, 2_000];

/**
 * Checks the address that a request wants its outcome sent to.
 *
 * @throws {Refusal} 422 when it leads off this machine
 */
export function checkWebhook(address: string | undefined) {
	if (address === undefined || isLoopbackUrl(address)) return;
	throw new Refusal(422, `The sandbox calls webhooks on this machine only, not ${address}.`, { param: 'webhook' });
}

/** POSTs a job's outcome as JSON; tries three times in all until the receiver answers 2xx. */
export async function callWebhook(address: string, body: object): Promise<void> {
	for (const delay of RETRY_DELAYS_MS) {
		await wait(delay);
		const response = await fetch(address, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify(body),
		}).catch(() => undefined);
		if (response?.ok) return;
	}
	console.error(`The webhook ${address} did not answer with success.`);
}
