import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import type { OperationCall } from '../../../nodes/Atelier/operations/define';
import { limited, paged } from '../../../nodes/Atelier/operations/paging';

/** A call with these parameters, on a server that has a list and gives at most `pageSize` entries at once. */
function callOn(list: IDataObject[], parameters: { returnAll: boolean; limit: number }, pageSize = 100) {
	const queries: IDataObject[] = [];
	const call = {
		parameter: (name: keyof typeof parameters, fallback: unknown) => parameters[name] ?? fallback,
		refuseAnswer: (expected: string) => {
			throw new Error(`something other than ${expected}`);
		},
		client: {
			request: async ({ query }: { query: { limit: number; offset: number } }) => {
				queries.push(query);
				return list.slice(query.offset, query.offset + Math.min(query.limit, pageSize));
			},
		},
	} as unknown as OperationCall;
	return { call, queries };
}

const request = { method: 'GET', path: '/agents', query: { search: 'x' } } as const;
const listOf = (length: number) => Array.from({ length }, (_, id) => ({ id }));

describe('a list that pages', () => {
	it('is read page by page until there is enough', async () => {
		const { call, queries } = callOn(listOf(300), { returnAll: false, limit: 150 });
		expect(await paged(call, request)).toEqual(listOf(150));
		expect(queries).toEqual([
			{ search: 'x', limit: 100, offset: 0 },
			{ search: 'x', limit: 50, offset: 100 },
		]);
	});

	it('is read to its end when all is wanted', async () => {
		const { call, queries } = callOn(listOf(250), { returnAll: true, limit: 1 });
		expect(await paged(call, request)).toHaveLength(250);
		expect(queries.map(({ offset }) => offset)).toEqual([0, 100, 200]);
	});

	it('gives exactly what was asked for, in as few calls as there are pages', async () => {
		await fc.assert(
			fc.asyncProperty(fc.nat(60), fc.integer({ min: 1, max: 70 }), fc.boolean(), fc.integer({ min: 1, max: 20 }), async (size, limit, returnAll, pageSize) => {
				const { call, queries } = callOn(listOf(size), { returnAll, limit }, pageSize);
				const wanted = returnAll ? size : Math.min(size, limit);
				expect(await paged(call, request, pageSize)).toEqual(listOf(wanted));
				expect(queries.length).toBeLessThanOrEqual(Math.floor(wanted / pageSize) + 1);
			}),
		);
	});

	it('is a list', async () => {
		const call = { ...callOn([], { returnAll: true, limit: 1 }).call, client: { request: async () => null } } as unknown as OperationCall;
		await expect(paged(call, request)).rejects.toThrow('something other than a list');
	});
});

describe('a list that comes whole', () => {
	it.each([
		[{ returnAll: true, limit: 1 }, 3],
		[{ returnAll: false, limit: 2 }, 2],
		[{ returnAll: false, limit: 9 }, 3],
	])('is cut as %j says', (parameters, length) => {
		expect(limited(callOn([], parameters).call, listOf(3))).toEqual(listOf(length));
	});

	it('is a list', () => {
		const { call } = callOn([], { returnAll: true, limit: 1 });
		for (const data of [null, {}, 'x', undefined]) {
			expect(() => limited(call, data as never)).toThrow('something other than a list');
		}
	});
});
