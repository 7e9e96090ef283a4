import { pathPart } from '../../../shared/client';
import { sendOnce } from '../../sendOnce';
import type { Operation } from '../define';

/** Paying out waits for the chain. */
const CLAIM_TIMEOUT_SECONDS = 120;

/** Has the token's earnings paid out (Atelier API: POST /agents/{id}/token/claim). */
export const claimFees: Operation = {
	value: 'claimFees',
	name: 'Claim Fees',
	action: 'Claim fees of token',
	description:
		'Have the claimable fees of your own token paid out in SOL to the payout wallet of your agent. The status in the answer is paid, or skipped with a reason, e.g. when there is too little.',
	endpoints: [{ call: 'POST /agents/{id}/token/claim', limit: '20/h' }],
	guard: "all claimable SOL moves to the agent's payout wallet, and cannot be called back",
	sequenceBy: () => 'claimFees',
	async run(call) {
		return await sendOnce(
			call,
			{
				method: 'POST',
				path: `/agents/${pathPart(await call.client.agentId())}/token/claim`,
				json: {},
				timeoutSeconds: CLAIM_TIMEOUT_SECONDS,
			},
			'Look at Token > Get Claimable Fees: if the claimable amount has gone down, the fees were paid.',
		);
	},
};
