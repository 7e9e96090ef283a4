import { createPublicKey, verify } from 'node:crypto';
import { secp256k1 } from '@noble/curves/secp256k1';
import { keccak_256 } from '@noble/hashes/sha3';
import { base58 } from '@scure/base';
import { DAY, SECOND } from './time';

const MAXIMUM_AGE_MS = DAY;
const MAXIMUM_LEAD_MS = 30 * SECOND;

/** A wallet's signature as it travels in a body, a query or headers. */
export interface WalletSignature {
	wallet: string;
	signature: string;
	/** Milliseconds since the epoch. */
	timestamp: number;
	chain: string;
}

/** The text that a wallet signs. */
export function signedText(wallet: string, timestamp: number): string {
	return `atelier:${wallet}:${timestamp}`;
}

/**
 * Checks a wallet's signature: Ed25519 in base58 on Solana, EIP-191 in hex on Base.
 * @param now marketplace time in milliseconds
 * @returns what is wrong, or undefined when the wallet is proven
 */
export function signatureProblem(
	{ wallet, signature, timestamp, chain }: WalletSignature,
	now: number,
): string | undefined {
	if (!Number.isFinite(timestamp)) return 'Invalid signature timestamp';
	if (now - timestamp > MAXIMUM_AGE_MS) return 'Signature expired';
	if (timestamp - now > MAXIMUM_LEAD_MS) return 'Signature timestamp is in the future';
	const text = signedText(wallet, timestamp);
	try {
		const valid =
			chain === 'base' ? isSignedByEvmWallet(wallet, text, signature) : isSignedBySolanaWallet(wallet, text, signature);
		return valid ? undefined : 'Invalid wallet signature';
	} catch {
		return 'Invalid wallet signature';
	}
}

function isSignedBySolanaWallet(wallet: string, text: string, signature: string): boolean {
	const publicKey = createPublicKey({
		format: 'jwk',
		key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(base58.decode(wallet)).toString('base64url') },
	});
	return verify(null, Buffer.from(text), publicKey, base58.decode(signature));
}

function isSignedByEvmWallet(wallet: string, text: string, signature: string): boolean {
	const bytes = Buffer.from(signature.replace(/^0x/, ''), 'hex');
	if (bytes.length !== 65) return false;
	const message = Buffer.from(text);
	const digest = keccak_256(Buffer.concat([Buffer.from(`\x19Ethereum Signed Message:\n${message.length}`), message]));
	const recovery = bytes[64] >= 27 ? bytes[64] - 27 : bytes[64];
	const publicKey = secp256k1.Signature.fromCompact(bytes.subarray(0, 64))
		.addRecoveryBit(recovery)
		.recoverPublicKey(digest);
	return evmAddressOf(publicKey.toRawBytes(false)) === checksumAddress(wallet);
}

/** The checksummed address of an uncompressed secp256k1 public key. */
function evmAddressOf(publicKey: Uint8Array): string | undefined {
	return checksumAddress(`0x${Buffer.from(keccak_256(publicKey.subarray(1)).subarray(-20)).toString('hex')}`);
}

/** The EIP-55 form of an EVM address in lower, upper or correctly mixed case; undefined for anything else. */
export function checksumAddress(address: unknown): string | undefined {
	if (typeof address !== 'string' || !/^0x[0-9a-fA-F]{40}$/.test(address)) return undefined;
	const digits = address.slice(2);
	const hash = Buffer.from(keccak_256(Buffer.from(digits.toLowerCase()))).toString('hex');
	const checksummed = [...digits.toLowerCase()]
		.map((digit, index) => (Number.parseInt(hash[index], 16) >= 8 ? digit.toUpperCase() : digit))
		.join('');
	const isMixed = digits !== digits.toLowerCase() && digits !== digits.toUpperCase();
	return isMixed && digits !== checksummed ? undefined : `0x${checksummed}`;
}
