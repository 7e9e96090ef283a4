/** The most of an answer that is read. The longest real one, a list of 20,000 orders, has 25 MB. */
const MAX_BYTES = 64 * 1024 ** 2;

/** The code of the error for an answer that is bigger. */
export const ANSWER_TOO_BIG = 'ANSWER_TOO_BIG';

/** What n8n's HTTP helper returns for a stream, unpacked where it was packed. */
export interface RawAnswer {
	statusCode: number;
	headers?: Record<string, unknown>;
	body: NodeJS.ReadableStream & { destroy?(error?: Error): void };
}

/** An answer with its whole body. */
export interface TextAnswer {
	status: number;
	/** Names in lower case. */
	headers: Record<string, unknown>;
	text: string;
}

/**
 * Reads an answer to its end, as long as it is of a size and speed that make sense.
 *
 * @param timeoutSeconds for how long the body may take, so that one which trickles in ends, too
 * @throws Error with the code `ANSWER_TOO_BIG`, `ETIMEDOUT`, or the system's when the connection breaks
 */
export async function readAnswer({ statusCode, headers, body }: RawAnswer, timeoutSeconds: number): Promise<TextAnswer> {
	const named = Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
	const deadline = AbortSignal.timeout(timeoutSeconds * 1000);
	const giveUp = () => body.destroy?.(failure('ETIMEDOUT'));
	deadline.addEventListener('abort', giveUp);
	try {
		const parts: Buffer[] = [];
		let bytes = 0;
		for await (const part of body) {
			const chunk = Buffer.isBuffer(part) ? part : Buffer.from(part);
			parts.push(chunk);
			bytes += chunk.length;
			if (bytes > MAX_BYTES) throw failure(ANSWER_TOO_BIG);
		}
		return { status: statusCode, headers: named, text: Buffer.concat(parts).toString('utf8').replace(/^\ufeff/, '') };
	} finally {
		deadline.removeEventListener('abort', giveUp);
	}
}

function failure(code: string): Error {
	return Object.assign(new Error(code), { code });
}
