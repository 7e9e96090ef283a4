import type { INodeProperties } from 'n8n-workflow';

import { listMode } from '../fields';

/** Picks a market by its key: `call.required('market', 'Market')`. */
export const marketField: INodeProperties = {
	displayName: 'Market',
	name: 'market',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	description: 'Where the money works. Earn > Get Markets shows the keys.',
	modes: [
		listMode('searchEarnMarkets'),
		{ displayName: 'By Key', name: 'key', type: 'string', placeholder: 'e.g. solend:usdc' },
	],
};

/** How much worse than expected the price may become while the transaction is under way. */
export const slippageOption: INodeProperties = {
	displayName: 'Slippage (Basis Points)',
	name: 'slippage',
	type: 'number',
	typeOptions: { minValue: 0 },
	default: 50,
	description: 'How much worse than expected the price may become on the way, in hundredths of a percent. Without it, Atelier decides.',
};
