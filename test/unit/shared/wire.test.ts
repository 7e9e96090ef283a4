import fc from 'fast-check';

import { clean, cleanTime } from '../../../nodes/shared/wire';

describe('lists', () => {
	it.each([
		['JSON text', '["a","b"]', ['a', 'b']],
		['an array', ['a'], ['a']],
		['null', null, []],
		['an empty text', '', []],
		['the text null', 'null', []],
		['a plain text', 'image', ['image']],
		['cut-off JSON', '["a', ['["a']],
		['a list within JSON text within it', '[{"deliverables":"[]","created_at":"2026-07-01 12:00:00"}]', [
			{ deliverables: [], created_at: '2026-07-01T12:00:00.000Z' },
		]],
	])('are arrays, from %s', (_what, sent, cleaned) => {
		expect(clean({ capabilities: sent })).toEqual({ capabilities: cleaned });
	});

	it('are those of objects and of lists of objects alike', () => {
		expect(clean([{ agent: { ai_models: '["flux"]' } }])).toEqual([{ agent: { ai_models: ['flux'] } }]);
	});

	it('stay away where the server sent none', () => {
		expect(clean({ id: 'svc_1' })).toEqual({ id: 'svc_1' });
	});
});

describe("the buyer's answers", () => {
	it.each([
		['JSON text', '{"Start_at":"2026-07-01 12:00","capabilities":"all"}'],
		['an object', { Start_at: '2026-07-01 12:00', capabilities: 'all' }],
	])('become an object and keep every word, from %s', (_what, sent) => {
		expect(clean({ requirement_answers: sent })).toEqual({
			requirement_answers: { Start_at: '2026-07-01 12:00', capabilities: 'all' },
		});
	});

	it.each([null, 'no JSON', '"only text"', 7])('stay as they are when they are no object: %p', (sent) => {
		expect(clean({ requirement_answers: sent })).toEqual({ requirement_answers: sent });
	});
});

describe('times', () => {
	it.each([
		['2026-07-01 12:00:00', '2026-07-01T12:00:00.000Z'],
		['2026-07-01T12:00:00.5', '2026-07-01T12:00:00.500Z'],
		['2026-07-01T12:00:00.000Z', '2026-07-01T12:00:00.000Z'],
		['2026-07-01 14:00:00+02:00', '2026-07-01T12:00:00.000Z'],
		[' 2026-07-01 12:00 ', '2026-07-01T12:00:00.000Z'],
	])('are ISO in UTC, whatever zone this machine has: %s', (sent, cleaned) => {
		const zone = process.env.TZ;
		try {
			for (const local of ['UTC', 'Asia/Kolkata', 'America/New_York']) {
				process.env.TZ = local;
				expect(clean({ created_at: sent, review_deadline: sent, week_start: sent })).toEqual({
					created_at: cleaned,
					review_deadline: cleaned,
					week_start: cleaned,
				});
			}
		} finally {
			if (zone === undefined) delete process.env.TZ;
			else process.env.TZ = zone;
		}
	});

	it.each([null, 1751371200, '', 'soon', '2026-07-01', '2026-13-45 99:00:00'])('that are none stay as they are: %p', (sent) => {
		expect(cleanTime(sent)).toBe(sent);
	});

	it('are only where a field is named like one', () => {
		expect(clean({ brief: '2026-07-01 12:00:00' })).toEqual({ brief: '2026-07-01 12:00:00' });
	});
});

describe('everything else', () => {
	it('keeps money as the text that it was', () => {
		expect(clean({ price_usd: '25.00', platform_fee_usd: '2.5', total: 12.5 })).toEqual({
			price_usd: '25.00',
			platform_fee_usd: '2.5',
			total: 12.5,
		});
	});

	it('is cut where it is nested too deep, in JSON text, too', () => {
		const deep = `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`;
		for (const sent of [{ note: JSON.parse(deep) as unknown }, { requirement_answers: deep }, { created_at: JSON.parse(deep) as unknown }, { deliverables: `[${deep}]` }]) {
			const text = JSON.stringify(clean(sent));
			expect(text).toContain('[nested too deep]');
			expect(text.length).toBeLessThan(1000);
		}
		expect(JSON.stringify(clean({ requirement_answers: '{"__proto__":{"admin":true},"Size":"A4"}' }))).toBe('{"requirement_answers":{"Size":"A4"}}');
	});

	it('cannot reach the prototype of objects', () => {
		const cleaned = clean<Record<string, unknown>>(JSON.parse('{"__proto__":{"admin":true},"id":1}'));
		expect(cleaned).toEqual({ id: 1 });
		expect((cleaned as { admin?: boolean }).admin).toBeUndefined();
		expect(({} as { admin?: boolean }).admin).toBeUndefined();
	});
});

/** JSON of any kind, with many fields of the names that are treated specially. */
const wireJson = fc.letrec((tie) => ({
	value: fc.oneof(
		{ maxDepth: 4 },
		fc.constantFrom(null, true, 0, 12.5, '', '[]', 'null', '["a"]', '{"a":"[1]"}', '2026-07-01 12:00:00', '2026-07-01T12:00:00Z'),
		fc.string(),
		fc.double({ noNaN: true, noDefaultInfinity: true }),
		fc.array(tie('value'), { maxLength: 4 }),
		tie('object'),
		tie('object').map((value) => JSON.stringify(value)),
		fc.array(tie('value'), { maxLength: 3 }).map((value) => JSON.stringify(value)),
	),
	object: fc.dictionary(
		fc.oneof(
			fc.constantFrom('capabilities', 'deliverables', 'requirement_fields', 'requirement_answers', 'created_at', 'review_deadline', 'price_usd'),
			fc.string(),
		),
		tie('value'),
		{ maxKeys: 6 },
	),
})).value;

describe('cleaning', () => {
	it('never throws', () => {
		fc.assert(fc.property(fc.anything(), (value) => void clean(value)));
	});

	it('is done after once', () => {
		fc.assert(
			fc.property(wireJson, (value) => {
				const once = clean<unknown>(value);
				expect(clean<unknown>(once)).toEqual(once);
			}),
			{ numRuns: 300 },
		);
	});

	it('leaves the value that it was given untouched', () => {
		fc.assert(
			fc.property(wireJson, (value) => {
				const before = JSON.stringify(value);
				clean(value);
				expect(JSON.stringify(value)).toBe(before);
			}),
		);
	});

	it('keeps every field, known or not, and every entry of a list', () => {
		fc.assert(
			fc.property(fc.dictionary(fc.string().filter((key) => key !== '__proto__'), wireJson), (fields) => {
				expect(Object.keys(clean<object>(fields))).toEqual(Object.keys(fields));
			}),
		);
		fc.assert(fc.property(fc.array(wireJson), (entries) => expect(clean<unknown[]>(entries)).toHaveLength(entries.length)));
	});

	it('changes nothing but lists, answers and times', () => {
		const plainKey = fc.string().filter((key) => key !== '__proto__' && !/(_at|_deadline|_start)$/.test(key));
		const plain = fc.dictionary(plainKey, fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)));
		const special = /^(ai_models|capabilities|categories|deliverables|portfolio_post_ids|provider_models|reference_images|reference_urls|requirement_fields|requirement_answers)$/;
		fc.assert(
			fc.property(plain.filter((fields) => !Object.keys(fields).some((key) => special.test(key))), (fields) => {
				expect(clean(fields)).toEqual(fields);
			}),
		);
	});
});
