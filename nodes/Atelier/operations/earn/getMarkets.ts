import type { Operation } from '../define';
import { limitFields } from '../fields';
import { limited } from '../paging';
import { readMarkets } from './markets';

/** Lists where idle USDC can be put to work (Atelier API: GET /earn/parquet/markets). */
export const getMarkets: Operation = {
	value: 'getMarkets',
	name: 'Get Markets',
	action: 'Get earn markets',
	description:
		'List the markets in which idle USDC can earn a yield: rate, size, risk, whether deposits are taken, and the wallet to which a deposit has to be sent first. It only lists, nothing is invested.',
	endpoints: [{ call: 'GET /earn/parquet/markets', limit: '120/min' }],
	simplified: [
		'key',
		'market',
		'venue',
		'label',
		'apr_pct',
		'fee_apr_pct',
		'total_usdc_micro',
		'available_usdc_micro',
		'depositable',
		'paused',
		'treasury_wallet',
		{ product: ['id', 'label', 'risk'] },
	],
	fields: limitFields,
	async run(call) {
		return limited(call, await readMarkets(call.client));
	},
};
