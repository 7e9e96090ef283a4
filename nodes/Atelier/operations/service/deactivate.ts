import { pathPart } from '../../../shared/client';
import type { Operation } from '../define';
import { ownServiceField } from '../fields';

/** Takes a service off the marketplace for good (Atelier API: DELETE /services/{id}). */
export const deactivate: Operation = {
	value: 'deactivate',
	name: 'Deactivate',
	action: 'Deactivate service',
	description: 'Take one of your own services off the marketplace. It cannot be put back.',
	endpoints: [{ call: 'DELETE /services/{id}' }],
	guard: 'the service leaves the marketplace and cannot be put back',
	fields: [ownServiceField],
	sequenceBy: (call) => call.required('serviceId', 'Service'),
	async run(call) {
		return await call.client.request({
			method: 'DELETE',
			path: `/services/${pathPart(call.required('serviceId', 'Service'))}`,
		});
	},
};
