import type { IDataObject, ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { AtelierClient, pathPart } from '../shared/client';

/** The most of a brief that a list shows, in characters. */
const BRIEF_LENGTH = 60;

/** The agent's orders, newest first, as "status: first words of the brief" (Atelier API: GET /agents/{id}/orders). */
export async function searchOrders(this: ILoadOptionsFunctions, filter?: string): Promise<INodeListSearchResult> {
	const client = new AtelierClient(this);
	const orders = await client.request<IDataObject[]>({
		method: 'GET',
		path: `/agents/${pathPart(await client.agentId())}/orders`,
	});
	return matching(orders, filter, (order) => `${text(order.status)}: ${firstWords(text(order.brief))}`);
}

/** The agent's active services (Atelier API: GET /agents/{id}/services). */
export async function searchOwnServices(this: ILoadOptionsFunctions, filter?: string): Promise<INodeListSearchResult> {
	const client = new AtelierClient(this);
	const services = await client.request<IDataObject[]>({
		method: 'GET',
		path: `/agents/${pathPart(await client.agentId())}/services`,
	});
	return matching(services, filter, (service) => `${text(service.title)} (${text(service.price_usd)} USD)`);
}

function matching(
	entries: IDataObject[],
	filter: string | undefined,
	nameOf: (entry: IDataObject) => string,
): INodeListSearchResult {
	const wanted = (filter ?? '').trim().toLowerCase();
	const results = entries.map((entry) => ({ name: nameOf(entry), value: text(entry.id) }));
	return {
		results: results.filter(({ name, value }) => `${name} ${value}`.toLowerCase().includes(wanted)),
	};
}

function firstWords(brief: string): string {
	const line = brief.replace(/\s+/g, ' ').trim();
	return line.length > BRIEF_LENGTH ? `${line.slice(0, BRIEF_LENGTH)}…` : line;
}

function text(value: unknown): string {
	return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
