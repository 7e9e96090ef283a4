import { addressOf } from '../ids';
import type { AgentRow } from '../domain/agents';
import { Refusal, readBody, succeed, type Call, type Endpoint } from '../http';
import type { Marketplace } from '../marketplace';
import { DAY } from '../time';
import { isSolanaAddress } from '../validation';
import { LIMITS } from './limits';

// Simulated: there are no price feeds behind the sandbox.
const SOL_PRICE_USD = 150;
const MOST_MINTS = 100;
const LEADERBOARD_LENGTH = 100;
const MODELS = [
	'DALL-E',
	'Flux',
	'Gemini',
	'Grok',
	'Ideogram',
	'Imagen',
	'Kling',
	'Luma',
	'Midjourney',
	'Runway',
	'Sora',
	'Veo',
];
const TOKEN_SUPPLY = 1_000_000_000;

/** Numbers about the whole marketplace. */
export const market: Endpoint[] = [
	{ path: '/platform-stats', GET: { run: ({ marketplace }) => succeed(platformStatistics(marketplace)) } },
	{ path: '/metrics', GET: { run: ({ marketplace }) => succeed(metrics(marketplace)) } },
	{
		path: '/metrics/activity',
		GET: {
			run() {
				// For administrators of the platform, of whom the sandbox has none; clients still list it.
				throw new Refusal(401, 'Admin authentication required');
			},
		},
	},
	{ path: '/models', GET: { run: ({ marketplace }) => succeed(models(marketplace)) } },
	{ path: '/market', POST: { limit: LIMITS.market, run: marketData } },
	{ path: '/leaderboard/agents', GET: { run: ({ marketplace }) => succeed(leaderboard(marketplace)) } },
];

function count({ database }: Marketplace, from: string): number {
	return database.get<{ count: number }>(`SELECT count(*) AS count FROM ${from}`)!.count;
}

function total({ database }: Marketplace, expression: string, from: string): number {
	return database.get<{ total: number }>(`SELECT COALESCE(round(sum(${expression}), 6), 0) AS total FROM ${from}`)!
		.total;
}

function creatorFees(marketplace: Marketplace): number {
	return total(marketplace, 'earned_fee_sol', 'agent_funds');
}

function platformStatistics(marketplace: Marketplace) {
	const fees = creatorFees(marketplace);
	const revenue = total(marketplace, 'CAST(quoted_price_usd AS REAL)', "orders WHERE status = 'completed'");
	const x402 = "orders WHERE client_type = 'agent_x402'";
	return {
		atelierAgents: count(marketplace, 'agents WHERE active = 1'),
		orders: count(marketplace, 'orders'),
		users: count(marketplace, 'profiles'),
		revenue,
		creatorFeeSol: fees,
		creatorFeeUsd: fees * SOL_PRICE_USD,
		totalRevenueUsd: revenue + fees * SOL_PRICE_USD,
		solPrice: SOL_PRICE_USD,
		x402Orders: count(marketplace, x402),
		x402VolumeUsd: total(marketplace, 'CAST(quoted_price_usd AS REAL)', x402),
		x402FeesUsd: total(marketplace, 'CAST(platform_fee_usd AS REAL)', x402),
	};
}

function metrics(marketplace: Marketplace) {
	const { database } = marketplace;
	const counted = (column: string, from: string): Record<string, number> =>
		Object.fromEntries(
			database
				.all<{ name: string; count: number }>(
					`SELECT ${column} AS name, count(*) AS count FROM ${from} GROUP BY ${column} ORDER BY count DESC`,
				)
				.map((row) => [row.name, row.count]),
		);
	const tokens = counted('token_mode', 'agents WHERE token_mint IS NOT NULL');
	return {
		totalRevenue: total(marketplace, 'CAST(platform_fee_usd AS REAL)', "orders WHERE status = 'completed'"),
		totalGmv: total(marketplace, 'CAST(quoted_price_usd AS REAL)', "orders WHERE status = 'completed'"),
		creatorFeeSol: creatorFees(marketplace),
		totalOrders: count(marketplace, 'orders'),
		ordersByStatus: counted('status', 'orders'),
		totalAgents: count(marketplace, 'agents WHERE active = 1'),
		agentsWithTokens: {
			total: count(marketplace, 'agents WHERE token_mint IS NOT NULL'),
			pumpfun: tokens.pumpfun ?? 0,
			clawpump: tokens.clawpump ?? 0,
			byot: tokens.byot ?? 0,
		},
		servicesByCategory: counted('category', 'services WHERE active = 1'),
		servicesByProvider: counted('provider_key', 'services WHERE active = 1 AND provider_key IS NOT NULL'),
		servicesByModel: counted('provider_model', 'services WHERE active = 1 AND provider_model IS NOT NULL'),
		topAgentsByOrders: database.all(
			`SELECT id, name, avatar_url, completed_orders, avg_rating FROM agents
				WHERE active = 1 ORDER BY completed_orders DESC, rowid LIMIT 10`,
		),
		avgRating: database.get<{ rating: number | null }>('SELECT avg(rating) AS rating FROM reviews')!.rating,
		ordersOverTime: database.all(
			'SELECT substr(created_at, 1, 7) AS month, count(*) AS count FROM orders GROUP BY month ORDER BY month',
		),
		solPrice: SOL_PRICE_USD,
	};
}

function models({ database }: Marketplace): string[] {
	const named = database
		.all<Pick<AgentRow, 'ai_models'>>('SELECT ai_models FROM agents WHERE active = 1 AND ai_models IS NOT NULL')
		.flatMap((agent) => JSON.parse(agent.ai_models!) as string[]);
	return [...new Set([...MODELS, ...named])].sort((a, b) => a.localeCompare(b));
}

async function marketData(call: Call): Promise<Response> {
	const { mints } = await readBody(call.request);
	if (!Array.isArray(mints)) throw new Refusal(400, 'mints must be an array');
	const asked = [...new Set(mints.filter(isSolanaAddress))].slice(0, MOST_MINTS);
	const known = new Set(
		call.marketplace.database
			.all<{ token_mint: string }>('SELECT token_mint FROM agents WHERE token_mint IS NOT NULL')
			.map((agent) => agent.token_mint),
	);
	return succeed(Object.fromEntries(asked.map((mint) => [mint, known.has(mint) ? priceOf(mint) : null])));
}

// The same token always has the same made-up price.
function priceOf(mint: string): { market_cap_usd: number; price_usd: number } {
	const cap = 5_000 + (Buffer.from(addressOf(`price:${mint}`)).readUInt32BE(0) % 95_000);
	return { market_cap_usd: cap, price_usd: cap / TOKEN_SUPPLY };
}

function leaderboard({ database, clock }: Marketplace): unknown[] {
	const now = new Date(clock.now());
	const monday = now.getTime() - ((now.getUTCDay() + 6) % 7) * DAY;
	const weekStart = `${clock.databaseText(monday).slice(0, 10)} 00:00:00`;
	return database.all(
		`SELECT a.id, a.slug, a.name, a.avatar_url, a.verified, a.blue_check, a.avg_rating, a.completed_orders,
			COALESCE(sum(CAST(o.quoted_price_usd AS REAL)), 0) AS total_revenue,
			COALESCE(sum(o.completed_at >= ?1), 0) AS week_orders, ?1 AS week_start
		FROM agents a LEFT JOIN orders o ON o.provider_agent_id = a.id AND o.status = 'completed'
		WHERE a.active = 1 GROUP BY a.id ORDER BY total_revenue DESC, a.rowid LIMIT ?2`,
		weekStart,
		LEADERBOARD_LENGTH,
	);
}
