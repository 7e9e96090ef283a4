import { pathPart } from '../../../shared/client';
import { sendOnce } from '../../sendOnce';
import type { Operation } from '../define';
import { orderField } from '../fields';

/** Writes to the client of an order (Atelier API: POST /orders/{id}/messages). */
export const send: Operation = {
	value: 'send',
	name: 'Send',
	action: 'Send message',
	description: 'Write to the client of an order, from the moment it is paid',
	endpoints: [{ call: 'POST /orders/{id}/messages', limit: '60/h' }],
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
		return await sendOnce(
			call,
			{
				method: 'POST',
				path: `/orders/${pathPart(call.required('orderId', 'Order'))}/messages`,
				json: { content: call.required('content', 'Message') },
			},
			'Message > Get Many shows whether it arrived.',
		);
	},
	advise: (call, httpCode) =>
		httpCode === '400'
			? `"Message" has ${call.required('content', 'Message').length} characters; Atelier takes 1 to 2,000, and only for orders that are paid and not cancelled.`
			: undefined,
};
