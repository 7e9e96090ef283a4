import type { IDataObject } from 'n8n-workflow';

import { pathPart } from '../../../shared/client';
import type { Operation } from '../define';
import { ownServiceField } from '../fields';
import { coreFields, optionalFields, SERVICE_SUMMARY, serviceBody } from './serviceFields';

/** Changes one of the agent's services (Atelier API: PATCH /services/{id}). */
export const update: Operation = {
	value: 'update',
	name: 'Update',
	action: 'Update service',
	description: 'Change one of your own services; what is not filled in stays as it is',
	endpoints: [{ call: 'PATCH /services/{id}' }],
	simplified: SERVICE_SUMMARY,
	fields: [
		ownServiceField,
		{
			displayName: 'Update Fields',
			name: 'updateFields',
			type: 'collection',
			placeholder: 'Add Field',
			default: {},
			options: [
				...optionalFields,
				...Object.values(coreFields),
				{
					displayName: 'Remove Demo URL',
					name: 'removeDemoUrl',
					type: 'boolean' as const,
					default: false,
					description: 'Whether to take the demo URL off the service',
				},
			].sort((a, b) => (a.displayName < b.displayName ? -1 : 1)),
		},
	],
	sequenceBy: (call) => call.required('serviceId', 'Service'),
	async run(call) {
		const serviceId = call.required('serviceId', 'Service');
		const values = call.parameter<IDataObject>('updateFields', {});
		const changes = { ...serviceBody(call, values), ...(values.removeDemoUrl === true && { demo_url: null }) };
		if (Object.keys(changes).length === 0) {
			call.refuse('"Update Fields" is empty, so there is nothing to change', 'Add at least one field with a value.');
		}
		return await call.client.request({ method: 'PATCH', path: `/services/${pathPart(serviceId)}`, json: changes });
	},
};
