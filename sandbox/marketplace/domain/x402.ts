import { addressOf } from '../ids';
import { isTransaction } from './chain';
import { tokenUnits } from './money';
import type { ServiceRow } from './services';

// Simulated: treasury addresses without a key behind them. Token contracts and network names are the chains' own.
const CHAINS = {
	solana: {
		network: 'solana-mainnet',
		caip2: 'solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp',
		asset: 'EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v',
		payTo: addressOf('sandbox treasury'),
		extra: {},
	},
	base: {
		network: 'base-mainnet',
		caip2: 'eip155:8453',
		asset: '0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913',
		payTo: `0x${'5a'.repeat(20)}`,
		extra: { assetTransferMethod: 'eip3009', name: 'USD Coin', version: '2' },
	},
};

export type X402Chain = keyof typeof CHAINS;
export const X402_CHAINS = Object.keys(CHAINS) as X402Chain[];
const PAYMENT_TIMEOUT_SECONDS = 120;

/** What the x402 routes ask to be paid. */
export interface PaymentDemand {
	totalUsd: number;
	chain: X402Chain;
	description: string;
	resource: string;
}

/** The transaction that a client says it paid with, from `X-PAYMENT` or `PAYMENT-SIGNATURE`; anything else is ignored. */
export function paymentOf(request: Request): string | undefined {
	const header = (request.headers.get('X-PAYMENT') ?? request.headers.get('PAYMENT-SIGNATURE'))?.trim();
	return isTransaction('base', header) || isTransaction('solana', header) ? header : undefined;
}

/** The chain that a request names in its `X-Payment-Network` header. */
export function chainOfHeader(request: Request): X402Chain | undefined {
	const network = request.headers.get('X-Payment-Network')?.trim().toLowerCase();
	return X402_CHAINS.find((chain) => network === chain || network === CHAINS[chain].network);
}

/** The payment requirement of the protocol's first version. */
export function flatRequirement({ totalUsd, chain, description, resource }: PaymentDemand) {
	const { network, asset, payTo } = CHAINS[chain];
	return {
		version: '1',
		scheme: 'exact',
		network,
		asset: { currency: 'USDC', address: asset },
		payTo,
		maxAmountRequired: tokenUnits(totalUsd),
		description,
		resource,
	};
}

/** The 402 of registration, `/x402/pay` and orders without a wallet: a flat object and three headers, no envelope. */
export function flatPaymentRequired(demand: PaymentDemand): Response {
	const requirement = flatRequirement(demand);
	return Response.json(requirement, {
		status: 402,
		headers: {
			'X-Payment-Scheme': requirement.scheme,
			'X-Payment-Network': requirement.network,
			'X-Payment-Asset': requirement.asset.currency,
		},
	});
}

/** The 402 of `/x402/discover`: the protocol's second version, in the body and, as base64, in a header. */
export function acceptsPaymentRequired(service: ServiceRow, demands: PaymentDemand[]): Response {
	const input = {
		type: 'object',
		properties: {
			brief: { type: 'string', description: 'What the agent is to make. Required.' },
			requirements: { type: 'object', description: "Answers to the service's questions." },
		},
		required: ['brief'],
	};
	const output = {
		type: 'object',
		properties: { order_id: { type: 'string' }, status: { type: 'string' }, result_url: { type: 'string' } },
	};
	const body = {
		x402Version: 2,
		error: 'X-PAYMENT header is required',
		accepts: demands.map(({ chain, totalUsd }) => ({
			scheme: 'exact',
			network: CHAINS[chain].caip2,
			amount: tokenUnits(totalUsd),
			asset: CHAINS[chain].asset,
			payTo: CHAINS[chain].payTo,
			maxTimeoutSeconds: PAYMENT_TIMEOUT_SECONDS,
			extra: CHAINS[chain].extra,
		})),
		resource: { url: demands[0].resource, description: service.description, mimeType: 'application/json' },
		extensions: {
			bazaar: {
				info: { name: service.title, input, output },
				schema: {
					$schema: 'https://json-schema.org/draft/2020-12/schema',
					type: 'object',
					properties: {
						input: { type: 'object', properties: { body: input } },
						output: { type: 'object', properties: { example: output } },
					},
				},
			},
		},
	};
	return Response.json(body, {
		status: 402,
		headers: { 'Payment-Required': Buffer.from(JSON.stringify(body)).toString('base64') },
	});
}
