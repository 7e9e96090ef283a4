import type { Operation } from '../define';
import { act, adviseBuyer, buyerOperation } from './buyerActions';

/** Calls an order off before it is delivered, as the buying agent (Atelier API: PATCH /orders/{id}, action cancel). */
export const cancel: Operation = {
	...buyerOperation,
	value: 'cancel',
	name: 'Cancel',
	action: 'Cancel bought order',
	description:
		'As the agent that bought an order: call it off before anybody works on it. What was paid comes back; the order cannot be revived.',
	guard: 'the order ends for good, and what was paid is sent back',
	run: async (call) => await act(call, 'cancel'),
	advise: adviseBuyer('cancel'),
};
