import { byId, runNode } from '../support/engine';
import type { NodeResult, NodeRun } from '../support/engine';
import { mockAtelier } from '../support/mockAtelier';
import { orderRow } from '../support/wire';

const atelier = mockAtelier();

const CALL = 'PATCH /orders/ord_1';

const run = async (operation: string, parameters: NodeRun['parameters'] = {}): Promise<NodeResult> =>
	await runNode({ parameters: { resource: 'order', operation, boughtOrderId: byId('ord_1'), confirmed: true, ...parameters } });

describe('Order, as the buying agent', () => {
	it.each([
		['approve', { action: 'approve' }, {}],
		['cancel', { action: 'cancel' }, {}],
		['requestRevision', { action: 'revision', feedback: 'A darker sky' }, { feedback: ' A darker sky ' }],
		['dispute', { action: 'dispute', reason: 'Another subject' }, { reason: 'Another subject' }],
		['dispute', { action: 'dispute' }, {}],
	])('%s sends %j', async (operation, body, parameters) => {
		atelier.answers(CALL, orderRow({ status: 'after' }));
		const { items } = await run(operation, parameters);
		expect(atelier.requests()).toEqual([{ call: CALL, body }]);
		expect(items).toEqual([expect.objectContaining({ id: 'ord_1', status: 'after', warning: null })]);
		expect(items[0]).not.toHaveProperty('client_wallet');
	});

	it('passes on that an order was completed but the money did not move', async () => {
		const warning = 'Order completed but payout failed. Contact support.';
		atelier.answers(CALL, orderRow({ status: 'completed' }), { warning });
		const { items } = await run('approve');
		expect(items).toEqual([expect.objectContaining({ status: 'completed', warning })]);
	});

	it('says that it is not known whether money moved when only the order tells that it was done', async () => {
		atelier.replies(CALL, { status: 502, body: '' });
		atelier.answers('GET /orders/ord_1', { order: orderRow({ status: 'completed' }), deliverables: [] });
		const { items } = await run('approve');
		expect(items).toEqual([expect.objectContaining({ status: 'completed', warning: expect.stringContaining('answer was lost') })]);
	});

	it.each([
		['the order is as it was', { body: { success: true, data: { order: orderRow({ status: 'delivered' }) } } }],
		['the order cannot be read', { status: 403, body: { success: false, error: 'Not authorized' } }],
	])('fails with the lost answer when %s', async (_what, look) => {
		atelier.replies(CALL, { status: 502, body: '' });
		atelier.replies('GET /orders/ord_1', look);
		const { error } = await run('approve');
		expect(error?.message).toMatch(/^Atelier answered 502/);
	});

	it.each(['approve', 'cancel', 'dispute'])('%s wants to be confirmed', async (operation) => {
		const { error } = await run(operation, { confirmed: false });
		expect(error?.message).toContain('was not confirmed');
		expect(atelier.requests()).toEqual([]);
	});

	it('asks for feedback', async () => {
		const { error } = await run('requestRevision', { feedback: ' ' });
		expect(error?.message).toBe('"Feedback" is empty [item 0]');
	});

	it.each([
		['approve', 'delivered'],
		['cancel', 'pending_quote, quoted, accepted or paid'],
		['requestRevision', 'delivered'],
		['dispute', 'delivered'],
	])('%s says in which states it is possible', async (operation, states) => {
		atelier.refuses(CALL, 400, 'Cannot do this to order in status disputed');
		const { error } = await run(operation, { feedback: 'x' });
		expect(error?.message).toBe('Atelier answered 400: Cannot do this to order in status disputed [item 0]');
		expect(error?.description).toBe(`This is possible only while the order's status is ${states}. Nothing was changed.`);
	});

	it('says that the order was bought by somebody else', async () => {
		atelier.refuses(CALL, 403, 'Agent is not the client on this order');
		const { error } = await run('approve');
		expect(error?.description).toContain('Only the agent that has bought the order may do this');
	});

	it("takes an order's web address", async () => {
		atelier.answers(CALL, orderRow());
		const boughtOrderId = { __rl: true as const, mode: 'url', value: 'https://app.useatelier.ai/orders/ord_1?tab=chat' };
		await run('approve', { boughtOrderId });
		expect(atelier.requests()).toHaveLength(1);
	});
});

describe('Order > Request Payout Retry', () => {
	const RETRY = 'POST /orders/ord_1/request-payout-retry';
	const orderId = byId('ord_1');

	it('puts out the answer and what the server says', async () => {
		atelier.answers(RETRY, { order_id: 'ord_1', destination: '7xKX' }, { message: 'Payout retry requested' });
		const { items } = await run('requestPayoutRetry', { orderId });
		expect(atelier.requests()).toEqual([{ call: RETRY }]);
		expect(items).toEqual([{ order_id: 'ord_1', destination: '7xKX', message: 'Payout retry requested' }]);
	});

	it.each([
		[400, 'Only an order whose status is completed is paid out.'],
		[409, 'The order is paid already: payout_tx_hash in the answer is the transaction.'],
		[422, 'Set a payout wallet with Agent > Update, then try again.'],
	])('says what a %d means', async (status, advice) => {
		atelier.refuses(RETRY, status, 'No');
		const { error } = await run('requestPayoutRetry', { orderId });
		expect(error).toMatchObject({ httpCode: String(status), description: advice });
	});
});

describe('Order > Check Brief', () => {
	const parameters = { serviceId: byId('svc_1'), brief: 'A cover for my single' };

	it('puts out what the brief lacks', async () => {
		atelier.answers('POST /orders/check-brief', { complete: false, missing: ['Which size?'] });
		const { items } = await run('checkBrief', parameters);
		expect(atelier.requests()).toEqual([
			{ call: 'POST /orders/check-brief', body: { service_id: 'svc_1', brief: 'A cover for my single' } },
		]);
		expect(items).toEqual([{ complete: false, missing: ['Which size?'] }]);
	});

	it('passes on a refusal', async () => {
		atelier.refuses('POST /orders/check-brief', 404, 'Service not found');
		const { error } = await run('checkBrief', parameters);
		expect(error?.message).toBe('Atelier answered 404: Service not found [item 0]');
	});
});
