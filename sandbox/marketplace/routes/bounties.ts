import type { SQLInputValue } from 'node:sqlite';
import { hasBearer, requireAgent, requireWallet, walletIfAny } from '../auth';
import { agentById } from '../domain/agents';
import {
	acceptClaim,
	cancelBounty,
	claimBounty,
	claimsOf,
	countClaims,
	expireBounties,
	postBounty,
	requireBounty,
	withdrawClaim,
	type BountyRow,
} from '../domain/bounties';
import { Refusal, pageOf, readBody, succeed, textOf, type Call, type Endpoint, type JsonObject } from '../http';
import type { Marketplace } from '../marketplace';
import { LIMITS } from './limits';

const ORDER_BY: Record<string, string> = {
	budget_desc: 'CAST(b.budget_usd AS REAL) DESC, b.rowid',
	deadline_asc: 'b.expires_at, b.rowid',
	claims_count: 'claims_count DESC, b.rowid',
};

// A bounty as the lists show it.
const SELECT_LISTED = `
	SELECT b.*, p.display_name AS poster_display_name,
		(SELECT count(*) FROM claims c WHERE c.bounty_id = b.id AND c.status <> 'withdrawn') AS claims_count,
		w.id AS winner_agent_id, w.name AS winner_agent_name, w.slug AS winner_agent_slug,
		w.avatar_url AS winner_agent_avatar_url,
		CASE WHEN o.status = 'completed'
			THEN round(CAST(o.quoted_price_usd AS REAL) - CAST(o.platform_fee_usd AS REAL), 2) END AS earned_usd,
		o.completed_at AS completed_at
	FROM bounties b LEFT JOIN profiles p ON p.wallet = b.poster_wallet
		LEFT JOIN claims a ON a.id = b.accepted_claim_id LEFT JOIN agents w ON w.id = a.agent_id
		LEFT JOIN orders o ON o.id = b.order_id`;

/** Bounties: posted by people, claimed by agents. */
export const bounties: Endpoint[] = [
	{
		path: '/bounties',
		GET: {
			failure: 'Failed to list bounties',
			run: listBounties,
		},
		POST: {
			limit: LIMITS.orders,
			failure: 'Failed to create bounty',
			async run(call) {
				const body = await readBody(call.request);
				const needed = ['title', 'brief', 'category', 'budget_usd', 'deadline_hours', 'client_wallet'];
				if (needed.some((field) => !body[field]))
					throw new Refusal(400, `Missing required fields: ${needed.join(', ')}`);
				const wallet = requireWallet(call, withClientWallet(body));
				if (wallet !== body.client_wallet) throw new Refusal(403, 'Authenticated wallet does not match client_wallet');
				return succeed(postBounty(call.marketplace, wallet, body), { status: 201 });
			},
		},
	},
	{
		path: '/bounties/stats',
		GET: { run: ({ marketplace }) => succeed(bountyStatistics(marketplace)) },
	},
	{
		path: '/bounties/my',
		GET: {
			run(call) {
				const wallet = requireWallet(call);
				expireBounties(call.marketplace);
				return succeed(
					call.marketplace.database.all(
						`${SELECT_LISTED} WHERE b.poster_wallet = ? ORDER BY b.created_at DESC, b.rowid`,
						wallet,
					),
				);
			},
		},
	},
	{
		path: '/bounties/:id',
		GET: {
			failure: 'Failed to fetch bounty',
			run(call) {
				const { marketplace, params, url } = call;
				expireBounties(marketplace);
				const bounty = requireBounty(marketplace, params.id);
				const isPoster = walletIfAny(call) === bounty.poster_wallet;
				const withClaims = isPoster && url.searchParams.get('include_claims') === '1';
				return succeed({
					...bounty,
					claims_count: countClaims(marketplace, bounty.id),
					viewer_is_poster: isPoster,
					...(withClaims && { claims: claimsOf(marketplace, bounty.id) }),
				});
			},
		},
		PATCH: {
			failure: 'Failed to update bounty',
			async run(call) {
				const body = await readBody(call.request);
				const bounty = requirePoster(call, body, 'Only the poster can update this bounty');
				if (body.status !== 'cancelled') throw new Refusal(400, 'status must be "cancelled"');
				return succeed(cancelBounty(call.marketplace, bounty));
			},
		},
	},
	{
		path: '/bounties/:id/claim',
		POST: {
			limit: LIMITS.orders,
			failure: 'Failed to create claim',
			run: claim,
		},
		DELETE: {
			failure: 'Failed to withdraw claim',
			run(call) {
				const { marketplace, params, url } = call;
				let agentId: string;
				if (hasBearer(call)) {
					agentId = requireAgent(call).id;
				} else {
					const wallet = requireWallet(call);
					agentId = url.searchParams.get('agent_id') ?? '';
					if (agentById(marketplace, agentId)?.owner_wallet !== wallet) {
						throw new Refusal(403, 'Agent not found or not owned by wallet');
					}
				}
				withdrawClaim(marketplace, params.id, agentId);
				// The same answer whether or not there was anything to withdraw.
				return succeed({ bounty_id: params.id, status: 'withdrawn' });
			},
		},
	},
	{
		path: '/bounties/:id/accept',
		POST: {
			limit: LIMITS.orders,
			failure: 'Failed to accept claim',
			async run(call) {
				const body = await readBody(call.request);
				if (!body.claim_id || !body.escrow_tx_hash) {
					throw new Refusal(400, 'Missing required fields: claim_id, escrow_tx_hash');
				}
				const bounty = requirePoster(call, body, 'Only the poster can accept claims');
				return succeed(
					acceptClaim(call.marketplace, bounty, {
						claimId: body.claim_id,
						transaction: body.escrow_tx_hash,
						chain: body.payment_chain,
						method: body.payment_method,
					}),
				);
			},
		},
	},
];

function withClientWallet(body: JsonObject): JsonObject {
	return body.client_wallet ? { wallet: body.client_wallet, ...body } : body;
}

function requirePoster(call: Call, body: JsonObject, words: string): BountyRow {
	const wallet = requireWallet(call, withClientWallet(body));
	const bounty = requireBounty(call.marketplace, call.params.id);
	if (bounty.poster_wallet !== wallet) throw new Refusal(403, words);
	return bounty;
}

async function claim(call: Call): Promise<Response> {
	const { marketplace, params } = call;
	const body = await readBody(call.request);
	if (hasBearer(call)) {
		const agent = requireAgent(call);
		return succeed(claimBounty(marketplace, params.id, agent, { message: body.message }), { status: 201 });
	}
	if (!body.agent_id) throw new Refusal(400, 'agent_id required for wallet auth claims');
	const wallet = requireWallet(call, withClientWallet(body));
	const agent = agentById(marketplace, textOf(body.agent_id) ?? '');
	if (!agent) throw new Refusal(404, 'Agent not found');
	if (agent.owner_wallet !== wallet) throw new Refusal(403, 'You do not own this agent');
	return succeed(claimBounty(marketplace, params.id, agent, { message: body.message, wallet }), { status: 201 });
}

function listBounties({ marketplace, url }: Call): Response {
	expireBounties(marketplace);
	const query = url.searchParams;
	const conditions: string[] = [];
	const values: Record<string, SQLInputValue> = {};
	const narrow = (condition: string, name: string, value: SQLInputValue | null) => {
		if (value === null || value === '') return;
		conditions.push(condition);
		values[name] = value;
	};
	const statuses = (query.get('status') || 'open').split(',').map((status) => status.trim());
	narrow('b.status IN (SELECT value FROM json_each(:statuses))', 'statuses', JSON.stringify(statuses));
	narrow('b.category = :category', 'category', query.get('category'));
	narrow('CAST(b.budget_usd AS REAL) >= CAST(:least AS REAL)', 'least', query.get('min_budget'));
	narrow('CAST(b.budget_usd AS REAL) <= CAST(:most AS REAL)', 'most', query.get('max_budget'));
	const where = `WHERE ${conditions.join(' AND ')}`;
	const [{ total }] = marketplace.database.named<{ total: number }>(
		`SELECT count(*) AS total FROM bounties b ${where}`,
		values,
	);
	const sort = query.get('sort') ?? '';
	const data = marketplace.database.named(
		`${SELECT_LISTED} ${where} ORDER BY ${Object.hasOwn(ORDER_BY, sort) ? ORDER_BY[sort] : 'b.created_at DESC, b.rowid'}
			LIMIT :limit OFFSET :offset`,
		{ ...values, ...pageOf(url, { fallback: 20, maximum: 50 }) },
	);
	return succeed(data, { beside: { total } });
}

function bountyStatistics(marketplace: Marketplace): object {
	expireBounties(marketplace);
	return marketplace.database.get(
		`SELECT COALESCE(sum(b.status = 'open'), 0) AS live, COALESCE(sum(b.status = 'completed'), 0) AS completed,
			count(*) AS total,
			COALESCE(sum(CASE WHEN b.status = 'open' THEN CAST(b.budget_usd AS REAL) END), 0) AS openValueUsd,
			COALESCE(sum(CAST(b.budget_usd AS REAL)), 0) AS totalValueUsd,
			(SELECT count(*) FROM claims) AS submissions,
			COALESCE(sum(CASE WHEN b.status = 'completed' THEN round(CAST(b.budget_usd AS REAL) * 0.9, 2) END), 0) AS paidOutUsd
		FROM bounties b`,
	)!;
}
