import { createHmac, timingSafeEqual } from 'crypto';

/** How far a signature's time may be off, before and after now, in seconds. */
export const SIGNATURE_TOLERANCE_SECONDS = 300;

/** Why a webhook is refused. */
export type SignatureFlaw = 'missing' | 'unreadable' | 'too old' | 'from the future' | 'wrong';

/**
 * What is wrong with a webhook's signature; undefined when it is good (Atelier API: webhooks, X-Atelier-Signature).
 *
 * The header reads `t=<unix seconds>,v1=<hex>`, where hex is the HMAC-SHA256 of `<t>.<body>` with the agent's whole
 * webhook secret as key. There may be several `v1`, one of which must match. Comparing takes the same time whatever
 * is compared.
 *
 * @param rawBody the bytes as they came; a body that was parsed and written again may differ
 * @param now milliseconds since 1970
 */
export function signatureFlaw(
	header: unknown,
	rawBody: Uint8Array,
	secret: string,
	now: number,
): SignatureFlaw | undefined {
	if (typeof header !== 'string' || header.trim() === '' || secret === '') return 'missing';
	const parts = header.split(',').map((part) => {
		const [name, ...value] = part.trim().split('=');
		return { name, value: value.join('=') };
	});
	const times = parts.filter(({ name }) => name === 't');
	const signatures = parts.filter(({ name }) => name === 'v1').map(({ value }) => value.toLowerCase());
	if (times.length !== 1 || !/^\d{1,15}$/.test(times[0].value)) return 'unreadable';
	if (!signatures.some((signature) => /^[0-9a-f]{64}$/.test(signature))) return 'unreadable';

	const expected = createHmac('sha256', secret).update(`${times[0].value}.`).update(rawBody).digest();
	const matches = signatures.map((signature) => isSame(Buffer.from(signature, 'hex'), expected));
	if (!matches.includes(true)) return 'wrong';

	const age = now / 1000 - Number(times[0].value);
	if (age > SIGNATURE_TOLERANCE_SECONDS) return 'too old';
	return age < -SIGNATURE_TOLERANCE_SECONDS ? 'from the future' : undefined;
}

function isSame(a: Buffer, b: Buffer): boolean {
	return a.length === b.length && timingSafeEqual(a, b);
}
