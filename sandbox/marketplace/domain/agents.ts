import { randomBytes } from 'node:crypto';
import { isLoopbackHost } from '../../loopback';
import { Refusal } from '../http';
import { addressOf, freeSlug, newId } from '../ids';
import type { Marketplace } from '../marketplace';
import { HOUR, parseTime } from '../time';
import {
	canonicalName,
	checkAgentName,
	checkCapabilities,
	checkClaims,
	externalUrlProblem,
} from '../validation';

/** A row of the agents table; `PATCH /agents/{id}` answers it raw, with all its 60 columns. */
export interface AgentRow {
	id: string;
	slug: string;
	name: string;
	description: string;
	avatar_url: string | null;
	bio: string | null;
	source: string;
	endpoint_url: string | null;
	capabilities: string;
	api_key: string;
	verified: number;
	blue_check: number;
	is_atelier_official: number;
	active: number;
	total_orders: number;
	completed_orders: number;
	avg_rating: number | null;
	twitter_username: string | null;
	owner_wallet: string | null;
	token_mint: string | null;
	token_name: string | null;
	token_symbol: string | null;
	token_image_url: string | null;
	token_mode: string | null;
	token_creator_wallet: string | null;
	token_tx_hash: string | null;
	token_created_at: string | null;
	token_launch_attempted: number;
	payout_wallet: string | null;
	partner_badge: string | null;
	created_at: string;
	ai_models: string | null;
	last_poll_at: string | null;
	said_wallet: string | null;
	privy_user_id: string | null;
	webhook_secret: string | null;
	atelier_holder: number;
	featured: number;
	moderation_status: string | null;
	moderation_reason: string | null;
	payout_chain: string;
	payout_address_base: string | null;
	privy_evm_wallet_id: string;
	privy_solana_wallet_id: string;
	privy_evm_address: string;
	privy_solana_address: string;
	withdraw_address_solana: string | null;
	withdraw_address_base: string | null;
	user_id: string | null;
}

export function agentById({ database }: Marketplace, id: string): AgentRow | undefined {
	return database.get<AgentRow>('SELECT * FROM agents WHERE id = ?', id);
}

/** An active agent by its id or slug. */
export function publicAgent({ database }: Marketplace, idOrSlug: string): AgentRow | undefined {
	return database.get<AgentRow>('SELECT * FROM agents WHERE (id = ?1 OR slug = ?1) AND active = 1', idOrSlug);
}

/** SQL condition (on the alias `a`) for agents that buyers can see and hire: an owner or a payout address is known. */
export const MARKETABLE = `(a.active = 1 AND COALESCE(a.owner_wallet, a.privy_user_id, a.user_id, a.twitter_username,
	a.payout_wallet, a.payout_address_base) IS NOT NULL AND COALESCE(a.moderation_status, 'ok') <> 'spam')`;

/** Whether buyers can see and hire an agent. */
export function isMarketable(agent: AgentRow): boolean {
	return Boolean(
		agent.active &&
		agent.moderation_status !== 'spam' &&
		(hasOwner(agent) || agent.payout_wallet || agent.payout_address_base),
	);
}

/** Whether somebody has proven to own the agent; claiming bounties needs it. */
export function hasOwner(agent: AgentRow): boolean {
	return Boolean(agent.owner_wallet ?? agent.privy_user_id ?? agent.user_id ?? agent.twitter_username);
}

/** Where an agent is paid: its payout address on the chain of its choice, or undefined when there is none. */
export function payoutDestination(agent: AgentRow): { chain: string; address: string } | undefined {
	const address =
		agent.payout_chain === 'base' ? agent.payout_address_base : (agent.payout_wallet ?? agent.owner_wallet);
	return address ? { chain: agent.payout_chain, address } : undefined;
}

/** `{status, reason}` of an agent or a service; nothing on record means fine. */
export function moderationOf(row: { moderation_status: string | null; moderation_reason: string | null }) {
	return { status: row.moderation_status ?? 'ok', reason: row.moderation_reason };
}

/**
 * Refuses an address that the platform would not call or show.
 * @param field the field's name, for the message
 */
export function checkExternalUrl(marketplace: Marketplace, field: string, value: unknown): string {
	const problem = externalUrlProblem(
		value,
		(url) =>
			// The sandbox's own file store stands for a public host.
			marketplace.storage.owns(url.href) ||
			(field === 'endpoint_url' && marketplace.webhooks.allowLoopback && isLoopbackHost(url.hostname)),
	);
	if (problem) throw new Refusal(400, `Invalid ${field}: ${problem}`);
	return value as string;
}

const DUPLICATE_WINDOW_MS = 24 * HOUR;

/**
 * Refuses a name that another agent bears.
 * @param description of a registration: the same name and description within a day is a repeated registration
 */
export function checkNameIsFree(
	{ database, clock }: Marketplace,
	name: string,
	options: { description?: string; exceptAgentId?: string } = {},
): void {
	const others = database
		.all<AgentRow>('SELECT * FROM agents WHERE canonical_name = ? ORDER BY created_at DESC', canonicalName(name))
		.filter(({ id }) => id !== options.exceptAgentId);
	const twin = others.find(
		(agent) =>
			agent.name.toLowerCase() === name.toLowerCase() &&
			agent.description === options.description &&
			clock.now() - parseTime(agent.created_at) < DUPLICATE_WINDOW_MS,
	);
	if (twin) {
		throw new Refusal(409, 'duplicate_agent', {
			message: 'An agent with this name and description was registered a short while ago.',
			existing_agent: {
				agent_id: twin.id,
				slug: twin.slug,
				name: twin.name,
				created_at: twin.created_at,
				api_key_hint: maskedKey(twin.api_key),
			},
			recovery: 'Use the API key of the existing agent, or recover it with POST /api/agents/recover as its owner.',
		});
	}
	if (others.length > 0) {
		throw new Refusal(409, 'name_taken', { message: `The name "${name}" is already taken. Choose another one.` });
	}
}

export interface Registration {
	name: string;
	description: string;
	avatarUrl?: string;
	endpointUrl?: string;
	capabilities?: string[];
	aiModels?: string[];
	ownerWallet?: string;
	registrationTx?: string;
	ip?: string;
}

/** Checks the text of a registration; the answer is the name as it will be stored. */
export function checkRegistration(
	marketplace: Marketplace,
	fields: { name: unknown; description: unknown; endpoint_url: unknown; capabilities: unknown },
): string {
	if (!fields.name || !fields.description) throw new Refusal(400, 'Missing required fields: name, description');
	const name = checkAgentName(fields.name);
	checkDescription(fields.description);
	if (fields.endpoint_url) checkExternalUrl(marketplace, 'endpoint_url', fields.endpoint_url);
	if (Array.isArray(fields.capabilities)) checkCapabilities(fields.capabilities);
	return name;
}

/** An agent's description: 10–500 characters without banned claims. */
export function checkDescription(description: unknown): string {
	if (typeof description !== 'string' || description.length < 10 || description.length > 500) {
		throw new Refusal(400, 'Description must be between 10 and 500 characters');
	}
	checkClaims(description);
	return description;
}

/** Stores a new agent with its key, and with a webhook secret when it has an endpoint. */
export function registerAgent(marketplace: Marketplace, registration: Registration): AgentRow {
	const { database, clock } = marketplace;
	checkNameIsFree(marketplace, registration.name, { description: registration.description });
	const id = newId('ext', clock.now());
	database.insert('agents', {
		id,
		slug: freeSlug(
			registration.name,
			(slug) => database.get('SELECT 1 FROM agents WHERE slug = ?', slug) !== undefined,
		),
		name: registration.name,
		canonical_name: canonicalName(registration.name),
		description: registration.description,
		avatar_url: registration.avatarUrl,
		endpoint_url: registration.endpointUrl,
		webhook_secret: registration.endpointUrl ? newWebhookSecret() : undefined,
		capabilities: JSON.stringify(registration.capabilities ?? []),
		ai_models: registration.aiModels ? JSON.stringify(registration.aiModels) : undefined,
		owner_wallet: registration.ownerWallet,
		api_key: `atelier_${randomBytes(24).toString('hex')}`,
		registration_tx: registration.registrationTx,
		registration_ip: registration.ip,
		// Simulated custodial wallets: always the same addresses for the same agent, no chain behind them.
		privy_solana_wallet_id: `wallet-solana-${id}`,
		privy_solana_address: addressOf(`solana:${id}`),
		privy_evm_wallet_id: `wallet-evm-${id}`,
		privy_evm_address: `0x${Buffer.from(addressOf(`evm:${id}`))
			.toString('hex')
			.slice(0, 40)}`,
		created_at: clock.databaseText(),
	});
	database.insert('agent_funds', { agent_id: id });
	return agentById(marketplace, id)!;
}

export function newWebhookSecret(): string {
	return `whsec_${randomBytes(32).toString('hex')}`;
}

/** `atelier_...abcd`. */
export function maskedKey(key: string): string {
	return `atelier_...${key.slice(-4)}`;
}
