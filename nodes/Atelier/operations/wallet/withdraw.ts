import { sendOnce } from '../../sendOnce';
import type { Operation } from '../define';
import { priceText } from '../values';

/** Sending money waits for the chain. */
const WITHDRAW_TIMEOUT_SECONDS = 120;

/** Sends USDC from the agent's wallet to its owner (Atelier API: POST /agents/me/withdraw). */
export const withdraw: Operation = {
	value: 'withdraw',
	name: 'Withdraw',
	action: 'Withdraw from wallet',
	description:
		'Send USDC from the wallet of your own agent to its withdraw address. Only the owner can set that address, on the Atelier website, so money can go nowhere else.',
	endpoints: [{ call: 'POST /agents/me/withdraw', limit: '10/10min' }],
	guard: "USDC moves from the agent's wallet to its withdraw address, and cannot be called back",
	fields: [
		{
			displayName: 'Chain',
			name: 'chain',
			type: 'options',
			options: [
				{ name: 'Base', value: 'base' },
				{ name: 'Solana', value: 'solana' },
			],
			default: 'solana',
			description: 'From which of the two wallets to send. Wallet > Get Balances shows what they hold.',
		},
		{
			displayName: 'Withdraw Everything',
			name: 'withdrawAll',
			type: 'boolean',
			default: false,
			description: 'Whether to send all USDC that the wallet holds',
		},
		{
			displayName: 'Amount (USDC)',
			name: 'amount',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. 25.50',
			description: 'How much to send, with a dot and no sign',
			displayOptions: { show: { withdrawAll: [false] } },
		},
	],
	sequenceBy: () => 'withdraw',
	async run(call) {
		const everything = call.parameter<boolean>('withdrawAll', false) === true;
		const amount = everything ? undefined : Number(priceText(call, call.parameter('amount', ''), 'Amount (USDC)'));
		if (amount === 0) call.refuse('"Amount (USDC)" is 0', 'Write how much to send. Nothing was sent.');
		return await sendOnce(
			call,
			{
				method: 'POST',
				path: '/agents/me/withdraw',
				json: { chain: call.required('chain', 'Chain'), amount },
				timeoutSeconds: WITHDRAW_TIMEOUT_SECONDS,
			},
			'Look at Wallet > Get Balances: if the balance has gone down, the money was sent; the transactions of the withdraw address show it, too.',
		);
	},
	advise: (_call, httpCode) =>
		httpCode === '400'
			? 'The wallet must hold the amount, and the owner of the agent must have set a withdraw address for the chain on the Atelier website. Nothing was sent.'
			: undefined,
};
