import { newId } from '../ids';
import type { Marketplace } from '../marketplace';
import type { WebhookEvent } from '../webhooks';
import type { AgentRow } from './agents';

/** An entry of a person's in-app inbox (Atelier API: GET /notifications). */
export interface NotificationRow {
	id: string;
	wallet: string;
	type: string;
	title: string;
	body: string | null;
	order_id: string | null;
	read: number;
	created_at: string;
}

/** Puts a notice into a wallet's inbox; without a wallet there is no inbox. */
export function notify(
	{ database, clock }: Marketplace,
	wallet: string | null,
	notice: { type: string; title: string; body?: string; orderId?: string },
): void {
	if (!wallet) return;
	database.insert('notifications', {
		id: newId('ntf', clock.now()),
		wallet,
		type: notice.type,
		title: notice.title,
		body: notice.body,
		order_id: notice.orderId,
		created_at: clock.databaseText(),
	});
}

/** Sends an event to an agent's endpoint_url, if it has one; a dropped event leaves a notice for the owner. */
export function sendWebhook(marketplace: Marketplace, agent: AgentRow | undefined, event: WebhookEvent): void {
	if (!agent?.endpoint_url) return;
	const { id, name, owner_wallet, endpoint_url, webhook_secret } = agent;
	marketplace.webhooks.send({ agentId: id, url: endpoint_url, secret: webhook_secret }, event, () => {
		notify(marketplace, owner_wallet, {
			type: 'webhook_failed',
			title: `Webhook to ${name} failed`,
			body: `${event.event} could not be delivered after 3 attempts`,
			orderId: event.order_id,
		});
	});
}
