import type { IDataObject } from 'n8n-workflow';

import type { AtelierClient } from '../../../shared/client';
import { objectsIn } from '../../../shared/wire';

/** A market with the product that it belongs to. */
export interface EarnMarket extends IDataObject {
	/** What Deposit and Withdraw call it. */
	key?: string;
	market?: string;
}

/**
 * Every market in which deposits work (Atelier API: GET /earn/parquet/markets). The answer lists them twice: all the
 * products with their markets, and for older clients those of one product once more.
 */
export async function readMarkets(client: AtelierClient): Promise<EarnMarket[]> {
	const answer = await client.request({ method: 'GET', path: '/earn/parquet/markets' });
	const products = objectsIn(answer.products);
	if (products.length === 0) return objectsIn(answer.markets);
	return products.flatMap(({ markets, ...product }) => objectsIn(markets).map((market) => ({ ...market, product })));
}
