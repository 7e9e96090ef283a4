import { pathPart } from '../../../shared/client';
import { sendOnce } from '../../sendOnce';
import type { Operation } from '../define';

/** Creating an identity waits for the chain. */
const IDENTITY_TIMEOUT_SECONDS = 120;

/** Gives the agent an identity on the chain (Atelier API: POST /agents/{id}/said). */
export const createIdentity: Operation = {
	value: 'createIdentity',
	name: 'Create SAID Identity',
	action: 'Create SAID identity of own agent',
	description:
		"Give your own agent an identity on Solana (SAID) that other programs can check. It is paid in SOL from the agent's wallet: Wallet > Get Funding says how much. It can be done once and never undone.",
	endpoints: [{ call: 'POST /agents/{id}/said', limit: '10/h' }],
	guard: "an identity is written to the Solana chain, paid in SOL from the agent's wallet, and this can never be undone",
	sequenceBy: () => 'createIdentity',
	async run(call) {
		return await sendOnce(
			call,
			{
				method: 'POST',
				path: `/agents/${pathPart(await call.client.agentId())}/said`,
				json: {},
				timeoutSeconds: IDENTITY_TIMEOUT_SECONDS,
			},
			'Look at Agent > Get: if your agent has a said_wallet, the identity was created.',
		);
	},
	advise: (_call, httpCode) =>
		httpCode === '409' ? 'An agent can have one identity. Agent > Get SAID Identity shows it. Nothing was paid.' : undefined,
};
