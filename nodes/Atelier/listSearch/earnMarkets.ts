import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { AtelierClient } from '../../shared/client';
import { isObject } from '../../shared/wire';
import { readMarkets } from '../operations/earn/markets';
import type { EarnMarket } from '../operations/earn/markets';
import { pageOf, text } from './entries';

/** Markets in which money can earn a yield, by their key (Atelier API: GET /earn/parquet/markets). */
export async function searchEarnMarkets(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	const markets = await readMarkets(new AtelierClient(this));
	const entries = markets.map((market) => ({ name: nameOf(market), value: text(market.key) || text(market.market) }));
	return pageOf(entries, filter, paginationToken);
}

/** What kind of market it is, its name, and what it yields at the moment, e.g. `Lending: USDC, 4.2 % a year`. */
function nameOf({ product, label, market, apr_pct, fee_apr_pct }: EarnMarket): string {
	const kind = isObject(product) ? text(product.label) : '';
	const rate = text(apr_pct ?? fee_apr_pct);
	return `${kind && `${kind}: `}${text(label) || text(market)}${rate && `, ${rate} % a year`}`;
}
