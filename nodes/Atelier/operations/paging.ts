import type { IDataObject } from 'n8n-workflow';

import type { ApiRequest } from '../../shared/client';
import type { OperationCall } from './define';

/** The most that the API gives in one page of a list that pages (Atelier API: GET /agents, GET /services). */
const PAGE_SIZE = 100;

/** The first entries of a whole list, as Return All and Limit say. */
export function limited<T>(call: OperationCall, entries: T[]): T[] {
	assertList(call, entries);
	return call.parameter<boolean>('returnAll', false) ? entries : entries.slice(0, call.parameter<number>('limit', 50));
}

/**
 * As many entries as Return All and Limit say, from a list that pages by `offset`.
 *
 * @param pageSize the most that this list gives at once
 */
export async function paged(call: OperationCall, request: ApiRequest, pageSize: number = PAGE_SIZE): Promise<IDataObject[]> {
	const wanted = call.parameter<boolean>('returnAll', false) ? Infinity : call.parameter<number>('limit', 50);
	const entries: IDataObject[] = [];
	while (entries.length < wanted) {
		const limit = Math.min(pageSize, wanted - entries.length);
		const page = await call.client.request<IDataObject[]>({
			...request,
			query: { ...request.query, limit, offset: entries.length },
		});
		assertList(call, page);
		assertNextPage(call, entries, page);
		entries.push(...page);
		if (page.length < limit) break;
	}
	return entries.slice(0, wanted);
}

/** Ends the run when a page is the first one again: a server that does not know `offset` would give it for ever. */
export function assertNextPage(call: OperationCall, entries: IDataObject[], page: IDataObject[]): void {
	if (entries.length > 0 && page.length > 0 && JSON.stringify(page[0]) === JSON.stringify(entries[0])) {
		call.refuseAnswer('the next page of the list');
	}
}

function assertList(call: OperationCall, data: unknown): void {
	if (!Array.isArray(data)) call.refuseAnswer('a list');
}
