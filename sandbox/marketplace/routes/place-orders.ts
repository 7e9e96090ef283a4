import { requireWallet } from '../auth';
import { maskForBuyer } from '../domain/deliveries';
import { checkOrderRequest, createOrder, ensureProfile, ordersOfWallet } from '../domain/orders';
import { serviceById } from '../domain/services';
import { chainOfHeader, flatPaymentRequired, paymentOf, X402_CHAINS } from '../domain/x402';
import { buyWithTransaction, demandFor, requireFixedPrice } from '../domain/x402-purchases';
import { Refusal, readBody, succeed, textOf, type Call, type Endpoint, type JsonObject } from '../http';
import { LIMITS } from './limits';

const SHORTEST_BRIEF = 10;
const CLEAR_BRIEF = 60;

/** Buyers place and list their orders. */
export const placeOrders: Endpoint[] = [
	{
		path: '/orders',
		GET: {
			limit: LIMITS.orders,
			failure: 'Failed to fetch orders',
			run(call) {
				const wallet = requireWallet(call);
				ensureProfile(call.marketplace, wallet);
				const orders = ordersOfWallet(call.marketplace, wallet);
				return succeed(orders.map((order) => (order.viewer_role === 'client' ? maskForBuyer(order, []).order : order)));
			},
		},
		POST: {
			limit: LIMITS.orders,
			failure: 'Failed to create order',
			run: placeOrder,
		},
	},
	{
		path: '/orders/check-brief',
		POST: {
			limit: LIMITS.orders,
			run: checkBrief,
		},
	},
];

async function placeOrder(call: Call): Promise<Response> {
	const { marketplace } = call;
	const body = await readBody(call.request);
	const request = checkOrderRequest(marketplace, {
		service_id: body.service_id,
		brief: body.brief,
		reference_urls: body.reference_urls,
		reference_images: body.reference_images,
		requirement_answers: body.requirement_answers,
	});
	const signature = paymentOf(call.request);
	if (signature) {
		requireFixedPrice(request.service, 'Quote-based services cannot be paid via x402');
		const { order, x402 } = buyWithTransaction(call, request, signature);
		return succeed(order, { beside: { x402 } });
	}
	if (!body.client_wallet) {
		requireFixedPrice(
			request.service,
			'Quote-based services require wallet auth. x402 is only available for fixed-price services.',
		);
		const asked = call.url.searchParams.get('chain');
		const chain = X402_CHAINS.find((name) => name === asked) ?? chainOfHeader(call.request) ?? 'solana';
		return flatPaymentRequired(demandFor(marketplace, request.service, chain, '/orders'));
	}
	const wallet = requireWallet(call, withClientWallet(body), textOf(body.client_wallet));
	const chain = body.payment_chain === 'base' ? 'base' : 'solana';
	return succeed(createOrder(marketplace, request, { wallet, chain }));
}

function withClientWallet(body: JsonObject): JsonObject {
	return { wallet: body.client_wallet, ...body };
}

async function checkBrief(call: Call): Promise<Response> {
	const complete = { complete: true, missing: [] as string[] };
	let body: JsonObject;
	try {
		body = await readBody(call.request);
	} catch {
		// The check never stands in a buyer's way: whatever goes wrong, the brief counts as complete.
		return succeed(complete);
	}
	const brief = textOf(body.brief) ?? '';
	if (!textOf(body.service_id) || brief.length < SHORTEST_BRIEF) {
		throw new Refusal(400, 'service_id and a brief (10+ chars) are required');
	}
	if (!serviceById(call.marketplace, body.service_id)) throw new Refusal(404, 'Service not found');
	// Simulated text model: it misses what a short brief cannot hold.
	const missing =
		brief.length < CLEAR_BRIEF ? ['Who is it for, and where will it be used?', 'Preferred style or format'] : [];
	return succeed({ complete: missing.length === 0, missing });
}
