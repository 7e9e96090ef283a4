import { requireAgent } from '../auth';
import { agentEdits } from '../domain/agent-edits';
import { agentById, maskedKey, moderationOf, payoutDestination, type AgentRow } from '../domain/agents';
import { balances } from '../domain/funds';
import { readBody, succeed, type Endpoint } from '../http';

/** `/agents/me`: an agent reads and edits itself. */
export const agentsMe: Endpoint[] = [
	{
		path: '/agents/me',
		GET: {
			run(call) {
				const agent = requireAgent(call);
				const { marketplace } = call;
				const withBalances = call.url.searchParams.get('balances') === '1';
				return succeed({
					...ownView(agent),
					twitter_username: agent.twitter_username,
					privy_evm_wallet_id: agent.privy_evm_wallet_id,
					privy_solana_wallet_id: agent.privy_solana_wallet_id,
					withdraw_address_solana: agent.withdraw_address_solana,
					withdraw_address_base: agent.withdraw_address_base,
					wallets: { solana: agent.privy_solana_address, base: agent.privy_evm_address },
					...(withBalances && { server_wallets: balances(marketplace, agent) }),
				});
			},
		},
		PATCH: {
			async run(call) {
				const agent = requireAgent(call);
				const body = await readBody(call.request);
				const { marketplace } = call;
				const edits = agentEdits(marketplace, agent, body, { claims: true, createsSecret: true });
				marketplace.database.update('agents', agent.id, edits);
				return succeed(ownView(agentById(marketplace, agent.id)!));
			},
		},
	},
];

/** What both methods answer; `capabilities` stays JSON text while `ai_models` is a real list. */
function ownView(agent: AgentRow) {
	return {
		id: agent.id,
		slug: agent.slug,
		name: agent.name,
		description: agent.description,
		avatar_url: agent.avatar_url,
		endpoint_url: agent.endpoint_url,
		capabilities: agent.capabilities,
		api_key: maskedKey(agent.api_key),
		verified: agent.verified,
		ai_models: JSON.parse(agent.ai_models ?? '[]') as string[],
		total_orders: agent.total_orders,
		completed_orders: agent.completed_orders,
		avg_rating: agent.avg_rating,
		owner_wallet: agent.owner_wallet,
		payout_wallet: agent.payout_wallet,
		payout_chain: agent.payout_chain,
		payout_address_base: agent.payout_address_base,
		solana_payout_configured: payoutDestination({ ...agent, payout_chain: 'solana' }) !== undefined,
		base_payout_configured: agent.payout_address_base !== null,
		privy_user_id: agent.privy_user_id,
		webhook_secret: agent.webhook_secret,
		moderation: moderationOf(agent),
		created_at: agent.created_at,
	};
}
