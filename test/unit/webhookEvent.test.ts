import fc from 'fast-check';

import { deliveryItem, fingerprint, isOver, meaningOf, orderFrom, readDelivery } from '../../nodes/AtelierWebhookTrigger/event';
import type { Delivery } from '../../nodes/AtelierWebhookTrigger/event';
import { orderItem } from '../../nodes/shared/orderEvents';

function delivery(name: string, data: Delivery['data'] = {}): Delivery {
	return { name, orderId: 'ord_1', data };
}

test.each([
	['order.paid', {}, 'order.paid'],
	['order.created', { status: 'paid', payment_method: 'x402' }, 'order.paid'],
	['bounty.accepted', { bounty_id: 'bty_1' }, 'order.paid'],
	['order.created', { status: 'pending_quote' }, 'order.created'],
	['order.created', { status: 'quoted' }, 'order.quoted'],
	['order.revision_requested', {}, 'order.revision_requested'],
	['order.something_new', {}, 'order.something_new'],
])('%s with %j means %s', (name, data, meaning) => {
	expect(meaningOf(delivery(name, data))).toBe(meaning);
});

test.each(['', 'nonsense', '[]', '{}', '{"event":"order.paid"}', '{"event":"","order_id":"ord_1"}', '{"event":"order.paid","order_id":1}'])(
	'%j is no event',
	(text) => expect(readDelivery(Buffer.from(text))).toBeUndefined(),
);

test('an event without data is one', () => {
	expect(readDelivery(Buffer.from('{"event":"order.paid","order_id":"ord_1"}'))).toEqual(delivery('order.paid'));
});

test('new work has the item and the key of the polling trigger, and what only the webhook tells', () => {
	const order = { id: 'ord_1', status: 'paid', brief: 'A logo' };
	const polled = orderItem({ event: 'order.paid', attempt: 1, previousStatus: null }, order);
	for (const [name, data] of [['order.paid', { status: 'paid' }], ['bounty.accepted', { bounty_id: 'bty_1' }]] as const) {
		expect(deliveryItem(delivery(name, data), 'delivery-1', order, true)).toEqual({
			...polled,
			webhook: { event: name, delivery_id: 'delivery-1', data },
		});
	}
});

test('the key of a revision is the polling trigger\'s, with the whole order and without', () => {
	const data = { feedback: 'Bluer', revision_count: 2, max_revisions: 3, is_extra: false };
	const revision = delivery('order.revision_requested', data);
	const order = { id: 'ord_1', status: 'revision_requested', revision_count: 2 };
	const polled = orderItem({ event: 'order.revision_requested', attempt: 1, previousStatus: 'delivered' }, order);
	expect(deliveryItem(revision, undefined, order, true)).toMatchObject({ ...polled, feedback: 'Bluer' });
	expect(deliveryItem(revision, undefined, orderFrom(revision), false)).toMatchObject({
		dedupe_key: polled.dedupe_key,
		previous_status: 'delivered',
		feedback: 'Bluer',
		order: { id: 'ord_1', revision_count: 2, max_revisions: 3 },
	});
});

test('a dispute has its reason, also when that is none', () => {
	const order = { id: 'ord_1', status: 'disputed', delivered_at: '2026-07-01T12:00:00.000Z' };
	expect(deliveryItem(delivery('order.disputed', { reason: null }), undefined, order, true)).toMatchObject({
		reason: null,
		dedupe_key: 'ord_1:order.disputed:2026-07-01T12:00:00.000Z:1',
	});
	expect(deliveryItem(delivery('order.paid'), undefined, order, true)).not.toHaveProperty('reason');
});

test('two messages of an order have keys of their own', () => {
	const message = (content: string) => delivery('order.message', { sender_type: 'client', sender_name: 'Ada', content });
	const order = { id: 'ord_1', status: 'paid' };
	const [first, second] = ['Hello', 'Hello?'].map((content) => deliveryItem(message(content), undefined, order, true));
	expect(first.message).toEqual({ sender_type: 'client', sender_name: 'Ada', content: 'Hello' });
	expect(first.dedupe_key).not.toBe(second.dedupe_key);
});

test('a cancellation tells the status before', () => {
	const cancelled = delivery('order.cancelled', { previous_status: 'paid' });
	expect(deliveryItem(cancelled, undefined, { id: 'ord_1', status: 'cancelled' }, true)).toMatchObject({ previous_status: 'paid' });
});

test('without the whole order, the order is what the webhook tells, in the clean shape', () => {
	const created = delivery('order.created', {
		service_id: 'svc_1',
		brief: 'A logo',
		reference_images: '["https://example.com/a.png"]',
		status: 'pending_quote',
		service_title: 'Logo',
	});
	expect(orderFrom(created)).toEqual({
		id: 'ord_1',
		service_id: 'svc_1',
		brief: 'A logo',
		reference_images: ['https://example.com/a.png'],
		status: 'pending_quote',
		service_title: 'Logo',
	});
});

test.each([
	['order.paid', 'paid', false],
	['order.paid', 'in_progress', false],
	// The order may be read before the payment is visible everywhere.
	['order.paid', 'quoted', false],
	['order.paid', 'delivered', true],
	['order.paid', 'cancelled', true],
	['order.revision_requested', 'delivered', false],
	['order.revision_requested', 'completed', true],
	['order.message', 'completed', false],
	['order.completed', 'completed', false],
])('%s of an order that is %s is over: %s', (event, status, over) => {
	expect(isOver(event, { id: 'ord_1', status })).toBe(over);
});

test('property: the fingerprint depends on event, order and data and on nothing else', () => {
	const deliveries = fc.record({ name: fc.string(), orderId: fc.string(), data: fc.dictionary(fc.string(), fc.jsonValue()) });
	fc.assert(
		fc.property(deliveries, deliveries, (a, b) => {
			const isSame = JSON.stringify(a) === JSON.stringify(b);
			expect(fingerprint(a as Delivery) === fingerprint(b as Delivery)).toBe(isSame);
			expect(fingerprint(structuredClone(a) as Delivery)).toBe(fingerprint(a as Delivery));
		}),
	);
});
