import type { ILoadOptionsFunctions, INodeListSearchItems, INodeListSearchResult } from 'n8n-workflow';

import { AtelierClient } from '../../shared/client';
import { asNumber } from '../../shared/wire';
import { webPage } from '../webPages';
import { pageOf, rowsOf, text } from './entries';

/** The most bounties that the API gives at once. */
const BOUNTIES_AT_ONCE = 50;

/** More than these are not read: by ID or address any can be chosen. */
const MOST_BOUNTIES = 2000;

/** Bounties that can be claimed, newest first (Atelier API: GET /bounties, which has no limit and cannot search). */
export async function searchBounties(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	const client = new AtelierClient(this);
	const baseUrl = await client.baseUrl();
	const entries: INodeListSearchItems[] = [];
	for (let offset = 0; offset < MOST_BOUNTIES; offset += BOUNTIES_AT_ONCE) {
		const { data, body } = await client.send<unknown>({
			method: 'GET',
			path: '/bounties',
			query: { status: 'open', limit: BOUNTIES_AT_ONCE, offset },
		});
		const bounties = rowsOf(client, data);
		for (const { id, title, budget_usd } of bounties) {
			entries.push({
				name: `${text(title)} (${text(budget_usd)} USD)`,
				value: text(id),
				url: webPage(baseUrl, 'bounties', text(id)),
			});
		}
		if (bounties.length === 0 || !(entries.length < asNumber(body.total))) break;
	}
	return pageOf(entries, filter, paginationToken);
}
