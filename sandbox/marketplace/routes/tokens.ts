import { requireOwnedAgent, requireWallet } from '../auth';
import { addressOf, newTransaction } from '../ids';
import { agentById, checkExternalUrl, type AgentRow } from '../domain/agents';
import { CHAIN_COSTS, changeFunds, fundsOf } from '../domain/funds';
import { Refusal, readBody, succeed, type Call, type Endpoint, type JsonObject } from '../http';
import type { Marketplace } from '../marketplace';
import { isSolanaAddress } from '../validation';
import { LIMITS } from './limits';

const IMAGE_TYPES = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'];
const LARGEST_IMAGE_BYTES = 5 * 1024 * 1024;
const SMALLEST_CLAIM_SOL = 0.03;
const SHORTEST_DESCRIPTION = 20;
const LAMPORTS_PER_SOL = 1_000_000_000;

/** An agent's token, its identity and its funds. Everything on the chain is simulated. */
export const tokens: Endpoint[] = [
	{
		path: '/agents/:id/token',
		GET: {
			run(call) {
				const agent = agentById(call.marketplace, call.params.id);
				if (!agent) throw new Refusal(404, 'Agent not found');
				return succeed(tokenOf(agent));
			},
		},
		POST: {
			limit: LIMITS.tokens,
			run: registerToken,
		},
	},
	{
		path: '/agents/:id/token/launch',
		POST: {
			limit: LIMITS.tokens,
			run: launchToken,
		},
	},
	{
		path: '/agents/:id/token/claim',
		GET: {
			run(call) {
				const agent = requireOwnedAgent(call, 'Only the agent owner can claim earnings');
				return succeed(feesOf(call.marketplace, agent));
			},
		},
		POST: {
			limit: LIMITS.claims,
			run: claimFees,
		},
	},
	{
		path: '/agents/:id/said',
		POST: {
			limit: LIMITS.tokens,
			run: createIdentity,
		},
	},
	{
		path: '/said/card/:id',
		GET: {
			run(call) {
				const agent = agentById(call.marketplace, call.params.id);
				if (!agent) throw new Refusal(404, 'Agent not found');
				return Response.json({
					name: agent.name,
					description: agent.description,
					url: `${call.marketplace.origin}/api/agents/${agent.slug}`,
					wallet: agent.said_wallet,
					capabilities: JSON.parse(agent.capabilities) as string[],
				});
			},
		},
	},
	{
		path: '/agents/:id/funding',
		GET: {
			failure: 'Failed to read funding status',
			run(call) {
				const agent = requireOwnedAgent(call, 'Only the agent owner can view funding status');
				const funds = fundsOf(call.marketplace, agent.id);
				return succeed({
					deposit_address: agent.privy_solana_address,
					balance_sol: funds.sol,
					balance_usdc: funds.usdc_solana,
					requirements: CHAIN_COSTS,
					note:
						'The agent wallet pays its own on-chain fees and receives 65% of its creator fees. This sandbox has no ' +
						'chain: money comes from its control routes.',
				});
			},
		},
	},
];

function tokenOf(agent: AgentRow) {
	return {
		token_mint: agent.token_mint,
		token_name: agent.token_name,
		token_symbol: agent.token_symbol,
		token_image_url: agent.token_image_url,
		token_mode: agent.token_mode,
		token_creator_wallet: agent.token_creator_wallet,
		token_tx_hash: agent.token_tx_hash,
		token_created_at: agent.token_created_at,
		token_launch_attempted: agent.token_launch_attempted,
	};
}

async function registerToken(call: Call): Promise<Response> {
	const { marketplace } = call;
	const body = await readBody(call.request);
	const wallet = requireWallet(call, body);
	const agent = agentById(marketplace, call.params.id);
	if (!agent) throw new Refusal(404, 'Agent not found');
	if (agent.owner_wallet !== wallet) throw new Refusal(403, 'Only the agent owner can register a token');
	if (agent.token_mint) throw new Refusal(409, 'Agent already has a token');
	if (!isSolanaAddress(body.token_mint)) throw new Refusal(400, 'token_mint must be a valid base58 address');
	checkLength('token_name', body.token_name, 32);
	checkLength('token_symbol', body.token_symbol, 10);
	if (body.token_mode !== 'pumpfun' && body.token_mode !== 'clawpump') {
		throw new Refusal(400, 'token_mode must be one of: pumpfun, clawpump');
	}
	if (body.token_creator_wallet !== wallet) {
		throw new Refusal(400, 'token_creator_wallet must be the signing wallet');
	}
	marketplace.database.update('agents', agent.id, {
		token_mint: body.token_mint,
		token_name: body.token_name as string,
		token_symbol: body.token_symbol as string,
		token_mode: body.token_mode,
		token_creator_wallet: wallet,
		token_image_url: (body.token_image_url as string | undefined) ?? null,
		token_tx_hash: (body.token_tx_hash as string | undefined) ?? null,
		token_created_at: marketplace.clock.databaseText(),
	});
	return succeed(tokenOf(agentById(marketplace, agent.id)!));
}

function checkLength(field: string, value: unknown, longest: number): void {
	if (typeof value !== 'string' || value.length < 1 || value.length > longest) {
		throw new Refusal(400, `${field} must be 1-${longest} characters`);
	}
}

async function launchToken(call: Call): Promise<Response> {
	const { marketplace } = call;
	const body = await readBody(call.request);
	const agent = requireOwnedAgent(call, 'Only the agent owner can launch a token', body);
	if (agent.moderation_status === 'spam')
		throw new Refusal(403, 'This agent is flagged as spam and cannot launch a token');
	if (!agent.twitter_username) throw new Refusal(403, 'Link an X account to this agent before launching a token');
	if (agent.token_mint) throw new Refusal(409, 'Agent already has a token');
	if (agent.token_launch_attempted) throw new Refusal(409, 'A token launch was already attempted for this agent');
	checkLength('symbol', body.symbol, 10);
	const description = body.description ? String(body.description) : agent.description;
	if (description.length < SHORTEST_DESCRIPTION) {
		throw new Refusal(400, `description must be at least ${SHORTEST_DESCRIPTION} characters`);
	}
	const image = body.image_url ?? agent.avatar_url;
	if (!image) throw new Refusal(400, 'image_url is required when the agent has no avatar_url');
	await checkTokenImage(marketplace, checkExternalUrl(marketplace, 'image_url', image));
	spend(call.marketplace, agent, 'launch', 'token_launch');

	const creator = agent.privy_solana_address;
	const transaction = newTransaction('solana');
	const mint = addressOf(`mint:${agent.id}`);
	marketplace.database.update('agents', agent.id, {
		token_mint: mint,
		token_name: `${agent.name} by Atelier`,
		token_symbol: body.symbol as string,
		token_image_url: image as string,
		token_mode: 'clawpump',
		token_creator_wallet: creator,
		token_tx_hash: transaction,
		token_created_at: marketplace.clock.databaseText(),
		token_launch_attempted: 1,
	});
	return succeed({
		mint,
		tx_signature: transaction,
		creator_wallet: creator,
		note: 'The agent wallet receives 65% of the creator fees.',
	});
}

// Pictures elsewhere are taken to be fine: the sandbox fetches nothing from other hosts.
async function checkTokenImage({ storage }: Marketplace, url: string): Promise<void> {
	const file = await storage.getByUrl(url);
	if (!file) return;
	if (!IMAGE_TYPES.includes(file.contentType)) throw new Refusal(400, 'Token image must be JPEG, PNG, GIF, or WebP');
	if (file.bytes.byteLength > LARGEST_IMAGE_BYTES) throw new Refusal(400, 'Token image too large (max 5MB)');
}

/** Takes what an on-chain step costs from the agent's wallet, or answers 402 with what is missing. */
function spend(marketplace: Marketplace, agent: AgentRow, cost: keyof typeof CHAIN_COSTS, action: string): void {
	const { cost_sol: costSol, required_sol: requiredSol } = CHAIN_COSTS[cost];
	const { sol } = fundsOf(marketplace, agent.id);
	if (sol < requiredSol) {
		throw new Refusal(402, `The agent wallet needs ${requiredSol} SOL and holds ${sol} SOL`, {
			code: 'agent_wallet_underfunded',
			data: {
				action,
				required_sol: requiredSol,
				cost_sol: costSol,
				balance_sol: sol,
				deposit_address: agent.privy_solana_address,
				how_to_fund: `Send SOL on Solana mainnet to ${agent.privy_solana_address}, then try again.`,
			},
		});
	}
	changeFunds(marketplace, agent.id, { sol: -costSol });
}

function feesOf(marketplace: Marketplace, agent: AgentRow) {
	const funds = fundsOf(marketplace, agent.id);
	return {
		totalEarnedSol: funds.earned_fee_sol,
		totalSentSol: funds.paid_fee_sol,
		paidSol: funds.paid_fee_sol,
		claimableSol: Number((funds.earned_fee_sol - funds.paid_fee_sol).toFixed(9)),
		minClaimSol: SMALLEST_CLAIM_SOL,
		payoutWallet: agent.payout_wallet ?? agent.owner_wallet,
	};
}

async function claimFees(call: Call): Promise<Response> {
	const { marketplace } = call;
	const body: JsonObject = await readBody(call.request).catch(() => ({}));
	const agent = requireOwnedAgent(call, 'Only the agent owner can claim earnings', body);
	const { claimableSol, payoutWallet } = feesOf(marketplace, agent);
	const skip = (reason: string) => succeed({ agentId: agent.id, status: 'skipped', reason });
	if (!agent.token_mint) return skip('no_token');
	if (!payoutWallet) return skip('no_payout_wallet');
	if (claimableSol < SMALLEST_CLAIM_SOL) return skip('below_minimum');
	changeFunds(marketplace, agent.id, { paid_fee_sol: claimableSol });
	return succeed({
		agentId: agent.id,
		status: 'paid',
		paidLamports: Math.round(claimableSol * LAMPORTS_PER_SOL),
		txHash: newTransaction('solana'),
	});
}

async function createIdentity(call: Call): Promise<Response> {
	const { marketplace } = call;
	const body: JsonObject = await readBody(call.request).catch(() => ({}));
	const agent = requireOwnedAgent(call, 'Only the agent owner can create an identity', body);
	if (agent.said_wallet) throw new Refusal(409, 'Agent already has a SAID identity');
	spend(marketplace, agent, 'said', 'said_identity');
	const identity = {
		said_wallet: addressOf(`said:${agent.id}`),
		said_pda: addressOf(`said-pda:${agent.id}`),
		said_tx_hash: newTransaction('solana'),
	};
	marketplace.database.update('agents', agent.id, identity);
	return succeed({
		said_wallet: identity.said_wallet,
		said_pda: identity.said_pda,
		tx_signature: identity.said_tx_hash,
	});
}
