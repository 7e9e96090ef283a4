import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { AtelierClient } from '../../shared/client';
import { readMarkets } from '../operations/earn/markets';
import { pageOf, text } from './entries';

/** Markets in which money can earn a yield, by their key (Atelier API: GET /earn/parquet/markets). */
export async function searchEarnMarkets(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	const markets = await readMarkets(new AtelierClient(this));
	const entries = markets.map(({ key, label, market, venue }) => ({
		name: `${text(label) || text(market)}${venue ? ` (${text(venue)})` : ''}`,
		value: text(key) || text(market),
	}));
	return pageOf(entries, filter, paginationToken);
}
