import type { SQLInputValue } from 'node:sqlite';
import type { Marketplace } from '../marketplace';
import { MARKETABLE, moderationOf, type AgentRow } from './agents';
import type { ReviewRow } from './reviews';
import { publicService, servicesOfAgent } from './services';

const PORTFOLIO_LENGTH = 20;
const RECENT_ORDERS = 10;

/** What a list of agents can be narrowed and sorted by (Atelier API: GET /agents). */
export interface AgentQuery {
	category?: string;
	search?: string;
	source?: string;
	model?: string;
	withServices?: boolean;
	tokenized?: boolean;
	featured?: boolean;
	/** Lists an owner's agents, hidden ones included. */
	ownerWallet?: string;
	sortBy?: string;
	limit: number;
	offset: number;
}

const ORDER_BY: Record<string, string> = {
	popular: 'a.completed_orders DESC, a.total_orders DESC, a.rowid',
	newest: 'a.created_at DESC, a.rowid',
	rating: 'a.avg_rating IS NULL, a.avg_rating DESC, a.rowid',
};

interface ListedAgentRow {
	categories: string | null;
	provider_models: string | null;
	[column: string]: unknown;
}

/** One page of agents; money is numbers here, unlike everywhere else. */
export function listAgents({ database }: Marketplace, query: AgentQuery): object[] {
	const conditions = [query.ownerWallet ? 'a.owner_wallet = :owner' : MARKETABLE];
	const values: Record<string, SQLInputValue> = { limit: query.limit, offset: query.offset };
	const narrow = (condition: string, name?: string, value?: SQLInputValue) => {
		conditions.push(condition);
		if (name) values[name] = value!;
	};
	if (query.ownerWallet) values.owner = query.ownerWallet;
	if (query.category) {
		narrow(
			`(a.capabilities LIKE :quoted OR EXISTS
				(SELECT 1 FROM services s WHERE s.agent_id = a.id AND s.active = 1 AND s.category = :category))`,
			'category',
			query.category,
		);
		values.quoted = `%"${query.category}"%`;
	}
	if (query.search) {
		narrow(
			"(a.name LIKE :search ESCAPE '\\' OR a.description LIKE :search ESCAPE '\\')",
			'search',
			likePattern(query.search),
		);
	}
	if (query.source === 'official') narrow('a.is_atelier_official = 1');
	else if (query.source && query.source !== 'all') narrow('a.source = :source', 'source', query.source);
	if (query.model) narrow('a.ai_models LIKE :model', 'model', `%"${query.model}"%`);
	if (query.withServices) narrow('EXISTS (SELECT 1 FROM services s WHERE s.agent_id = a.id AND s.active = 1)');
	if (query.tokenized) narrow('a.token_mint IS NOT NULL');
	if (query.featured) narrow('a.featured = 1');

	return database
		.named<ListedAgentRow>(
			`SELECT a.id, a.slug, a.name, a.description, a.avatar_url, a.source, a.verified, a.blue_check,
				a.is_atelier_official, a.partner_badge, a.twitter_username, a.said_wallet,
				(SELECT count(*) FROM services s WHERE s.agent_id = a.id AND s.active = 1) AS services_count,
				a.avg_rating, a.total_orders, a.completed_orders,
				(SELECT COALESCE(sum(CAST(o.quoted_price_usd AS REAL)), 0) FROM orders o
					WHERE o.provider_agent_id = a.id AND o.status = 'completed') AS total_revenue,
				(SELECT group_concat(DISTINCT s.category) FROM services s WHERE s.agent_id = a.id AND s.active = 1) AS categories,
				(SELECT group_concat(DISTINCT s.provider_model) FROM services s WHERE s.agent_id = a.id AND s.active = 1)
					AS provider_models,
				a.token_mint, a.token_symbol, a.token_name, a.token_image_url, a.atelier_holder, a.featured,
				(SELECT min(CAST(s.price_usd AS REAL)) FROM services s WHERE s.agent_id = a.id AND s.active = 1) AS min_price_usd
			FROM agents a WHERE ${conditions.join(' AND ')}
			ORDER BY ${ORDER_BY[query.sortBy ?? 'popular']} LIMIT :limit OFFSET :offset`,
			values,
		)
		.map((row) => ({
			...row,
			categories: row.categories?.split(',') ?? [],
			provider_models: row.provider_models?.split(',') ?? [],
		}));
}

/** A pattern for LIKE … ESCAPE '\' that finds text which contains `search` as it is. */
export function likePattern(search: string): string {
	return `%${search.slice(0, 200).replace(/[\\%_]/g, '\\$&')}%`;
}

/** An agent's public page (Atelier API: GET /agents/{id}); its own key shows more. */
export function agentPage(marketplace: Marketplace, agent: AgentRow, isOwner: boolean): object {
	const { database } = marketplace;
	const services = servicesOfAgent(marketplace, agent.id).map(publicService);
	return {
		agent: {
			id: agent.id,
			slug: agent.slug,
			name: agent.name,
			description: agent.description,
			avatar_url: agent.avatar_url,
			source: agent.source,
			verified: agent.verified,
			blue_check: agent.blue_check,
			atelier_holder: agent.atelier_holder,
			partner_badge: agent.partner_badge,
			twitter_username: agent.twitter_username,
			has_endpoint: agent.endpoint_url !== null,
			capabilities: JSON.parse(agent.capabilities) as string[],
			ai_models: JSON.parse(agent.ai_models ?? '[]') as string[],
			owner_wallet: agent.owner_wallet,
			said_wallet: agent.said_wallet,
			is_owner: isOwner,
			token: {
				mint: agent.token_mint,
				name: agent.token_name,
				symbol: agent.token_symbol,
				image_url: agent.token_image_url,
				mode: agent.token_mode,
				creator_wallet: agent.token_creator_wallet,
				tx_hash: agent.token_tx_hash,
				launch_attempted: agent.token_launch_attempted,
			},
			...(isOwner && {
				last_poll_at: agent.last_poll_at,
				pending_orders: database.get<{ count: number }>(
					`SELECT count(*) AS count FROM orders
						WHERE provider_agent_id = ? AND status IN ('pending_quote', 'paid', 'in_progress', 'revision_requested')`,
					agent.id,
				)!.count,
				moderation: moderationOf(agent),
			}),
		},
		services,
		portfolio: portfolioOf(marketplace, agent.id),
		stats: {
			completed_orders: agent.completed_orders,
			avg_rating: agent.avg_rating,
			followers: 0,
			services_count: services.length,
		},
		reviews: database.all<ReviewRow>(
			`SELECT r.* FROM reviews r JOIN services s ON s.id = r.service_id
				WHERE s.agent_id = ? AND s.active = 1 ORDER BY r.created_at DESC, r.rowid`,
			agent.id,
		),
		recentOrders: database.all(
			`SELECT o.id, s.title AS service_title, o.client_wallet, b.display_name AS client_display_name,
				o.quoted_price_usd, o.status, o.created_at
			FROM orders o LEFT JOIN services s ON s.id = o.service_id LEFT JOIN profiles b ON b.wallet = o.client_wallet
			WHERE o.provider_agent_id = ? ORDER BY o.created_at DESC, o.rowid LIMIT ?`,
			agent.id,
			RECENT_ORDERS,
		),
	};
}

/** What an agent shows of its completed orders, newest first, without what it has hidden. */
function portfolioOf({ database }: Marketplace, agentId: string): unknown[] {
	return database.all(
		`SELECT * FROM (
			SELECT 'order' AS source_type, o.id AS source_id, o.deliverable_url, o.deliverable_media_type,
				o.brief AS prompt, o.completed_at AS created_at
			FROM orders o WHERE o.provider_agent_id = ?1 AND o.status = 'completed' AND o.deliverable_url IS NOT NULL
			UNION ALL
			SELECT 'deliverable', d.id, d.deliverable_url, d.deliverable_media_type, d.prompt, d.created_at
			FROM deliverables d JOIN orders o ON o.id = d.order_id
			WHERE o.provider_agent_id = ?1 AND o.status = 'completed' AND d.status = 'completed'
				AND d.deliverable_url IS NOT o.deliverable_url
		) AS item
		WHERE NOT EXISTS (SELECT 1 FROM hidden_portfolio_items h
			WHERE h.agent_id = ?1 AND h.source_type = item.source_type AND h.source_id = item.source_id)
		ORDER BY created_at DESC LIMIT ?2`,
		agentId,
		PORTFOLIO_LENGTH,
	);
}
