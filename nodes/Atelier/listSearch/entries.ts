import type { IDataObject, INodeListSearchItems, INodeListSearchResult } from 'n8n-workflow';

import type { ApiRequest, AtelierClient } from '../../shared/client';
import { DEFAULT_BASE_URL } from '../../shared/credential';
import { inputError } from '../../shared/errors';
import { objectsIn } from '../../shared/wire';

/** How many entries a list shows at once; scrolling to its end brings the next ones. */
const PAGE_SIZE = 100;

/** The most of a text that a list shows, in characters. */
const TEXT_LENGTH = 60;

/** One page of entries that are all at hand, as far as they contain what was typed. */
export function pageOf(
	entries: INodeListSearchItems[],
	filter: string | undefined,
	paginationToken: string | undefined,
): INodeListSearchResult {
	const wanted = (filter ?? '').trim().toLowerCase();
	const matching = entries.filter(({ name, value }) => `${name} ${value}`.toLowerCase().includes(wanted));
	const start = offsetOf(paginationToken);
	const end = start + PAGE_SIZE;
	return { results: matching.slice(start, end), ...(end < matching.length && { paginationToken: String(end) }) };
}

/** One page of a list that the server searches and pages by `offset`. */
export async function searchOnServer(
	client: AtelierClient,
	path: string,
	query: Record<string, string | undefined>,
	paginationToken: string | undefined,
	asEntry: (row: IDataObject) => INodeListSearchItems,
): Promise<INodeListSearchResult> {
	const offset = offsetOf(paginationToken);
	const rows = await readRows(client, { method: 'GET', path, query: { ...query, limit: PAGE_SIZE, offset } });
	const isLast = rows.length < PAGE_SIZE;
	return { results: rows.map(asEntry), ...(!isLast && { paginationToken: String(offset + PAGE_SIZE) }) };
}

/**
 * The rows of a list.
 *
 * @throws NodeOperationError when the answer is no list
 */
export async function readRows(client: AtelierClient, request: ApiRequest): Promise<IDataObject[]> {
	return rowsOf(client, await client.request<unknown>(request));
}

/** The objects in a list, see {@link readRows}. */
export function rowsOf(client: AtelierClient, data: unknown): IDataObject[] {
	if (Array.isArray(data)) return objectsIn(data);
	throw inputError(
		client.context.getNode(),
		'The Base URL of the Atelier credential does not answer like an Atelier API: there is no list to choose from',
		`Use ${DEFAULT_BASE_URL}`,
	);
}

/** The first words of a longer text, on one line. */
export function firstWords(value: unknown): string {
	const line = text(value).replace(/\s+/g, ' ').trim();
	return line.length > TEXT_LENGTH ? `${line.slice(0, TEXT_LENGTH)}…` : line;
}

/** A value as text; nothing for what is neither text nor number. */
export function text(value: unknown): string {
	return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function offsetOf(paginationToken: string | undefined): number {
	const offset = Number(paginationToken ?? 0);
	return Number.isInteger(offset) && offset > 0 ? offset : 0;
}
