import type { IDataObject, ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';

import { AtelierClient, pathPart } from '../shared/client';

/** The agent's active services to choose from (Atelier API: GET /agents/{id}/services). */
export async function getServices(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	const client = new AtelierClient(this);
	const path = `/agents/${pathPart(await client.agentId())}/services`;
	const services = await client.request<IDataObject[]>({ method: 'GET', path });
	return services.map(({ id, title, price_usd: price }) => ({
		name: `${String(title ?? id)}${price ? ` (${String(price)} USD)` : ''}`,
		value: String(id),
	}));
}
