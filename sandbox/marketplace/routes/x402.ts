import { requireHireable } from '../domain/orders';
import { MARKETABLE } from '../domain/agents';
import { x402Amounts } from '../domain/money';
import { SELECT_SERVICES, serviceById, type ServiceRow } from '../domain/services';
import {
	X402_CHAINS,
	acceptsPaymentRequired,
	chainOfHeader,
	flatPaymentRequired,
	flatRequirement,
	paymentOf,
	type X402Chain,
} from '../domain/x402';
import { buyWithTransaction, demandFor, requireFixedPrice } from '../domain/x402-purchases';
import {
	Refusal,
	pageNumber,
	pageOf,
	readBody,
	succeed,
	textOf,
	type Call,
	type Endpoint,
	type JsonObject,
} from '../http';
import { DAY } from '../time';
import { CATEGORIES } from '../validation';
import { LIMITS } from './limits';

const NOT_FOR_QUOTES = 'Quote-based services are not available via x402. Use the standard order flow.';
const NOT_ON_BASE = 'This service is not available on Base yet: the provider has not configured a Base payout wallet.';
const NO_BRIEF =
	'A brief is required to hire this agent. Send it as "brief" in the JSON body, as ?brief= in the query or in an ' +
	'X-Atelier-Brief header. No order was created.';

/** Purchases by on-chain payment, and the catalogue for them. Payments are simulated: see domain/chain.ts. */
export const x402: Endpoint[] = [
	{ path: '/x402/services', GET: { limit: LIMITS.catalogue, failure: 'Failed to build price feed', run: priceFeed } },
	{ path: '/x402/trending', GET: { limit: LIMITS.catalogue, run: trending } },
	{
		path: '/x402/discover',
		GET: { limit: LIMITS.discovery, run: (call) => discover(call, call.url.searchParams.get('service_id')) },
	},
	{ path: '/x402/discover/:id', GET: { limit: LIMITS.discovery, run: (call) => discover(call, call.params.id) } },
	{
		path: '/x402/pay',
		GET: {
			limit: LIMITS.orders,
			failure: 'Failed to discover service pricing',
			run(call) {
				const service = buyableService(
					call,
					call.url.searchParams.get('service_id'),
					'service_id query parameter required',
				);
				return flatPaymentRequired(demandFor(call.marketplace, service, chainOf(call, service), '/orders'));
			},
		},
		POST: { limit: LIMITS.orders, failure: 'Failed to process instant hire', run: hire },
	},
];

function buyableService({ marketplace }: Call, id: string | null | undefined, missing: string): ServiceRow {
	if (!id) throw new Refusal(400, missing);
	const service = serviceById(marketplace, id);
	if (!service?.active) throw new Refusal(404, 'Service not found or inactive');
	requireFixedPrice(service, NOT_FOR_QUOTES);
	return service;
}

function chainOf({ url, request }: Call, service: ServiceRow): X402Chain {
	const asked = url.searchParams.get('chain');
	const chain = X402_CHAINS.find((name) => name === asked) ?? chainOfHeader(request) ?? 'solana';
	if (chain === 'base' && !service.payout_address_base) throw new Refusal(400, NOT_ON_BASE);
	return chain;
}

function discover(call: Call, id: string | null): Response {
	const service = buyableService(call, id, 'service_id query parameter required');
	const asked = call.url.searchParams.get('chain');
	if (asked && !X402_CHAINS.includes(asked as X402Chain)) throw new Refusal(400, `Unsupported chain: ${asked}`);
	const chains = asked ? [asked as X402Chain] : X402_CHAINS;
	return acceptsPaymentRequired(
		service,
		chains
			.filter((chain) => asked || chain === 'solana' || service.payout_address_base)
			.map((chain) => demandFor(call.marketplace, service, chain, `/x402/pay?service_id=${service.id}`)),
	);
}

async function hire(call: Call): Promise<Response> {
	const { marketplace, request, url } = call;
	// Clients repeat a paid request with the payment header alone, so a missing body is no error here.
	const body: JsonObject = await readBody(request).catch(() => ({}));
	const serviceId = url.searchParams.get('service_id') ?? textOf(body.service_id);
	if (!serviceId) throw new Refusal(400, 'Missing required field: service_id (query param or body)');
	const service = serviceById(marketplace, serviceId);
	if (!service?.active) throw new Refusal(404, 'Service not found or inactive');
	requireFixedPrice(service, 'Quote-based services cannot be paid via x402');
	const hireable = requireHireable(marketplace, serviceId);

	const signature = paymentOf(request);
	if (!signature) return flatPaymentRequired(demandFor(marketplace, service, chainOf(call, service), '/orders'));

	const brief = (
		textOf(body.brief) ||
		url.searchParams.get('brief') ||
		request.headers.get('X-Atelier-Brief') ||
		''
	).trim();
	const requirements =
		body.requirements && typeof body.requirements === 'object' ? (body.requirements as JsonObject) : undefined;
	if (!brief && Object.keys(requirements ?? {}).length === 0) throw new Refusal(400, NO_BRIEF);
	const { order, x402: settlement } = buyWithTransaction(
		call,
		{ ...hireable, brief, requirementAnswers: requirements },
		signature,
	);
	return succeed({
		order_id: order.id,
		status: order.status,
		status_url: `${marketplace.origin}/api/orders/${order.id}`,
		poll_hint: 'Read status_url until the status is delivered or completed.',
		x402: settlement,
	});
}

function priceFeed({ marketplace, url }: Call): Response {
	const asked = url.searchParams.get('chain');
	if (asked && !X402_CHAINS.includes(asked as X402Chain)) throw new Refusal(400, `Unsupported chain: ${asked}`);
	const category = url.searchParams.get('category');
	if (category && !CATEGORIES.includes(category)) throw new Refusal(400, 'Invalid category');
	const { limit, offset } = pageOf(url, { fallback: 50, maximum: 200 });
	const services = marketplace.database
		.all<ServiceRow>(
			`${SELECT_SERVICES} WHERE s.active = 1 AND s.price_type = 'fixed' AND ${MARKETABLE} AND (?1 IS NULL OR s.category = ?1)
				ORDER BY s.completed_orders DESC, s.rowid LIMIT ?2 OFFSET ?3`,
			category,
			limit,
			offset,
		)
		.map((service) => {
			const { price, fee, total } = x402Amounts(service.price_usd);
			const chains = asked ? [asked as X402Chain] : X402_CHAINS;
			return {
				service_id: service.id,
				title: service.title,
				category: service.category,
				agent_id: service.agent_id,
				agent_name: service.agent_name,
				agent_slug: service.agent_slug,
				turnaround_hours: service.turnaround_hours,
				deliverables: service.deliverables,
				provider_key: service.provider_key,
				quota_limit: service.quota_limit,
				requirement_fields: service.requirement_fields,
				price_usd: price,
				platform_fee_usd: fee,
				total_charged_usd: total,
				discover_url: `/api/x402/discover?service_id=${service.id}`,
				order_url: '/api/orders',
				payments: Object.fromEntries(
					chains.map((chain) => [chain, flatRequirement(demandFor(marketplace, service, chain, '/orders'))]),
				),
			};
		});
	const response = succeed({ count: services.length, limit, offset, services });
	response.headers.set('X-Payment-Scheme', 'exact');
	response.headers.set('X-Payment-Asset', 'USDC');
	return response;
}

function trending({ marketplace, url }: Call): Response {
	const limit = pageNumber(url.searchParams.get('limit'), 20, 1, 50);
	const days = pageNumber(url.searchParams.get('window_days'), 30, 1, 90);
	const since = marketplace.clock.databaseText(marketplace.clock.now() - days * DAY);
	const services = marketplace.database.all(
		`SELECT s.id AS service_id, s.title, s.category, s.price_usd, a.id AS agent_id, a.name AS agent_name,
			a.slug AS agent_slug, count(o.id) AS orders, COALESCE(sum(CAST(o.quoted_price_usd AS REAL)), 0) AS volume_usd
		FROM orders o JOIN services s ON s.id = o.service_id JOIN agents a ON a.id = s.agent_id
		WHERE o.client_type = 'agent_x402' AND o.created_at >= ? AND s.active = 1 AND ${MARKETABLE}
		GROUP BY s.id ORDER BY orders DESC, s.rowid LIMIT ?`,
		since,
		limit,
	);
	return succeed({ window_days: days, count: services.length, services });
}
