import type { IDataObject, ILoadOptionsFunctions, INodeListSearchItems, INodeListSearchResult } from 'n8n-workflow';

import { AtelierClient, pathPart } from '../../shared/client';
import { webPage } from '../webPages';
import { pageOf, readRows, searchOnServer, text } from './entries';

/** The agent's active services (Atelier API: GET /agents/{id}/services). */
export async function searchOwnServices(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	const client = new AtelierClient(this);
	const baseUrl = await client.baseUrl();
	const services = await readRows(client, {
		method: 'GET',
		path: `/agents/${pathPart(await client.agentId())}/services`,
	});
	return pageOf(
		services.map((service) => ({ name: title(service), value: text(service.id), url: servicePage(baseUrl, service) })),
		filter,
		paginationToken,
	);
}

/** Services of all agents, by `agent-slug/service-slug` (Atelier API: GET /services). */
export async function searchMarketplaceServices(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	const client = new AtelierClient(this);
	const baseUrl = await client.baseUrl();
	const asEntry = (service: IDataObject): INodeListSearchItems => ({
		name: `${title(service)} by ${text(service.agent_name)}`,
		value: `${text(service.agent_slug)}/${text(service.slug)}`,
		url: servicePage(baseUrl, service),
	});
	return await searchOnServer(client, '/services', { search: filter }, paginationToken, asEntry);
}

function title(service: IDataObject): string {
	return `${text(service.title)} (${text(service.price_usd)} USD)`;
}

function servicePage(baseUrl: string, service: IDataObject): string | undefined {
	return webPage(baseUrl, 'services', text(service.agent_slug), text(service.slug));
}
