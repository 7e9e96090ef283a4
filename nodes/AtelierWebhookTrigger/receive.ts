import { sleep } from 'n8n-workflow';
import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import { readAccount } from '../shared/account';
import { AtelierClient, pathPart } from '../shared/client';
import { asThrown, inputError, toNodeError } from '../shared/errors';
import type { OrderFacts } from '../shared/orderEvents';
import { clean } from '../shared/wire';

import { deliveryItem, fingerprint, hasReadableOrder, isOver, meaningOf, orderFrom, readDelivery } from './event';
import type { Delivery } from './event';
import { isRepeat, readRecent, remember } from './repeats';
import type { RecentEvents } from './repeats';
import { signatureFlaw } from './signature';
import type { SignatureFlaw } from './signature';

/** How long reading from Atelier may take, in seconds: it waits 5 for an answer to a webhook. */
const PATIENCE_SECONDS = 3.5;

/** How old a secret must be to be read again when a signature does not match it, in milliseconds. */
const SECRET_AGE_MS = 60_000;

/** Webhook secrets by account. They stay in memory: what n8n keeps for a node is not encrypted. */
const secrets = new Map<string, { secret: string; readAt: number }>();

/** Recent events by trigger. Beside what n8n keeps, which is written only after the answer. */
const recentEvents = new Map<string, RecentEvents>();

/**
 * Takes one webhook: refuses it when its signature is not good, answers it without starting anything when it is a
 * repeat or not wanted, and otherwise starts the workflow with one item.
 *
 * @throws NodeApiError when the order cannot be read; n8n answers 500, so that Atelier sends the webhook again
 */
export async function receive(this: IWebhookFunctions): Promise<IWebhookResponseData> {
	try {
		const rawBody = readRawBody(this);
		const flaw = await signatureFlawOf(this, rawBody);
		if (flaw) return refuse(this, 401, `The signature is ${flaw}`);
		const delivery = readDelivery(rawBody);
		if (!delivery) return refuse(this, 400, 'The body is no Atelier event');

		const event = meaningOf(delivery);
		const wanted = this.getNodeParameter('events', []) as string[];
		if (!wanted.includes(event)) return ignored('This event is not selected');
		return await startOnce(this, event, delivery);
	} catch (error) {
		throw asThrown(toNodeError(this.getNode(), error));
	}
}

async function startOnce(context: IWebhookFunctions, event: string, delivery: Delivery): Promise<IWebhookResponseData> {
	const trigger = `${context.getWorkflow().id ?? ''}:${context.getNode().id}:${context.getMode()}`;
	const kept = context.getWorkflowStaticData('node');
	const recent = { ...readRecent(kept.recent), ...recentEvents.get(trigger) };
	const content = fingerprint(delivery);
	const now = Date.now();
	if (isRepeat(recent, event, content, now)) return ignored('This event was received before');
	// Noted before anything is waited for, so that a repeat that comes meanwhile finds it.
	recentEvents.set(trigger, remember(recent, content, now));
	let item: IDataObject | undefined;
	try {
		item = await toItem(context, event, delivery);
	} catch (error) {
		// Not received: the next attempt is to be taken.
		const { [content]: _, ...others } = recentEvents.get(trigger) ?? {};
		recentEvents.set(trigger, others);
		throw asThrown(error);
	}
	kept.recent = recentEvents.get(trigger);
	return item ? { workflowData: [[{ json: item }]] } : ignored('The order has moved on');
}

/** The item for the workflow; undefined when there is nothing to do for the order. */
async function toItem(context: IWebhookFunctions, event: string, delivery: Delivery): Promise<IDataObject | undefined> {
	const { fetchOrder = true, skipWorkspaces = true } = context.getNodeParameter('options', {}) as {
		fetchOrder?: boolean;
		skipWorkspaces?: boolean;
	};
	const deliveryId = context.getHeaderData()['x-atelier-delivery-id'];
	const id = typeof deliveryId === 'string' ? deliveryId : undefined;
	if (!fetchOrder || !hasReadableOrder(delivery)) return deliveryItem(delivery, id, orderFrom(delivery), false);

	const order = await withPatience(context, readOrder(context, delivery.orderId));
	const isLeftOut = skipWorkspaces && Boolean(order.workspace_expires_at);
	return isOver(event, order) || isLeftOut ? undefined : deliveryItem(delivery, id, order, true);
}

/** Reads an order (Atelier API: GET /orders/{id}), which has no rate limit. */
async function readOrder(context: IWebhookFunctions, id: string): Promise<OrderFacts> {
	const { order } = await new AtelierClient(context).request({ method: 'GET', path: `/orders/${pathPart(id)}` });
	if (typeof order !== 'object' || order === null) {
		throw inputError(context.getNode(), `Atelier answered without the order ${id}`);
	}
	return clean<OrderFacts>(order);
}

/** What is wrong with the webhook's signature; undefined when it is good. */
async function signatureFlawOf(context: IWebhookFunctions, rawBody: Buffer): Promise<SignatureFlaw | undefined> {
	const header = context.getHeaderData()['x-atelier-signature'];
	if (header === undefined) return 'missing';
	const { id: account } = await readAccount(context);
	const check = async () => signatureFlaw(header, rawBody, await secretOf(context, account), Date.now());
	const flaw = await check();
	const readAt = secrets.get(account)?.readAt ?? 0;
	if (flaw !== 'wrong' || Date.now() - readAt < SECRET_AGE_MS) return flaw;
	// The agent may have got another secret since it was read.
	secrets.delete(account);
	return await check();
}

/** The secret with which Atelier signs the agent's events (Atelier API: GET /agents/me, `webhook_secret`). */
async function secretOf(context: IWebhookFunctions, account: string): Promise<string> {
	const known = secrets.get(account);
	if (known) return known.secret;
	const { webhook_secret: secret } = await withPatience(context, new AtelierClient(context).me());
	if (typeof secret !== 'string' || secret === '') {
		throw inputError(context.getNode(), 'This agent has no webhook secret, so no event can be trusted', 'Unpublish the workflow and publish it again: setting the address makes the secret.');
	}
	secrets.set(account, { secret, readAt: Date.now() });
	return secret;
}

async function withPatience<T>(context: IWebhookFunctions, reading: Promise<T>): Promise<T> {
	// If it fails after the patience is over, nobody is there to be told.
	reading.catch(() => {});
	const result = await Promise.race([reading.then((value) => ({ value })), sleep(PATIENCE_SECONDS * 1000)]);
	if (result) return result.value;
	throw inputError(
		context.getNode(),
		`Atelier did not answer within ${PATIENCE_SECONDS} seconds`,
		'Atelier sends the event again a few seconds later. If that fails too, a workflow with the Atelier Trigger picks the order up.',
	);
}

function readRawBody(context: IWebhookFunctions): Buffer {
	const { rawBody } = context.getRequestObject() as { rawBody?: unknown };
	return Buffer.isBuffer(rawBody) ? rawBody : Buffer.alloc(0);
}

function refuse(context: IWebhookFunctions, status: number, error: string): IWebhookResponseData {
	context.getResponseObject().status(status).json({ success: false, error });
	return { noWebhookResponse: true };
}

function ignored(message: string): IWebhookResponseData {
	return { webhookResponse: { success: true, message } };
}
