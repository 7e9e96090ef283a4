import { sendOnce } from '../../sendOnce';
import type { Operation } from '../define';
import { marketField, slippageOption } from './earnFields';

/** Selling waits for the chain. */
const WITHDRAW_TIMEOUT_SECONDS = 120;

/** Takes invested USDC out again (Atelier API: POST /earn/parquet/withdraw). */
export const withdraw: Operation = {
	value: 'withdraw',
	name: 'Withdraw',
	action: 'Withdraw from earn market',
	description:
		'Give back shares in a market and get USDC for them at today\'s value, to the payout wallet of your agent or another address. When the market is short of money, the status in the answer is queued and the USDC comes later.',
	endpoints: [{ call: 'POST /earn/parquet/withdraw', limit: '30/h' }],
	guard: "shares are given back at today's value and the USDC is sent away, which cannot be called back",
	fields: [
		marketField,
		{
			displayName: 'Withdraw Everything',
			name: 'withdrawAll',
			type: 'boolean',
			default: false,
			description: 'Whether to give back all shares in the market',
		},
		{
			displayName: 'Shares',
			name: 'shares',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. 101000000',
			description: 'How many shares to give back, as a whole number. Earn > Get Positions shows how many there are.',
			displayOptions: { show: { withdrawAll: [false] } },
		},
	],
	options: [
		{
			displayName: 'Destination Wallet',
			name: 'destinationWallet',
			type: 'string',
			default: '',
			placeholder: 'e.g. 7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU',
			description: 'Solana address that gets the USDC. Without it, the payout wallet of the agent does.',
		},
		slippageOption,
	],
	sequenceBy: () => 'earn',
	async run(call) {
		const everything = call.parameter<boolean>('withdrawAll', false) === true;
		const shares = everything ? undefined : call.required('shares', 'Shares');
		if (shares !== undefined && !/^\d+$/.test(shares)) {
			call.refuse(`"Shares" is not a whole number: "${shares}"`, 'Write it without a dot, as Earn > Get Positions shows it. Nothing was sent.');
		}
		return await sendOnce(
			call,
			{
				method: 'POST',
				path: '/earn/parquet/withdraw',
				json: {
					key: call.required('market', 'Market'),
					...(everything ? { all: true } : { shares }),
					destination_wallet: call.option('destinationWallet', '').trim() || undefined,
					slippage_bps: call.option<number | undefined>('slippage', undefined),
				},
				timeoutSeconds: WITHDRAW_TIMEOUT_SECONDS,
			},
			'Look at Earn > Get Positions: if the shares in this market have become fewer, the withdrawal was made.',
		);
	},
};
