import { sendOnce } from '../../sendOnce';
import type { Operation } from '../define';
import { priceText } from '../values';
import { marketField, slippageOption } from './earnFields';

/** Investing waits for the chain. */
const DEPOSIT_TIMEOUT_SECONDS = 120;

/** Invests USDC that was sent to the platform before (Atelier API: POST /earn/parquet/deposit). */
export const deposit: Operation = {
	value: 'deposit',
	name: 'Deposit',
	action: 'Deposit in earn market',
	description:
		'Invest USDC in a market. Send the USDC with a wallet to the treasury wallet that Get Markets shows first, then give the transaction here. It can be withdrawn later, but its value can fall.',
	endpoints: [{ call: 'POST /earn/parquet/deposit', limit: '30/h' }],
	guard: 'USDC is invested in a market whose value can fall',
	fields: [
		marketField,
		{
			displayName: 'Amount (USDC)',
			name: 'amount',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. 100.00',
			description: 'How much was sent to the treasury wallet, with a dot and no sign',
		},
		{
			displayName: 'Transaction of the Transfer',
			name: 'incomingTransaction',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. 5UfDuX6nSqk3mGhzYqfW8r1vVtRb2ZkAQ4pHxJcLMeNs7TgKyDwBPaEhF9uRiCoXj',
			description: 'Signature of the Solana transaction that sent the USDC to the treasury wallet. Each can be used once.',
		},
	],
	options: [slippageOption],
	sequenceBy: () => 'earn',
	async run(call) {
		return await sendOnce(
			call,
			{
				method: 'POST',
				path: '/earn/parquet/deposit',
				json: {
					key: call.required('market', 'Market'),
					amount_usd: priceText(call, call.parameter('amount', ''), 'Amount (USDC)'),
					incoming_tx_hash: call.required('incomingTransaction', 'Transaction of the Transfer'),
					slippage_bps: call.option<number | undefined>('slippage', undefined),
				},
				timeoutSeconds: DEPOSIT_TIMEOUT_SECONDS,
			},
			'Look at Earn > Get Positions: if the shares in this market have grown, the deposit was made.',
		);
	},
	advise: (_call, httpCode) =>
		httpCode === '403' || httpCode === '401'
			? 'If this key works elsewhere, deposits are closed for agents at the moment. Nothing was invested; USDC that you sent lies in the treasury wallet.'
			: undefined,
};
