import type { ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';

import { AtelierClient, pathPart } from '../shared/client';
import { objectsIn } from '../shared/wire';

/** The agent's active services to choose from (Atelier API: GET /agents/{id}/services). */
export async function getServices(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	const client = new AtelierClient(this);
	const path = `/agents/${pathPart(await client.agentId())}/services`;
	const services = objectsIn(await client.request<unknown>({ method: 'GET', path }));
	return services.flatMap(({ id, title, price_usd: price }) =>
		typeof id === 'string' ? [{ name: `${nameOf(title) ?? id}${nameOf(price) ? ` (${nameOf(price)} USD)` : ''}`, value: id }] : [],
	);
}

function nameOf(value: unknown): string | undefined {
	return typeof value === 'string' && value !== '' ? value : undefined;
}
