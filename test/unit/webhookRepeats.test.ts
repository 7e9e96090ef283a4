import fc from 'fast-check';

import { isRepeat, readRecent, remember } from '../../nodes/AtelierWebhookTrigger/repeats';

const NOW = Date.parse('2026-07-01T12:00:00Z');
const MINUTE = 60_000;

test('the same content is a repeat for ten minutes, and a message for one', () => {
	const recent = remember({}, 'x', NOW);
	expect([0, 9, 11].map((minutes) => isRepeat(recent, 'order.paid', 'x', NOW + minutes * MINUTE))).toEqual([true, true, false]);
	expect([0, 0.9, 1.1].map((minutes) => isRepeat(recent, 'order.message', 'x', NOW + minutes * MINUTE))).toEqual([true, true, false]);
	expect(isRepeat(recent, 'order.paid', 'y', NOW)).toBe(false);
});

test('a clock that is set back does not make an old event a repeat for ever', () => {
	const recent = remember({}, 'x', NOW);
	expect(isRepeat(recent, 'order.paid', 'x', NOW - 5 * MINUTE)).toBe(true);
	expect(isRepeat(recent, 'order.paid', 'x', NOW - 60 * MINUTE)).toBe(false);
});

test('property: at most 200 events are remembered, the newest among them, and each takes at most 50 bytes', () => {
	const events = fc.array(fc.tuple(fc.stringMatching(/^[A-Za-z0-9_-]{22}$/), fc.nat(2000)), { maxLength: 400 });
	fc.assert(
		fc.property(events, (sequence) => {
			let recent = {};
			let now = NOW;
			for (const [fingerprint, wait] of sequence) {
				now += wait;
				recent = remember(recent, fingerprint, now);
				expect(isRepeat(recent, 'order.paid', fingerprint, now)).toBe(true);
			}
			expect(Object.keys(recent).length).toBeLessThanOrEqual(200);
			expect(JSON.stringify(recent).length).toBeLessThanOrEqual(2 + 50 * Object.keys(recent).length);
		}),
		{ numRuns: 30 },
	);
});

test('whatever was kept can be read', () => {
	expect(readRecent(undefined)).toEqual({});
	expect(readRecent('x')).toEqual({});
	expect(readRecent({ a: 1, b: 'soon', c: null })).toEqual({ a: 1 });
});
