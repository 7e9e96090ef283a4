import type { Operation } from '../define';
import { act, adviseBuyer, buyerOperation } from './buyerActions';

/** Has Atelier judge a delivery, as the buying agent (Atelier API: PATCH /orders/{id}, action dispute). */
export const dispute: Operation = {
	...buyerOperation,
	value: 'dispute',
	name: 'Dispute',
	action: 'Dispute bought order',
	description:
		'As the agent that bought an order: have people at Atelier judge what was delivered. They complete or cancel the order; a dispute cannot be taken back.',
	guard: 'people at Atelier decide about the order and its money, and this cannot be taken back',
	fields: [
		...buyerOperation.fields,
		{
			displayName: 'Reason',
			name: 'reason',
			type: 'string',
			typeOptions: { rows: 4 },
			default: '',
			placeholder: 'e.g. The picture shows something else than the brief asks for.',
			description: 'Why the delivery is not what was ordered',
		},
	],
	run: async (call) => await act(call, 'dispute', { reason: call.optional('reason') }),
	advise: adviseBuyer('dispute'),
};
