import { requireAgent } from '../auth';
import { isTransaction } from '../domain/chain';
import { addressOf, newTransaction } from '../ids';
import { Refusal, readBody, succeed, textOf, type Call, type Endpoint, type JsonObject } from '../http';
import { LIMITS } from './limits';

// Simulated: two venues with fixed numbers, shares worth a dollar, no yield and no chain behind them.
const TREASURY = addressOf('earn treasury');
const MICRO = 1_000_000;
const VENUES = [
	{
		id: 'solend',
		kind: 'lending',
		label: 'Lending',
		risk: 'lower',
		aprLabel: 'Supply APR',
		markets: [{ market: 'usdc', key: 'solend:usdc', label: 'USDC', apr: 4.2, tvl: 1_250_000 }],
	},
	{
		id: 'parquet',
		kind: 'liquidity',
		label: 'Liquidity Provision',
		risk: 'higher',
		aprLabel: 'Fee APR',
		markets: [
			{ market: 'crypto', key: 'crypto', label: 'Crypto', apr: 11.4, tvl: 84_000 },
			{ market: 'sports', key: 'sports', label: 'Sports', apr: 8.9, tvl: 41_500 },
		],
	},
] as const;
const MARKETS = VENUES.flatMap((venue) => venue.markets.map((entry) => ({ ...entry, venue: venue.id })));

interface PositionRow {
	market_key: string;
	shares: number;
	principal_usd: number;
}

/** Yield on idle earnings. */
export const earn: Endpoint[] = [
	{
		path: '/earn/parquet/markets',
		GET: {
			limit: LIMITS.earnMarkets,
			run: () =>
				succeed({
					treasury_wallet: TREASURY,
					enabled: VENUES[1].markets.map(({ market }) => market),
					markets: VENUES[1].markets.map(poolView),
					products: VENUES.map((venue) => ({
						id: venue.id,
						kind: venue.kind,
						label: venue.label,
						risk: venue.risk,
						apr_label: venue.aprLabel,
						headline_apr_pct: Math.max(...venue.markets.map(({ apr }) => apr)),
						total_tvl_micro: String(venue.markets.reduce((sum, { tvl }) => sum + tvl, 0) * MICRO),
						markets: venue.id === 'parquet' ? venue.markets.map(poolView) : venue.markets.map(lendingView),
					})),
				}),
		},
	},
	{
		path: '/earn/parquet/pools',
		GET: { limit: LIMITS.earnPools, run: () => succeed(VENUES[1].markets.map(poolView)) },
	},
	{
		path: '/earn/parquet/positions',
		GET: {
			run(call) {
				const agent = requireAgent(call);
				const limited = call.marketplace.limiter.countKey(`earn:${agent.id}`, LIMITS.earnPerCaller);
				if (limited) return limited;
				const rows = call.marketplace.database.all<PositionRow>(
					'SELECT market_key, shares, principal_usd FROM earn_positions WHERE agent_id = ? AND shares > 0',
					agent.id,
				);
				return succeed(
					rows.map((row) => ({
						vault_id: row.market_key,
						pool_market: row.market_key,
						shares: String(row.shares),
						principal_usd: dollars(row.principal_usd),
						value_usd: dollars(row.shares / MICRO),
						owned_by: 'agent',
						agent_id: agent.id,
					})),
				);
			},
		},
	},
	{ path: '/earn/parquet/deposit', POST: { run: deposit } },
	{ path: '/earn/parquet/withdraw', POST: { run: withdraw } },
];

function poolView({ market, key, apr, tvl }: { market: string; key: string; apr: number; tvl: number }) {
	const micro = String(tvl * MICRO);
	return {
		market,
		venue: 'parquet',
		key,
		treasury_wallet: TREASURY,
		total_usdc_micro: micro,
		escrowed_usdc_micro: '0',
		reserved_usdc_micro: '0',
		queue_total_owed_micro: '0',
		available_usdc_micro: micro,
		lp_supply: micro,
		paused: false,
		stressed: false,
		depositable: true,
		fee_apr_pct: apr,
	};
}

function lendingView({
	market,
	key,
	label,
	apr,
	tvl,
}: {
	market: string;
	key: string;
	label: string;
	apr: number;
	tvl: number;
}) {
	const micro = String(tvl * MICRO);
	return {
		venue: 'solend',
		market,
		key,
		label,
		treasury_wallet: TREASURY,
		total_usdc_micro: micro,
		available_usdc_micro: micro,
		apr_pct: apr,
		paused: false,
		depositable: true,
	};
}

function marketOf(body: JsonObject) {
	const key = textOf(body.key)?.trim();
	const venue = textOf(body.venue)?.trim() || 'parquet';
	if (!key && !VENUES.some(({ id }) => id === venue)) throw new Refusal(400, `unknown venue "${venue}"`);
	const name = textOf(body.market)?.trim();
	const found = MARKETS.find((entry) =>
		key ? entry.key === key : entry.venue === venue && (!name || entry.market === name),
	);
	if (!found) throw new Refusal(400, `market "${key ?? name}" is not enabled for venue "${venue}"`);
	return found;
}

async function deposit(call: Call): Promise<Response> {
	const { marketplace } = call;
	const { database } = marketplace;
	const body: JsonObject = await readBody(call.request).catch(() => ({}));
	const agent = requireAgent(call);
	const limited = marketplace.limiter.countKey(`earn:${agent.id}`, LIMITS.earnPerCaller);
	if (limited) return limited;
	const { venue, market, key } = marketOf(body);
	const amount = typeof body.amount_usd === 'string' ? Number.parseFloat(body.amount_usd) : Number.NaN;
	if (!(amount > 0)) throw new Refusal(400, 'amount_usd must be a positive decimal string');
	if (!textOf(body.incoming_tx_hash)?.trim()) {
		throw new Refusal(400, 'incoming_tx_hash required: send USDC to the Earn treasury and pass the transfer signature');
	}
	if (!isTransaction('solana', body.incoming_tx_hash)) throw new Refusal(400, 'Transfer not found on chain');
	const shares = Math.round(amount * MICRO);
	database.run(
		`INSERT INTO earn_positions (agent_id, market_key, shares, principal_usd) VALUES (?1, ?2, ?3, ?4)
			ON CONFLICT (agent_id, market_key) DO UPDATE SET shares = shares + ?3, principal_usd = principal_usd + ?4`,
		agent.id,
		key,
		shares,
		amount,
	);
	const position = positionOf(call, agent.id, key)!;
	return succeed({
		venue,
		market,
		tx_hash: newTransaction('solana'),
		shares_minted: String(shares),
		lp_minted: String(shares),
		position: { shares: String(position.shares), principal_usd: dollars(position.principal_usd) },
	});
}

async function withdraw(call: Call): Promise<Response> {
	const { marketplace } = call;
	const body: JsonObject = await readBody(call.request).catch(() => ({}));
	const agent = requireAgent(call);
	const limited = marketplace.limiter.countKey(`earn:${agent.id}`, LIMITS.earnPerCaller);
	if (limited) return limited;
	const { venue, market, key } = marketOf(body);
	const position = positionOf(call, agent.id, key);
	if (!position?.shares) throw new Refusal(400, 'No position in this market');
	const given = typeof body.shares === 'string' && /^\d+$/.test(body.shares) ? Number(body.shares) : undefined;
	if (body.all !== true && !given) throw new Refusal(400, 'Provide all: true or shares as an integer string');
	const shares = body.all === true ? position.shares : given!;
	if (shares > position.shares) throw new Refusal(400, 'Not enough shares');
	const principal = (position.principal_usd * (position.shares - shares)) / position.shares;
	marketplace.database.run(
		'UPDATE earn_positions SET shares = shares - ?, principal_usd = ? WHERE agent_id = ? AND market_key = ?',
		shares,
		principal,
		agent.id,
		key,
	);
	return succeed({
		venue,
		market,
		tx_hash: newTransaction('solana'),
		shares_burned: String(shares),
		amount_usd: dollars(shares / MICRO),
		destination:
			textOf(body.destination_wallet) ?? agent.payout_wallet ?? agent.owner_wallet ?? agent.privy_solana_address,
		position: { shares: String(position.shares - shares), principal_usd: dollars(principal) },
	});
}

function positionOf({ marketplace }: Call, agentId: string, key: string): PositionRow | undefined {
	return marketplace.database.get<PositionRow>(
		'SELECT market_key, shares, principal_usd FROM earn_positions WHERE agent_id = ? AND market_key = ?',
		agentId,
		key,
	);
}

function dollars(amount: number): string {
	return String(Number(amount.toFixed(6)));
}
