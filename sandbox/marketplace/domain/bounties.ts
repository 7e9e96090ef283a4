import { Refusal, type JsonObject } from '../http';
import { newId } from '../ids';
import type { Marketplace } from '../marketplace';
import { HOUR, parseTime } from '../time';
import { CATEGORIES, checkReferenceImages, checkReferenceUrls } from '../validation';
import { agentById, hasOwner, type AgentRow } from './agents';
import { isTransaction } from './chain';
import { platformFee } from './money';
import { sendWebhook } from './notifications';
import { countOrder } from './orders';

const MOST_CLAIMS = 20;
const DEADLINE_HOURS = [1, 6, 12, 24, 48, 72, 168];
const CLAIM_WINDOW_HOURS = [6, 12, 24, 48, 72, 168];
const DEFAULT_CLAIM_WINDOW_HOURS = 24;

/** A posted job that agents claim. */
export interface BountyRow {
	id: string;
	poster_wallet: string;
	user_id: string | null;
	title: string;
	brief: string;
	category: string;
	budget_usd: string;
	deadline_hours: number;
	reference_urls: string | null;
	reference_images: string | null;
	status: 'open' | 'claimed' | 'completed' | 'expired' | 'cancelled' | 'disputed';
	accepted_claim_id: string | null;
	order_id: string | null;
	expires_at: string;
	payment_chain: string;
	payer_address: string | null;
	moderation_status: string | null;
	moderation_reason: string | null;
	created_at: string;
}

export interface ClaimRow {
	id: string;
	bounty_id: string;
	agent_id: string;
	claimant_wallet: string | null;
	message: string | null;
	status: 'pending' | 'accepted' | 'rejected' | 'withdrawn';
	user_id: string | null;
	created_at: string;
}

function bountyById({ database }: Marketplace, id: string): BountyRow | undefined {
	return database.get<BountyRow>('SELECT * FROM bounties WHERE id = ?', id);
}

export function requireBounty(marketplace: Marketplace, id: string): BountyRow {
	const bounty = bountyById(marketplace, id);
	if (!bounty) throw new Refusal(404, 'Bounty not found');
	return bounty;
}

export function claimsOf({ database }: Marketplace, bountyId: string): ClaimRow[] {
	return database.all<ClaimRow>('SELECT * FROM claims WHERE bounty_id = ? ORDER BY created_at, rowid', bountyId);
}

export function countClaims({ database }: Marketplace, bountyId: string): number {
	return database.get<{ count: number }>(
		"SELECT count(*) AS count FROM claims WHERE bounty_id = ? AND status <> 'withdrawn'",
		bountyId,
	)!.count;
}

/** Marks open bounties as expired whose time is over. */
export function expireBounties({ database, clock }: Marketplace): void {
	database.run("UPDATE bounties SET status = 'expired' WHERE status = 'open' AND expires_at < ?", clock.isoText());
}

/** Checks and stores a bounty (Atelier API: POST /bounties). */
export function postBounty(marketplace: Marketplace, wallet: string, body: JsonObject): BountyRow {
	const { database, clock } = marketplace;
	const { title, brief, category, deadline_hours: deadline, claim_window_hours: claimWindow } = body;
	if (typeof title !== 'string' || title.length < 3 || title.length > 100)
		throw new Refusal(400, 'Title must be 3-100 characters');
	if (typeof brief !== 'string' || brief.length < 10 || brief.length > 2000) {
		throw new Refusal(400, 'Brief must be 10-2000 characters');
	}
	if (!CATEGORIES.includes(category as string)) {
		throw new Refusal(400, `Invalid category. Must be one of: ${CATEGORIES.join(', ')}`);
	}
	const budget = Number.parseFloat(String(body.budget_usd));
	if (!Number.isFinite(budget) || budget < 1) throw new Refusal(400, 'budget_usd must be at least 1.00');
	if (!DEADLINE_HOURS.includes(deadline as number)) {
		throw new Refusal(400, `deadline_hours must be one of: ${DEADLINE_HOURS.join(', ')}`);
	}
	if (claimWindow && !CLAIM_WINDOW_HOURS.includes(claimWindow as number)) {
		throw new Refusal(400, `claim_window_hours must be one of: ${CLAIM_WINDOW_HOURS.join(', ')}`);
	}
	const urls = checkReferenceUrls(body.reference_urls, 5);
	const images = checkReferenceImages(body.reference_images, 3);
	const id = newId('bty', clock.now());
	const hours = (claimWindow as number | undefined) || DEFAULT_CLAIM_WINDOW_HOURS;
	database.insert('bounties', {
		id,
		poster_wallet: wallet,
		title,
		brief,
		category: category as string,
		budget_usd: budget.toFixed(2),
		deadline_hours: deadline as number,
		reference_urls: urls && JSON.stringify(urls),
		reference_images: images && JSON.stringify(images),
		expires_at: clock.isoText(clock.now() + hours * HOUR),
		created_at: clock.databaseText(),
	});
	return bountyById(marketplace, id)!;
}

/**
 * An agent applies (Atelier API: POST /bounties/{id}/claim). A claim that was withdrawn still holds its place in the
 * unique index, so that claiming again fails with a database error, which becomes the platform's 500.
 */
export function claimBounty(
	marketplace: Marketplace,
	bountyId: string,
	agent: AgentRow,
	claim: { message: unknown; wallet?: string },
): ClaimRow {
	const { database, clock } = marketplace;
	if (!hasOwner(agent)) throw new Refusal(403, 'Agent must have a verified owner before claiming bounties');
	if (!agent.active) throw new Refusal(403, 'Agent is not active');
	const bounty = requireBounty(marketplace, bountyId);
	if (bounty.status !== 'open') throw new Refusal(400, 'Bounty is not open for claims');
	if (parseTime(bounty.expires_at) < clock.now()) throw new Refusal(400, 'Bounty has expired');
	const earlier = database.get<ClaimRow>(
		'SELECT * FROM claims WHERE bounty_id = ? AND agent_id = ?',
		bountyId,
		agent.id,
	);
	if (earlier && earlier.status !== 'withdrawn') throw new Refusal(409, 'Agent already has a claim on this bounty');
	if (countClaims(marketplace, bountyId) >= MOST_CLAIMS) throw new Refusal(400, 'Bounty has reached maximum claims');
	const { message } = claim;
	if (message && (typeof message !== 'string' || message.length > 500)) {
		throw new Refusal(400, 'Message must be under 500 characters');
	}
	const id = newId('bcl', clock.now());
	database.insert('claims', {
		id,
		bounty_id: bountyId,
		agent_id: agent.id,
		claimant_wallet: claim.wallet,
		message: (message as string | undefined) || null,
		created_at: clock.databaseText(),
	});
	return database.get<ClaimRow>('SELECT * FROM claims WHERE id = ?', id)!;
}

/** Withdraws a pending claim; where there is none nothing happens. */
export function withdrawClaim({ database }: Marketplace, bountyId: string, agentId: string): void {
	database.run(
		"UPDATE claims SET status = 'withdrawn' WHERE bounty_id = ? AND agent_id = ? AND status = 'pending'",
		bountyId,
		agentId,
	);
}

/** The poster funds one claim: an order that is paid at once; the other claims are rejected. */
export function acceptClaim(
	marketplace: Marketplace,
	bounty: BountyRow,
	options: { claimId: unknown; transaction: unknown; chain?: unknown; method?: unknown },
): { bounty_id: string; order_id: string; claim_id: string } {
	const { database, clock } = marketplace;
	if (bounty.status !== 'open') throw new Refusal(400, 'Bounty is not open');
	const claim = database.get<ClaimRow>('SELECT * FROM claims WHERE id = ?', String(options.claimId));
	if (!claim || claim.bounty_id !== bounty.id) throw new Refusal(404, 'Claim not found for this bounty');
	if (claim.status !== 'pending') throw new Refusal(400, 'Claim is not in pending status');
	const chain = options.chain === 'base' ? 'base' : 'solana';
	const { transaction } = options;
	if (!isTransaction(chain, transaction)) throw new Refusal(400, 'Transaction not found on chain');
	if (database.get('SELECT 1 FROM orders WHERE escrow_tx_hash = ?', transaction)) {
		throw new Refusal(409, 'This transaction has already been used for another order');
	}

	const orderId = newId('ord', clock.now());
	database.transaction(() => {
		database.insert('orders', {
			id: orderId,
			client_wallet: bounty.poster_wallet,
			provider_agent_id: claim.agent_id,
			brief: bounty.brief,
			reference_urls: bounty.reference_urls,
			reference_images: bounty.reference_images,
			quoted_price_usd: bounty.budget_usd,
			platform_fee_usd: platformFee(bounty.budget_usd),
			payment_method: typeof options.method === 'string' ? options.method : chain === 'base' ? 'usdc-base' : 'usdc-sol',
			payment_chain: chain,
			payer_address: bounty.poster_wallet,
			escrow_tx_hash: transaction,
			status: 'paid',
			bounty_id: bounty.id,
			created_at: clock.databaseText(),
		});
		countOrder(marketplace, claim.agent_id, null);
		database.update('bounties', bounty.id, {
			status: 'claimed',
			accepted_claim_id: claim.id,
			order_id: orderId,
			payment_chain: chain,
			payer_address: bounty.poster_wallet,
		});
		database.update('claims', claim.id, { status: 'accepted' });
		database.run("UPDATE claims SET status = 'rejected' WHERE bounty_id = ? AND status = 'pending'", bounty.id);
	});

	sendWebhook(marketplace, agentById(marketplace, claim.agent_id), {
		event: 'bounty.accepted',
		order_id: orderId,
		data: {
			bounty_id: bounty.id,
			brief: bounty.brief,
			budget_usd: bounty.budget_usd,
			deadline_hours: bounty.deadline_hours,
		},
	});
	for (const { agent_id: loser } of claimsOf(marketplace, bounty.id).filter(({ status }) => status === 'rejected')) {
		sendWebhook(marketplace, agentById(marketplace, loser), {
			event: 'bounty.claim_rejected',
			order_id: orderId,
			data: { bounty_id: bounty.id },
		});
	}
	return { bounty_id: bounty.id, order_id: orderId, claim_id: claim.id };
}

/** The poster takes an open bounty back. */
export function cancelBounty({ database }: Marketplace, bounty: BountyRow): { id: string; status: 'cancelled' } {
	if (bounty.status !== 'open') throw new Refusal(400, 'Only open bounties can be cancelled');
	database.update('bounties', bounty.id, { status: 'cancelled' });
	return { id: bounty.id, status: 'cancelled' };
}
