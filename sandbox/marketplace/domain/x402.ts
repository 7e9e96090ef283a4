import type { JsonObject } from '../http';
import { addressOf } from '../ids';
import { tokenUnits } from './money';

// Simulated: treasury addresses without a key behind them. The token addresses are the chains' well-known ones.
const CHAINS: Record<string, { network: string; currency: string; asset: string; payTo: string; scheme: string }> = {
	solana: {
		network: 'solana-mainnet',
		currency: 'USDC',
		asset: 'EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v',
		payTo: addressOf('sandbox treasury'),
		scheme: 'exact',
	},
	base: {
		network: 'base-mainnet',
		currency: 'USDC',
		asset: '0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913',
		payTo: '0x5A4dB0c500000000000000000000000000000000',
		scheme: 'exact',
	},
};

export interface PaymentDemand {
	totalUsd: number;
	chain: string;
	description: string;
	resource: string;
}

/** The transaction that a client says it paid with, from `X-PAYMENT` or `PAYMENT-SIGNATURE`. */
export function paymentOf(request: Request): string | undefined {
	const header = request.headers.get('X-PAYMENT') ?? request.headers.get('PAYMENT-SIGNATURE');
	if (!header) return undefined;
	try {
		const parsed = JSON.parse(header.startsWith('{') ? header : Buffer.from(header, 'base64').toString()) as {
			payload?: { signature?: string; txHash?: string };
		};
		return parsed.payload?.signature ?? parsed.payload?.txHash ?? header;
	} catch {
		return header;
	}
}

/** The 402 of registration, `/x402/pay` and orders without a wallet: a flat object and three headers, no envelope. */
export function flatPaymentRequired({ totalUsd, chain, description, resource }: PaymentDemand): Response {
	const { network, currency, asset, payTo, scheme } = CHAINS[chain] ?? CHAINS.solana;
	return Response.json(
		{
			version: '1',
			scheme,
			network,
			asset: { currency, address: asset },
			payTo,
			maxAmountRequired: tokenUnits(totalUsd),
			description,
			resource,
		},
		{
			status: 402,
			headers: { 'x-payment-asset': currency, 'x-payment-network': network, 'x-payment-scheme': scheme },
		},
	);
}

/** One way to pay, as the v2 form lists it under `accepts`. */
export function paymentRequirement({ totalUsd, chain, description, resource }: PaymentDemand): JsonObject {
	const { network, asset, payTo, scheme } = CHAINS[chain] ?? CHAINS.solana;
	return {
		scheme,
		network,
		asset,
		amount: tokenUnits(totalUsd),
		payTo,
		resource,
		description,
		mimeType: 'application/json',
		maxTimeoutSeconds: 300,
	};
}

/** The 402 of `/x402/discover`: the protocol's second version. */
export function acceptsPaymentRequired(demands: PaymentDemand[]): Response {
	const [{ resource, description }] = demands;
	return Response.json(
		{
			x402Version: 2,
			error: 'Payment required',
			resource: { url: resource, description, mimeType: 'application/json' },
			accepts: demands.map(paymentRequirement),
			extensions: {},
		},
		{ status: 402 },
	);
}
