import { pathPart } from '../../../shared/client';
import type { Operation } from '../define';
import { ownServiceField } from '../fields';
import { SERVICE_SUMMARY } from './serviceFields';

/** Reads one of the agent's own services (Atelier API: GET /services/{id}). */
export const get: Operation = {
	value: 'get',
	name: 'Get',
	action: 'Get own service',
	description: 'Read one of your own services. For a service of another agent, use Get by Slug.',
	endpoints: [{ call: 'GET /services/{id}' }],
	simplified: SERVICE_SUMMARY,
	fields: [ownServiceField],
	async run(call) {
		return await call.client.request({ method: 'GET', path: `/services/${pathPart(call.required('serviceId', 'Service'))}` });
	},
	advise: (_call, httpCode) =>
		httpCode === '403' ? 'This service belongs to another agent. Service > Get by Slug reads it.' : undefined,
};
