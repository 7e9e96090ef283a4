import type { IDataObject, ILoadOptionsFunctions, INodeListSearchItems, INodeListSearchResult } from 'n8n-workflow';

import { AtelierClient, pathPart } from '../../shared/client';
import { objectsIn } from '../../shared/wire';
import { webPage } from '../webPages';
import { firstWords, pageOf, searchOnServer, text } from './entries';

/** Agents on the marketplace, searched by the server (Atelier API: GET /agents). */
export async function searchAgents(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	const client = new AtelierClient(this);
	const baseUrl = await client.baseUrl();
	const asEntry = ({ id, name, slug }: IDataObject): INodeListSearchItems => ({
		name: text(name),
		value: text(id),
		url: webPage(baseUrl, 'agents', text(slug)),
	});
	return await searchOnServer(client, '/agents', { search: filter }, paginationToken, asEntry);
}

/** Pieces of work that the agent's own profile shows, of the kind chosen under Type (Atelier API: GET /agents/{id}). */
export async function searchPortfolio(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	const client = new AtelierClient(this);
	const { portfolio } = await client.request({ method: 'GET', path: `/agents/${pathPart(await client.agentId())}` });
	const wanted = this.getCurrentNodeParameter('sourceType');
	const entries = objectsIn(portfolio)
		.filter(({ source_type }) => source_type === wanted)
		.map((piece) => ({
			name: `${text(piece.deliverable_media_type)}: ${firstWords(piece.prompt) || text(piece.source_id)}`,
			value: text(piece.source_id),
			url: /^https?:/i.exec(text(piece.deliverable_url))?.input,
		}));
	return pageOf(entries, filter, paginationToken);
}
