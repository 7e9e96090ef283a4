import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Marketplace } from '../marketplace';

/** What an upload token permits; the client can read it, as the token is signed but not encrypted. */
export interface UploadPermit {
	pathname: string;
	allowedContentTypes: string[];
	maximumSizeInBytes: number;
	/** Marketplace time in milliseconds. */
	validUntil: number;
}

const PREFIX = 'vercel_blob_client_sandbox_';

/** A token of the blob store's form: prefix, then base64 of `<signature>.<base64 of the permit as JSON>`. */
export function newUploadToken(marketplace: Marketplace, permit: UploadPermit): string {
	const payload = Buffer.from(JSON.stringify(permit)).toString('base64');
	return PREFIX + Buffer.from(`${sign(marketplace, payload)}.${payload}`).toString('base64');
}

/** The permit of a token, or undefined when it was not made here or is over. */
export function readUploadToken(marketplace: Marketplace, token: string): UploadPermit | undefined {
	if (!token.startsWith(PREFIX)) return undefined;
	const [signature, payload] = Buffer.from(token.slice(PREFIX.length), 'base64').toString().split('.');
	if (!signature || !payload) return undefined;
	const expected = Buffer.from(sign(marketplace, payload));
	const given = Buffer.from(signature);
	if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
	const permit = JSON.parse(Buffer.from(payload, 'base64').toString()) as UploadPermit;
	return permit.validUntil > marketplace.clock.now() ? permit : undefined;
}

function sign(marketplace: Marketplace, payload: string): string {
	const secret = marketplace.secret('upload tokens', () => randomBytes(32).toString('hex'));
	return createHmac('sha256', secret).update(payload).digest('hex');
}
