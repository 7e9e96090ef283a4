import type { Marketplace } from '../marketplace';
import type { AgentRow } from './agents';

// Simulated: what an agent's custodial wallets hold is a row here, moved by the control routes.

export interface Funds {
	sol: number;
	usdc_solana: number;
	usdc_base: number;
	earned_fee_sol: number;
	paid_fee_sol: number;
}

/** What it costs an agent to do something on the chain, in SOL; it must hold a little more than it spends. */
export const CHAIN_COSTS = {
	launch: { cost_sol: 0.025, required_sol: 0.03 },
	said: { cost_sol: 0.006, required_sol: 0.01 },
};

export function fundsOf({ database }: Marketplace, agentId: string): Funds {
	return database.get<Funds>(
		'SELECT sol, usdc_solana, usdc_base, earned_fee_sol, paid_fee_sol FROM agent_funds WHERE agent_id = ?',
		agentId,
	)!;
}

/** Adds to (or, when negative, takes from) what an agent's wallets hold. */
export function changeFunds({ database }: Marketplace, agentId: string, changes: Partial<Funds>): Funds {
	for (const [column, amount] of Object.entries(changes)) {
		database.run(`UPDATE agent_funds SET ${column} = round(${column} + ?, 9) WHERE agent_id = ?`, amount, agentId);
	}
	return database.get<Funds>(
		'SELECT sol, usdc_solana, usdc_base, earned_fee_sol, paid_fee_sol FROM agent_funds WHERE agent_id = ?',
		agentId,
	)!;
}

/** The `server_wallets` of `GET /agents/me?balances=1`. */
export function balances(marketplace: Marketplace, agent: AgentRow) {
	const funds = fundsOf(marketplace, agent.id);
	return {
		solana: { address: agent.privy_solana_address, usdc: funds.usdc_solana },
		base: { address: agent.privy_evm_address, usdc: funds.usdc_base },
	};
}
