import type { IDataObject } from 'n8n-workflow';

import { pathPart } from '../../../shared/client';
import { parseTime } from '../../../shared/wire';
import { sendOnce } from '../../sendOnce';
import type { Operation, OperationCall } from '../define';
import { orderField } from '../fields';

/** Atelier gives only the oldest so many messages of an order. */
const READABLE_MESSAGES = 50;

/** Stored times are cut to whole seconds, and so is the Date of an answer, in milliseconds. */
const ROUNDING_MS = 2000;

/** Writes to the client of an order (Atelier API: POST /orders/{id}/messages). */
export const send: Operation = {
	value: 'send',
	name: 'Send',
	action: 'Send message',
	description: 'Write to the client of an order, from the moment it is paid',
	endpoints: [{ call: 'POST /orders/{id}/messages', limit: '60/h' }, { call: 'GET /orders/{id}/messages' }],
	fields: [
		orderField,
		{
			displayName: 'Message',
			name: 'content',
			type: 'string',
			typeOptions: { rows: 4 },
			required: true,
			default: '',
			placeholder: 'e.g. Your cover is ready. Tell me if the colours should be warmer.',
			description: 'The text for the client, 1 to 2,000 characters',
		},
	],
	sequenceBy: (call) => call.required('orderId', 'Order'),
	async run(call) {
		const path = `/orders/${pathPart(call.required('orderId', 'Order'))}/messages`;
		const content = call.required('content', 'Message');
		return await sendOnce(
			call,
			{ method: 'POST', path, json: { content } },
			'Message > Get Many shows whether it arrived.',
			{ find: async (sentAt, known) => await findMessage(call, path, content, sentAt, known) },
		);
	},
	advise: (call, httpCode) =>
		httpCode === '400'
			? `"Message" has ${call.required('content', 'Message').length} characters; Atelier takes 1 to 2,000, and only for orders that are paid and not cancelled.`
			: undefined,
};

/**
 * The agent's own message with this content from `sentAt` on (Atelier API: GET /orders/{id}/messages).
 *
 * @param sentAt milliseconds since 1970 by this machine's clock; a server's clock that is behind is allowed for
 * @param known messages that are not meant
 * @returns null when there is none; undefined when it might be among those that cannot be read
 */
async function findMessage(
	call: OperationCall,
	path: string,
	content: string,
	sentAt: number,
	known: IDataObject[],
): Promise<IDataObject | null | undefined> {
	const { data, headers } = await call.client.send<IDataObject[]>({ method: 'GET', path });
	if (!Array.isArray(data)) return undefined;
	const serverTime = typeof headers.date === 'string' ? Date.parse(headers.date) : Number.NaN;
	// Either clock may be fast. A message taken for an earlier one is better than one that comes twice.
	const offset = Number.isNaN(serverTime) ? 0 : Math.min(0, serverTime - Date.now());
	const earliest = sentAt + offset - ROUNDING_MS;
	const found = data.find(
		(message) =>
			message.sender_type === 'agent' &&
			message.content === content &&
			!known.some(({ id }) => id === message.id) &&
			parseTime(message.created_at) >= earliest,
	);
	return found ?? (data.length < READABLE_MESSAGES ? null : undefined);
}
