import fc from 'fast-check';

import { readState, writeState } from '../../nodes/AtelierTrigger/ledgerState';
import type { Entry, LedgerState, Mark } from '../../nodes/AtelierTrigger/ledgerState';

const entry: fc.Arbitrary<Entry> = fc.record({
	status: fc.constantFrom('pending_quote', 'paid', 'in_progress', 'revision_requested', 'completed'),
	revision: fc.nat(99),
	deliveredAt: fc.nat(4_000_000_000),
	attempts: fc.nat(99),
	at: fc.nat(4_000_000_000),
	mark: fc.constantFrom<Mark>('emitted', 'seen', 'skipped', 'stalled'),
	gone: fc.boolean(),
});

/** IDs as Atelier makes them. */
const orderId = fc
	.tuple(fc.integer({ min: 1_000_000_000_000, max: 9_999_999_999_999 }), fc.stringMatching(/^[a-z0-9]{10}$/))
	.map(([time, random]) => `ord_${time}_${random}`);

const state: fc.Arbitrary<LedgerState> = fc.record(
	{
		entries: fc.array(fc.tuple(orderId, entry), { maxLength: 20 }).map((pairs) => new Map(pairs)),
		watched: fc.subarray(['order.paid', 'order.completed', 'order.stalled']),
		settledUntil: fc.nat(4_000_000_000),
	},
	{ requiredKeys: ['entries', 'watched'] },
);

test('property: what was stored is read back', () => {
	fc.assert(
		fc.property(state, (before) => {
			const after = readState(JSON.parse(JSON.stringify(writeState(before))));
			expect(after).toEqual({ settledUntil: undefined, ...before });
		}),
	);
});

test('property: an open order takes at most 120 bytes', () => {
	fc.assert(
		fc.property(orderId, entry, (id, value) => {
			const bytes = (entries: Map<string, Entry>) => Buffer.byteLength(JSON.stringify(writeState({ entries, watched: [] })));
			const two = bytes(new Map([[id, value], [`${id}x`, value]]));
			expect(two - bytes(new Map([[`${id}x`, value]]))).toBeLessThanOrEqual(120);
		}),
	);
});

test('property: nothing that is stored makes it fail, and only nothing counts as a first run', () => {
	fc.assert(
		fc.property(fc.oneof(fc.anything(), fc.json().map((text) => JSON.parse(text) as unknown)), (stored) => {
			const read = readState(stored);
			expect(read === undefined).toBe(stored === undefined || stored === null);
			for (const value of read?.entries.values() ?? []) expect(Number.isInteger(value.at)).toBe(true);
		}),
	);
});

test('of a damaged state, the readable orders stay', () => {
	const good = ['paid', 0, 0, 1, 1_782_907_200, 'emitted', 0];
	const stored = {
		version: 2,
		entries: [[good, ['a', 7, 'b']], [['paid'], ['c']], null, [[...good.slice(0, 5), 'lost', 0], ['d']], [good, 'e'], [good]],
		watched: ['order.paid'],
	};
	expect([...(readState(stored)?.entries.keys() ?? [])]).toEqual(['a', 'b']);
	expect(readState(stored)?.watched).toEqual([]);
});

test('the state of another version is read as far as it can be', () => {
	const read = readState({ version: 3, entries: [[['paid', 0, 0, 1, 1, 'emitted', 0], ['a']], [{ status: 'paid' }, ['b']]], watched: [] });
	expect([...(read?.entries.keys() ?? [])]).toEqual(['a']);
});

test('orders that stand alike are stored with one entry', () => {
	const alike: Entry = { status: 'paid', revision: 0, deliveredAt: 0, attempts: 1, at: 1_782_907_200, mark: 'emitted', gone: false };
	const stored = writeState({ entries: new Map([['a', alike], ['b', { ...alike, attempts: 2 }], ['c', alike]]), watched: [] });
	expect(stored.entries.map(([, ids]) => ids)).toEqual([['a', 'c'], ['b']]);
});
