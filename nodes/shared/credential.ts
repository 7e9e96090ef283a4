/** Name of the credential type that every node of this package uses. */
export const CREDENTIAL_TYPE = 'atelierApi';

/** Where the Atelier API answers; the credential's default. */
export const DEFAULT_BASE_URL = 'https://api.useatelier.ai/api';

/** Where files above the direct upload limit are put with an upload token (Atelier API: POST /upload/token). */
export const DEFAULT_LARGE_UPLOAD_URL = 'https://vercel.com/api/blob/';

/**
 * The address in the form that requests are built on: trimmed, without trailing slashes.
 * An empty value means the default.
 */
export function normalizeBaseUrl(baseUrl: unknown): string {
	const text = typeof baseUrl === 'string' ? baseUrl.trim() : '';
	let end = text.length;
	while (text[end - 1] === '/') end--;
	return text.slice(0, end) || DEFAULT_BASE_URL;
}

/** Whether a host name means this very machine. */
function isLoopback(hostname: string): boolean {
	return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/** Where users set addresses that keys travel to or from, and what usually stands there. */
const ADDRESS_FIELDS = {
	baseUrl: { label: 'Base URL of the Atelier credential', usual: DEFAULT_BASE_URL },
	largeUploadUrl: { label: 'Large File Upload URL of the Atelier credential', usual: DEFAULT_LARGE_UPLOAD_URL },
	baseUrlOption: { label: 'Base URL in the options', usual: DEFAULT_BASE_URL },
};

/**
 * Why a key must not travel to or from this address, as a sentence for the user; undefined when it may.
 * Keys travel over https only, except to the machine's own loopback address.
 *
 * @param field where the address stands, for the sentence
 */
export function baseUrlObjection(baseUrl: string, field: keyof typeof ADDRESS_FIELDS = 'baseUrl'): string | undefined {
	const { label, usual } = ADDRESS_FIELDS[field];
	let url: URL;
	try {
		url = new URL(baseUrl);
	} catch {
		return `The ${label}, "${baseUrl}", is not a web address. Use ${usual}`;
	}
	if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))) return undefined;
	return `The ${label}, "${baseUrl}", must start with https://, so that nobody on the way can read your API key`;
}
