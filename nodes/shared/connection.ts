const CAUSES: Record<string, string> = {
	ECONNREFUSED: 'nothing answers there',
	ECONNRESET: 'the connection was closed half-way',
	EPIPE: 'the connection was closed half-way',
	ERR_BAD_RESPONSE: 'the answer broke off',
	ERR_CANCELED: 'it was broken off',
	ANSWER_TOO_BIG: 'the answer is too big to be one of Atelier\'s',
	Z_DATA_ERROR: 'the answer cannot be unpacked',
	Z_BUF_ERROR: 'the answer broke off',
	ENOTFOUND: 'there is no such host',
	EAI_AGAIN: 'the name of the host could not be looked up',
	ETIMEDOUT: 'it did not answer in time',
	ECONNABORTED: 'it did not answer in time',
	EHOSTUNREACH: 'the host cannot be reached',
	CERT_HAS_EXPIRED: "the server's certificate has expired",
	DEPTH_ZERO_SELF_SIGNED_CERT: "the server's certificate is not trusted",
};

/** The system's or HTTP library's code (ECONNRESET …) somewhere along the causes of a request's failure. */
export function connectionCode(error: unknown): string | undefined {
	for (let current = error; typeof current === 'object' && current !== null; ) {
		const { code, httpCode, cause } = current as { code?: unknown; httpCode?: unknown; cause?: unknown };
		for (const candidate of [code, httpCode]) if (typeof candidate === 'string' && candidate !== '') return candidate;
		current = cause;
	}
	return undefined;
}

/** What such a code means, as the end of a sentence. */
export function connectionCause(code: string | undefined): string {
	return (code && CAUSES[code]) ?? 'the connection did not work';
}

const BEFORE_CONNECTING = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT'];

/** Whether a failure with this code came before anything of the request left, so that nothing can have been done. */
export function neverConnected(code: string | null | undefined): boolean {
	return BEFORE_CONNECTING.includes(code ?? '');
}
