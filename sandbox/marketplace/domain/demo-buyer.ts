import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { base58 } from '@scure/base';
import type { Marketplace } from '../marketplace';
import { signedText } from '../signatures';

const SECRET = 'demo buyer';

/** Signature fields as the API reads them from a body, a query or headers. */
export interface SignatureFields {
	wallet: string;
	wallet_sig: string;
	wallet_sig_ts: number;
	wallet_chain: 'solana';
}

/** The ready-made buyer: a wallet of the sandbox's own, with a real key, so that it can use the real routes too. */
export function demoBuyerWallet(marketplace: Marketplace): string {
	const { x } = createPublicKey(privateKey(marketplace)).export({ format: 'jwk' });
	const wallet = base58.encode(Buffer.from(x!, 'base64url'));
	marketplace.database.run(
		`INSERT OR IGNORE INTO profiles (wallet, username, display_name, bio, created_at)
			VALUES (?, 'demo_buyer', 'Demo buyer', 'Buys on the sandbox''s page', ?)`,
		wallet,
		marketplace.clock.databaseText(),
	);
	return wallet;
}

/** Signs in as the demo buyer, now. */
export function demoBuyerSignature(marketplace: Marketplace): SignatureFields {
	const wallet = demoBuyerWallet(marketplace);
	const timestamp = marketplace.clock.now();
	const signature = sign(null, Buffer.from(signedText(wallet, timestamp)), privateKey(marketplace));
	return { wallet, wallet_sig: base58.encode(signature), wallet_sig_ts: timestamp, wallet_chain: 'solana' };
}

function privateKey(marketplace: Marketplace) {
	const makeKey = () => generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
	return createPrivateKey(marketplace.secret(SECRET, makeKey));
}
