import { isLoopbackUrl } from '../../loopback';
import type { Sandbox } from './sandbox';

const FETCH_LIMIT_MS = 10_000;

/** A reference that could not be had; the message is for the caller of a model API. */
export class UnreachableReferenceError extends Error {}

/**
 * The bytes behind a link or a data URL that a request names as input.
 *
 * @throws {UnreachableReferenceError} when it leads off this machine, or there is nothing
 */
export async function loadReference(sandbox: Sandbox, address: string): Promise<Buffer> {
	const data = address.match(/^data:[^,]*?(;base64)?,(.*)$/s);
	if (data) return Buffer.from(data[1] ? data[2]! : decodeURIComponent(data[2]!), data[1] ? 'base64' : 'utf8');
	const own = sandbox.files.get(address.match(/\/files\/([0-9a-f]{32})\//)?.[1] ?? '');
	if (own) return own.content;
	if (!isLoopbackUrl(address)) {
		throw new UnreachableReferenceError(
			`Failed to download the file ${address}: the sandbox fetches from this machine only.`,
		);
	}
	try {
		const response = await fetch(address, { signal: AbortSignal.timeout(FETCH_LIMIT_MS) });
		if (!response.ok) throw new Error(`status ${response.status}`);
		return Buffer.from(await response.arrayBuffer());
	} catch (error) {
		throw new UnreachableReferenceError(
			`Failed to download the file ${address}: ${error instanceof Error ? error.message : String(error)}.`,
		);
	}
}
