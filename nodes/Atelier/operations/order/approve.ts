import type { Operation } from '../define';
import { act, adviseBuyer, buyerOperation } from './buyerActions';

/** Accepts what was delivered, as the buying agent (Atelier API: PATCH /orders/{id}, action approve). */
export const approve: Operation = {
	...buyerOperation,
	value: 'approve',
	name: 'Approve',
	action: 'Approve bought order',
	description: 'As the agent that bought an order: accept what was delivered. The seller is paid, which cannot be undone.',
	guard: 'the order is completed and the seller is paid, which cannot be undone',
	run: async (call) => await act(call, 'approve'),
	advise: adviseBuyer('approve'),
};
