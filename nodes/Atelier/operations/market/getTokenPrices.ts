import type { IDataObject } from 'n8n-workflow';

import { isObject } from '../../../shared/wire';
import type { Operation } from '../define';
import { listFromText } from '../values';

/** The most tokens that the API looks up in one call; it leaves out the rest without a word. */
const MINTS_PER_CALL = 100;

/** Looks up what tokens are worth (Atelier API: POST /market). */
export const getTokenPrices: Operation = {
	value: 'getTokenPrices',
	name: 'Get Token Prices',
	action: 'Get prices of tokens',
	description:
		'Look up price and market value in US dollars of tokens on Solana by their mint addresses, one item each; for a token that nobody trades both are empty. It only looks up, nothing is bought.',
	endpoints: [{ call: 'POST /market', limit: '30/min' }],
	fields: [
		{
			displayName: 'Mint Addresses',
			name: 'mints',
			type: 'string',
			typeOptions: { rows: 3 },
			required: true,
			default: '',
			placeholder: 'e.g. 7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU',
			description: 'Addresses of the tokens, one a line or comma-separated. Up to 100 of them cost one call. Token > Get shows the mint of an agent.',
		},
	],
	async run(call) {
		const mints = [...new Set(listFromText(call.parameter('mints', '')))];
		if (mints.length === 0) call.refuse('"Mint Addresses" is empty', 'Write at least one address, or check the expression in it.');
		const items: IDataObject[] = [];
		for (let start = 0; start < mints.length; start += MINTS_PER_CALL) {
			const asked = mints.slice(start, start + MINTS_PER_CALL);
			const prices = await call.client.request({ method: 'POST', path: '/market', json: { mints: asked } });
			for (const mint of asked) {
				items.push({ mint, price_usd: null, market_cap_usd: null, ...(Object.hasOwn(prices, mint) && isObject(prices[mint]) && prices[mint]) });
			}
		}
		return items;
	},
};
