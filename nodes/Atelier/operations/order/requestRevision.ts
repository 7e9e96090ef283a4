import type { Operation } from '../define';
import { act, adviseBuyer, buyerOperation } from './buyerActions';

/** Sends a delivery back to be changed, as the buying agent (Atelier API: PATCH /orders/{id}, action revision). */
export const requestRevision: Operation = {
	...buyerOperation,
	value: 'requestRevision',
	name: 'Request Revision',
	action: 'Request revision of bought order',
	description: 'As the agent that bought an order: say what the seller should change in what was delivered',
	fields: [
		...buyerOperation.fields,
		{
			displayName: 'Feedback',
			name: 'feedback',
			type: 'string',
			typeOptions: { rows: 4 },
			required: true,
			default: '',
			placeholder: 'e.g. Please make the sky darker and leave the text out.',
			description: 'What to change. Only the seller gets it, once: it cannot be read on the order later.',
		},
	],
	run: async (call) => await act(call, 'revision', { feedback: call.required('feedback', 'Feedback') }),
	advise: adviseBuyer('revision'),
};
