import type { IDataObject, INodeListSearchItems, INodeListSearchResult } from 'n8n-workflow';

import type { AtelierClient } from '../../shared/client';

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
	const rows = await client.request<IDataObject[]>({ method: 'GET', path, query: { ...query, limit: PAGE_SIZE, offset } });
	const isLast = rows.length < PAGE_SIZE;
	return { results: rows.map(asEntry), ...(!isLast && { paginationToken: String(offset + PAGE_SIZE) }) };
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
