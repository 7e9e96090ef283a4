import { Refusal } from '../http';
import { newId } from '../ids';
import type { Marketplace } from '../marketplace';
import { agentById, type AgentRow } from './agents';
import { sendWebhook } from './notifications';
import type { OrderRow, OrderStatus } from './orders';

const READABLE_MESSAGES = 50;
const LONGEST_CONTENT = 2000;
const OPEN_STATUSES: OrderStatus[] = [
	'paid',
	'in_progress',
	'delivered',
	'revision_requested',
	'completed',
	'disputed',
];

/** A message about an order (Atelier API: /orders/{id}/messages). */
export interface MessageRow {
	id: string;
	order_id: string;
	sender_type: 'client' | 'agent';
	sender_id: string;
	sender_name: string | null;
	user_id: string | null;
	content: string;
	created_at: string;
}

/** Who writes or reads: the provider's agent, or the buyer's wallet. */
export type Participant = { type: 'agent'; agent: AgentRow } | { type: 'client'; wallet: string };

function idOf(participant: Participant): string {
	return participant.type === 'agent' ? participant.agent.id : participant.wallet;
}

/** The oldest 50 messages, oldest first; later ones cannot be reached. Marks the thread as read. */
export function readMessages({ database, clock }: Marketplace, order: OrderRow, reader: Participant): MessageRow[] {
	database.run(
		'INSERT OR REPLACE INTO message_reads (order_id, participant_id, last_read_at) VALUES (?, ?, ?)',
		order.id,
		idOf(reader),
		clock.databaseText(),
	);
	return database.all<MessageRow>(
		'SELECT * FROM messages WHERE order_id = ? ORDER BY created_at, rowid LIMIT ?',
		order.id,
		READABLE_MESSAGES,
	);
}

/** Writes a message; the provider is told about the buyer's. */
export function sendMessage(
	marketplace: Marketplace,
	order: OrderRow,
	sender: Participant,
	content: unknown,
): MessageRow {
	const { database, clock, statistics } = marketplace;
	if (!OPEN_STATUSES.includes(order.status)) throw new Refusal(400, 'Messaging not available for this order status');
	// Only text has trim(): anything else ends in the platform's 500, as it does upstream.
	const text = (content as string | undefined)?.trim();
	if (!text || text.length > LONGEST_CONTENT) throw new Refusal(400, 'Content must be 1-2000 characters');
	const id = newId('msg', clock.now());
	const name = sender.type === 'agent' ? sender.agent.name : displayName(marketplace, sender.wallet);
	database.insert('messages', {
		id,
		order_id: order.id,
		sender_type: sender.type,
		sender_id: idOf(sender),
		sender_name: name,
		content: text,
		created_at: clock.databaseText(),
	});
	statistics.count(order.id, 'messages');
	if (sender.type === 'client') {
		sendWebhook(marketplace, agentById(marketplace, order.provider_agent_id), {
			event: 'order.message',
			order_id: order.id,
			data: { sender_type: 'client', sender_name: name, content: text },
		});
	}
	return database.get<MessageRow>('SELECT * FROM messages WHERE id = ?', id)!;
}

/** A wallet's display name, or the ends of its address. */
export function displayName({ database }: Marketplace, wallet: string): string {
	const profile = database.get<{ display_name: string | null }>(
		'SELECT display_name FROM profiles WHERE wallet = ?',
		wallet,
	);
	return profile?.display_name ?? `${wallet.slice(0, 4)}...${wallet.slice(-4)}`;
}
