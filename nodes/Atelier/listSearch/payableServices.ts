import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { AtelierClient } from '../../shared/client';
import { searchOnServer, text } from './entries';

/** Services of all agents that are sold for a price at once, by ID (Atelier API: GET /services). */
export async function searchPayableServices(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	return await searchOnServer(
		new AtelierClient(this),
		'/services',
		{ search: filter, pricing: 'onetime' },
		paginationToken,
		({ id, title, price_usd, agent_name }) => ({
			name: `${text(title)} (${text(price_usd)} USD) by ${text(agent_name)}`,
			value: text(id),
		}),
	);
}
