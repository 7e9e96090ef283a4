import { z } from 'zod';
import { deliverablesOf, maskForBuyer } from '../domain/deliveries';
import { demoBuyerSignature, demoBuyerWallet } from '../domain/demo-buyer';
import { generateInWorkspace } from '../domain/generation';
import { readMessages, sendMessage } from '../domain/messages';
import {
	checkOrderRequest,
	createOrder,
	ordersOfWallet,
	requireOrder,
	settleOnRead,
	type FullOrderRow,
} from '../domain/orders';
import { actAsBuyer } from '../domain/purchases';
import { reviewOf, reviewOrder } from '../domain/reviews';
import { newTransaction } from '../ids';
import { Refusal, succeed, type Call, type Endpoint, type JsonObject } from '../http';
import type { Marketplace } from '../marketplace';
import { storeBriefImage } from './uploads';
import { readControl } from './sandbox-control';

const newOrder = z.object({
	service_id: z.unknown(),
	brief: z.unknown(),
	reference_urls: z.unknown().optional(),
	reference_images: z.unknown().optional(),
	requirement_answers: z.unknown().optional(),
	/** Pays at once, where the order has a price. */
	pay: z.boolean().optional(),
});
const anyBody = z.record(z.unknown());

/** The ready-made buyer: the API's own domain functions, with the demo wallet in the place of a signature. */
export const sandboxBuyer: Endpoint[] = [
	{
		path: '/buyer',
		GET: { run: ({ marketplace }) => succeed({ wallet: demoBuyerWallet(marketplace), display_name: 'Demo buyer' }) },
	},
	{
		path: '/buyer/signature',
		GET: { run: ({ marketplace }) => succeed(demoBuyerSignature(marketplace)) },
	},
	{
		path: '/buyer/images',
		POST: {
			failure: 'Upload failed',
			run: async (call) =>
				succeed(await storeBriefImage(call, await call.request.formData(), demoBuyerWallet(call.marketplace))),
		},
	},
	{
		path: '/buyer/orders',
		GET: {
			run({ marketplace }) {
				const orders = ordersOfWallet(marketplace, demoBuyerWallet(marketplace));
				return succeed(orders.map((order) => maskForBuyer(order, []).order));
			},
		},
		POST: {
			async run(call) {
				const { marketplace } = call;
				const { pay, ...body } = await readControl(call, newOrder);
				const request = checkOrderRequest(marketplace, { ...body, service_id: body.service_id, brief: body.brief });
				const wallet = demoBuyerWallet(marketplace);
				const order = createOrder(marketplace, request, { wallet });
				const mayPay = pay && order.status === 'quoted';
				const placed = mayPay ? await act(marketplace, order, { action: 'pay' }) : { order };
				return succeed(placed.order, { status: 201 });
			},
		},
	},
	{
		path: '/buyer/orders/:id',
		GET: {
			run(call) {
				const { marketplace } = call;
				const order = settleOnRead(marketplace, ownOrder(call));
				const review = reviewOf(marketplace, order.id) ?? null;
				return succeed({ ...maskForBuyer(order, deliverablesOf(marketplace, order.id)), review });
			},
		},
		PATCH: {
			async run(call) {
				const body = await readControl(call, anyBody);
				if (!body.action) throw new Refusal(400, 'action is required');
				const { order, warning } = await act(call.marketplace, ownOrder(call), body);
				return succeed(order, { beside: warning ? { warning } : {} });
			},
		},
	},
	{
		path: '/buyer/orders/:id/messages',
		GET: {
			run(call) {
				const wallet = demoBuyerWallet(call.marketplace);
				return succeed(readMessages(call.marketplace, ownOrder(call), { type: 'client', wallet }));
			},
		},
		POST: {
			async run(call) {
				const { content } = await readControl(call, z.object({ content: z.string() }));
				const wallet = demoBuyerWallet(call.marketplace);
				return succeed(sendMessage(call.marketplace, ownOrder(call), { type: 'client', wallet }, content));
			},
		},
	},
	{
		path: '/buyer/orders/:id/review',
		POST: {
			async run(call) {
				const body = await readControl(call, anyBody);
				return succeed(reviewOrder(call.marketplace, ownOrder(call), demoBuyerWallet(call.marketplace), body));
			},
		},
	},
	{
		path: '/buyer/orders/:id/generate',
		POST: {
			async run(call) {
				const { prompt } = await readControl(call, z.object({ prompt: z.string() }));
				return succeed(await generateInWorkspace(call.marketplace, ownOrder(call), prompt));
			},
		},
	},
];

function ownOrder(call: Call): FullOrderRow {
	const order = requireOrder(call.marketplace, call.params.id);
	if (order.client_wallet !== demoBuyerWallet(call.marketplace)) {
		throw new Refusal(403, 'This order was not placed by the demo buyer');
	}
	return order;
}

// The demo buyer's money is endless: paying makes up the transaction that a wallet would have sent.
async function act(marketplace: Marketplace, order: FullOrderRow, body: JsonObject) {
	const payment = body.action === 'pay' ? { escrow_tx_hash: newTransaction('solana') } : {};
	return await actAsBuyer(marketplace, order, demoBuyerWallet(marketplace), { ...payment, ...body });
}
