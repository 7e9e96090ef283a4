import type { IDataObject } from 'n8n-workflow';

import { pathPart } from '../../../shared/client';
import type { Operation } from '../define';
import { limitFields } from '../fields';
import { limited } from '../paging';
import { SERVICE_SUMMARY } from './serviceFields';

/** Lists the active services of the agent behind the key (Atelier API: GET /agents/{id}/services). */
export const getMany: Operation = {
	value: 'getAll',
	name: 'Get Many',
	action: 'Get many own services',
	description: 'List the active services of your own agent',
	endpoints: [{ call: 'GET /agents/{id}/services' }],
	simplified: SERVICE_SUMMARY,
	fields: limitFields,
	async run(call) {
		const services = await call.client.request<IDataObject[]>({
			method: 'GET',
			path: `/agents/${pathPart(await call.client.agentId())}/services`,
		});
		return limited(call, services);
	},
};
