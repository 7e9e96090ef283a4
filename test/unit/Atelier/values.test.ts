import fc from 'fast-check';

import type { OperationCall } from '../../../nodes/Atelier/operations/define';
import { isFilled, listFromText, priceText, renamed, urlsFromText } from '../../../nodes/Atelier/operations/values';

/** As much of a call as pricing needs: the way to refuse. */
const call = {
	refuse: (message: string, description: string) => {
		throw new Error(`${message} | ${description}`);
	},
} as unknown as OperationCall;

describe('a price', () => {
	it.each([
		[25, '25.00'],
		[0, '0.00'],
		[12.5, '12.50'],
		[12.505, '12.505'],
		[0.1 + 0.2, '0.30'],
		[1e6, '1000000.00'],
		['25', '25'],
		[' 25.5 ', '25.5'],
		['0', '0'],
	])('%p goes out as %p', (value, text) => {
		expect(priceText(call, value, 'Price (USD)')).toBe(text);
	});

	it.each(['', ' ', null, undefined, '$5', '5 USD', '5,50', '-5', -5, '1e3', 1e21, Infinity, NaN, '.5', '5.', true, {}, []])(
		'%p is none, and the sentence says how to write one',
		(value) => {
			expect(() => priceText(call, value, 'Price (USD)')).toThrow(/^"Price \(USD\)" is not a price: .*e\.g\. 25\.00$/);
		},
	);

	it('is always decimal text of the same amount, to the millionth', () => {
		fc.assert(
			fc.property(fc.double({ min: 0, max: 1e15, noNaN: true }), (value) => {
				const text = priceText(call, value, 'Price');
				expect(text).toMatch(/^\d+\.\d{2,6}$/);
				expect(Math.abs(Number(text) - value)).toBeLessThanOrEqual(Math.max(5.1e-7, value * 1e-15));
			}),
		);
	});

	it('refuses what cannot be written as text', () => {
		const cycle: Record<string, unknown> = {};
		cycle.self = cycle;
		for (const value of [{ toString: '' }, cycle, [12.5]]) {
			expect(() => priceText(call, value, 'Price')).toThrow('"Price" is not a price: ');
		}
	});

	it('is either text that the API takes or a refusal, for anything at all', () => {
		fc.assert(
			fc.property(fc.anything(), (value) => {
				let text = '0';
				try {
					text = priceText(call, value, 'Price');
				} catch (error) {
					expect((error as Error).message).toMatch(/^"Price" is not a price: /);
				}
				expect(text).toMatch(/^\d+(\.\d+)?$/);
			}),
		);
	});
});

describe('lists in text', () => {
	it.each([
		['a, b\nc', ['a', 'b', 'c']],
		[' , \n', []],
		[undefined, []],
		[['a ', '', 7], ['a', '7']],
	])('%j', (text, entries) => {
		expect(listFromText(text)).toEqual(entries);
	});

	it.each([
		['https://a.example/1,2.png', ['https://a.example/1,2.png']],
		['https://a.example,https://b.example', ['https://a.example', 'https://b.example']],
		['https://a.example/?,,c,,https://b.example,,', ['https://a.example/?,,c', 'https://b.example']],
		['https://a.example, \n https://b.example,', ['https://a.example', 'https://b.example']],
		['nonsense https://b.example', ['nonsense', 'https://b.example']],
		[['https://a.example/ '], ['https://a.example/']],
		['', []],
	])('web addresses: %j', (text, urls) => {
		expect(urlsFromText(text)).toEqual(urls);
	});

	it('gives every web address back that was put in', () => {
		const address = fc.webUrl({ withQueryParameters: true }).filter((url) => !/,$|,https?:\/\//i.test(url));
		fc.assert(
			fc.property(fc.array(address), fc.constantFrom(',', ', ', '\n', ' ', ',\n'), (urls, between) => {
				expect(urlsFromText(urls.join(between))).toEqual(urls);
			}),
		);
	});
});

describe('filled-in values', () => {
	it.each([
		[undefined, false],
		[null, false],
		['', false],
		[[], false],
		[0, true],
		[false, true],
		[' ', true],
		[['x'], true],
	])('%j: %p', (value, filled) => {
		expect(isFilled(value)).toBe(filled);
	});

	it('get the names that the API has for them', () => {
		expect(renamed({ demoUrl: 'x', quotaLimit: 0, title: '', other: 1 }, { demoUrl: 'demo_url', quotaLimit: 'quota_limit', title: 'title' })).toEqual({
			demo_url: 'x',
			quota_limit: 0,
		});
	});
});
