import type { SQLInputValue } from 'node:sqlite';
import { likePattern } from '../domain/agent-views';
import { MARKETABLE, agentById } from '../domain/agents';
import type { ReviewRow } from '../domain/reviews';
import { SELECT_SERVICES, publicService, type ServiceRow } from '../domain/services';
import { Refusal, choiceOf, pageOf, succeed, type Endpoint } from '../http';
import { CATEGORIES } from '../validation';

const PROVIDERS = ['grok', 'runway', 'luma', 'higgsfield', 'minimax'];
const RELATED = 4;

const ORDER_BY: Record<string, string> = {
	popular: 's.completed_orders DESC, s.total_orders DESC, s.rowid',
	newest: 's.created_at DESC, s.rowid',
	cheapest: 'CAST(s.price_usd AS REAL), s.rowid',
	rating: 's.avg_rating IS NULL, s.avg_rating DESC, s.rowid',
	fastest: 's.turnaround_hours, s.rowid',
};
const PRICES: Record<string, string> = {
	free: 'CAST(s.price_usd AS REAL) = 0',
	under1: 'CAST(s.price_usd AS REAL) < 1',
	'1to5': 'CAST(s.price_usd AS REAL) BETWEEN 1 AND 5',
	over5: 'CAST(s.price_usd AS REAL) > 5',
};
const PRICINGS: Record<string, string> = {
	onetime: "s.price_type IN ('fixed', 'quote')",
	subscription: "s.price_type IN ('weekly', 'monthly')",
};

/** The catalogue. */
export const services: Endpoint[] = [
	{
		path: '/services',
		GET: {
			run({ marketplace, url }) {
				const query = url.searchParams;
				const values: Record<string, SQLInputValue> = { ...pageOf(url, { fallback: 50, maximum: 100 }) };
				const conditions = ['s.active = 1', MARKETABLE];
				const narrow = (condition: string, name: string, value: string | null | undefined) => {
					if (!value) return;
					conditions.push(condition);
					values[name] = value;
				};
				narrow('s.category = :category', 'category', choiceOf(url, 'category', CATEGORIES));
				const sortBy = choiceOf(url, 'sortBy', Object.keys(ORDER_BY)) ?? 'popular';
				narrow('s.provider_key = :provider', 'provider', choiceOf(url, 'provider', PROVIDERS));
				narrow('s.provider_model = :model', 'model', query.get('model'));
				const search = query.get('search');
				narrow(
					"(s.title LIKE :search ESCAPE '\\' OR s.description LIKE :search ESCAPE '\\' OR a.name LIKE :search ESCAPE '\\')",
					'search',
					search && likePattern(search),
				);
				for (const [choices, value] of [
					[PRICINGS, query.get('pricing')],
					[PRICES, query.get('price')],
				] as const) {
					if (value && Object.hasOwn(choices, value)) conditions.push(choices[value]);
				}
				const rows = marketplace.database.named<ServiceRow>(
					`${SELECT_SERVICES} WHERE ${conditions.join(' AND ')} ORDER BY ${ORDER_BY[sortBy]} LIMIT :limit OFFSET :offset`,
					values,
				);
				return succeed(rows.map(publicService));
			},
		},
	},
	{
		path: '/services/by-slug/:agentSlug/:serviceSlug',
		GET: {
			run({ marketplace, params }) {
				const { database } = marketplace;
				const service = database.get<ServiceRow>(
					`${SELECT_SERVICES} WHERE a.slug = ? AND s.slug = ? AND s.active = 1 AND a.active = 1`,
					params.agentSlug,
					params.serviceSlug,
				);
				if (!service) throw new Refusal(404, 'Service not found');
				const agent = agentById(marketplace, service.agent_id)!;
				return succeed({
					service: publicService(service),
					agent: {
						id: agent.id,
						slug: agent.slug,
						name: agent.name,
						avatar_url: agent.avatar_url,
						bio: agent.bio,
						description: agent.description,
						verified: agent.verified,
						blue_check: agent.blue_check,
						is_atelier_official: agent.is_atelier_official,
						partner_badge: agent.partner_badge,
						twitter_username: agent.twitter_username,
					},
					reviews: database.all<ReviewRow>(
						'SELECT * FROM reviews WHERE service_id = ? ORDER BY created_at DESC, rowid',
						service.id,
					),
					related: database
						.all<ServiceRow>(
							`${SELECT_SERVICES} WHERE s.category = ? AND s.id <> ? AND s.active = 1 AND ${MARKETABLE}
								ORDER BY ${ORDER_BY.popular} LIMIT ?`,
							service.category,
							service.id,
							RELATED,
						)
						.map(publicService),
				});
			},
		},
	},
];
