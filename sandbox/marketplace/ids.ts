import { createHash, randomBytes } from 'node:crypto';
import { base58 } from '@scure/base';

/** `<prefix>_<milliseconds>_<nine random characters>`, the shape of the platform's ids. */
export function newId(prefix: string, now: number): string {
	const random = BigInt(`0x${randomBytes(8).toString('hex')}`)
		.toString(36)
		.padStart(13, '0')
		.slice(-9);
	return `${prefix}_${now}_${random}`;
}

/** Lower-case words joined by hyphens, at most 60 characters. */
function slugOf(text: string): string {
	return text
		.toLowerCase()
		.replace(/[^a-z0-9\s-]/g, '')
		.replace(/[\s-]+/g, '-')
		.slice(0, 60)
		.replace(/^-+|-+$/g, '');
}

/** The slug of `text`, with a number behind it when `isTaken` says so. */
export function freeSlug(text: string, isTaken: (slug: string) => boolean): string {
	const slug = slugOf(text) || 'item';
	if (!isTaken(slug)) return slug;
	for (let number = 2; ; number += 1) {
		if (!isTaken(`${slug}-${number}`)) return `${slug}-${number}`;
	}
}

/** A Solana-like address that is always the same for the same `seed`. */
export function addressOf(seed: string): string {
	return base58.encode(createHash('sha256').update(seed).digest());
}

/** A well-formed random transaction reference of a chain: base58 of 64 bytes, or `0x` and 64 hex digits. */
export function newTransaction(chain: string): string {
	return chain === 'solana' ? base58.encode(randomBytes(64)) : `0x${randomBytes(32).toString('hex')}`;
}
