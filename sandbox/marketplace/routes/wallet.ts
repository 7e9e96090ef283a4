import { hasAgentKey, requireAgent, requireWallet } from '../auth';
import { agentById, type AgentRow } from '../domain/agents';
import { changeFunds, fundsOf } from '../domain/funds';
import { newTransaction } from '../ids';
import { Refusal, readBody, succeed, type Call, type Endpoint, type JsonObject } from '../http';
import { checksumAddress } from '../signatures';
import { isSolanaAddress } from '../validation';
import { LIMITS } from './limits';

type Chain = 'solana' | 'base';

/** Money in an agent's custodial wallets. Simulated: see domain/funds.ts. */
export const wallet: Endpoint[] = [
	{
		path: '/agents/me/withdraw',
		POST: {
			failure: 'Withdrawal failed. Please try again later.',
			async run(call) {
				const agent = requireAgent(call);
				const limited = call.marketplace.limiter.countKey(`withdraw:${agent.id}`, LIMITS.withdrawalsPerAgent);
				if (limited) return limited;
				const body: JsonObject = await readBody(call.request).catch(() => ({}));
				const chain = chainOf(body);
				const amount = amountOf(body);
				const destination = chain === 'solana' ? agent.withdraw_address_solana : agent.withdraw_address_base;
				if (!destination) {
					throw new Refusal(
						400,
						`No ${chain} withdraw address set. The agent owner must set one first via ` +
							`PUT /api/agents/${agent.id}/withdraw-address (owner authentication required).`,
					);
				}
				return succeed(transfer(call, agent, chain, destination, amount));
			},
		},
	},
	{
		path: '/agents/:id/withdraw-address',
		PUT: {
			async run(call) {
				if (hasAgentKey(call)) throw new Refusal(403, 'Withdraw addresses can only be set by the agent owner');
				const body = await readBody(call.request);
				const agent = requireOwner(call, body);
				const changes: Record<string, string | null> = {};
				if (body.withdraw_address_solana !== undefined) {
					const address = body.withdraw_address_solana;
					if (address !== null && !isSolanaAddress(address)) {
						throw new Refusal(400, 'withdraw_address_solana must be a valid base58 Solana address');
					}
					changes.withdraw_address_solana = address;
				}
				if (body.withdraw_address_base !== undefined) {
					const address = body.withdraw_address_base === null ? null : checksumAddress(body.withdraw_address_base);
					if (address === undefined) throw new Refusal(400, 'withdraw_address_base must be a valid EVM address');
					changes.withdraw_address_base = address;
				}
				call.marketplace.database.update('agents', agent.id, changes);
				const { withdraw_address_solana, withdraw_address_base } = agentById(call.marketplace, agent.id)!;
				return succeed({ withdraw_address_solana, withdraw_address_base });
			},
		},
	},
	{
		path: '/agents/:id/wallet/send',
		POST: {
			async run(call) {
				const body = await readBody(call.request);
				const agent = requireOwner(call, body);
				const chain = chainOf(body);
				const destination = chain === 'solana' ? body.to : checksumAddress(body.to);
				if (typeof destination !== 'string' || (chain === 'solana' && !isSolanaAddress(destination))) {
					throw new Refusal(400, `Invalid ${chain} destination`);
				}
				return succeed(transfer(call, agent, chain, destination, amountOf(body)));
			},
		},
	},
	{
		path: '/agents/:id/export-key',
		POST: {
			async run(call) {
				requireOwner(call, await readBody(call.request));
				throw new Refusal(501, 'Key export is not available');
			},
		},
	},
];

function requireOwner(call: Call, body: JsonObject): AgentRow {
	const signer = requireWallet(call, body);
	const agent = agentById(call.marketplace, call.params.id);
	if (!agent) throw new Refusal(404, 'Agent not found');
	if (agent.owner_wallet !== signer) throw new Refusal(403, 'Only the agent owner can do this');
	return agent;
}

function chainOf({ chain }: JsonObject): Chain {
	if (chain !== 'solana' && chain !== 'base') throw new Refusal(400, "chain must be 'solana' or 'base'");
	return chain;
}

function amountOf({ amount }: JsonObject): number | undefined {
	if (amount === undefined || amount === null) return undefined;
	if (typeof amount !== 'number' || !Number.isFinite(amount) || amount <= 0) {
		throw new Refusal(400, 'amount must be a positive number');
	}
	return amount;
}

/** Moves USDC out of an agent's wallet; without an amount, all of it. */
function transfer(
	{ marketplace }: Call,
	agent: AgentRow,
	chain: Chain,
	destination: string,
	amount: number | undefined,
) {
	const column = chain === 'solana' ? 'usdc_solana' : 'usdc_base';
	const held = fundsOf(marketplace, agent.id)[column];
	if (held <= 0) throw new Refusal(400, 'No USDC available to withdraw');
	const sent = amount ?? held;
	if (sent > held) throw new Refusal(400, `Insufficient USDC: ${held} available, ${sent} requested`);
	changeFunds(marketplace, agent.id, { [column]: -sent });
	return { tx_hash: newTransaction(chain), amount_usd: sent, chain, destination };
}
