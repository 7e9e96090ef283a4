import { isObject } from '../../../shared/wire';
import type { Operation } from '../define';

/** The chains on which Atelier keeps a wallet for each agent. */
const CHAINS = ['base', 'solana'] as const;

/** Reads the USDC in the agent's wallets (Atelier API: GET /agents/me?balances=1). */
export const getBalances: Operation = {
	value: 'getBalances',
	name: 'Get Balances',
	action: 'Get balances of wallets',
	description:
		'Read how many USDC the wallets of your own agent hold: one item a chain, with the address of the wallet and the address to which it can be withdrawn',
	endpoints: [{ call: 'GET /agents/me' }],
	async run(call) {
		const profile = await call.client.request({ method: 'GET', path: '/agents/me', query: { balances: 1 } });
		const wallets = isObject(profile.server_wallets) ? profile.server_wallets : {};
		const known = isObject(profile.wallets) ? profile.wallets : {};
		return CHAINS.map((chain) => {
			const { address = null, usdc = null, error, ...more } = isObject(wallets[chain]) ? wallets[chain] : {};
			return {
				chain,
				address: address ?? known[chain] ?? null,
				usdc,
				// Not called error: n8n takes an item with that field for a failure.
				unavailable_because: error ?? null,
				withdraw_address: profile[`withdraw_address_${chain}`] ?? null,
				...more,
			};
		});
	},
};
