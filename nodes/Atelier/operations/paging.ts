import type { IDataObject } from 'n8n-workflow';

import type { ApiRequest } from '../../shared/client';
import type { OperationCall } from './define';

/** The most that the API gives in one page of a list that pages (Atelier API: GET /agents, GET /services). */
const PAGE_SIZE = 100;

/** The first entries of a whole list, as Return All and Limit say. */
export function limited(call: OperationCall, entries: IDataObject[]): IDataObject[] {
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
		// A server that does not know offset would give the same page for ever.
		if (entries.length > 0 && page.length > 0 && page[0].id !== undefined && page[0].id === entries[0].id) {
			call.refuseAnswer('the next page of the list');
		}
		entries.push(...page);
		if (page.length < limit) break;
	}
	return entries.slice(0, wanted);
}

function assertList(call: OperationCall, data: unknown): void {
	if (!Array.isArray(data)) call.refuseAnswer('a list');
}
