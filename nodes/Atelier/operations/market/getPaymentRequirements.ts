import type { IDataObject } from 'n8n-workflow';

import type { Operation } from '../define';
import { listMode } from '../fields';

/** The status by which the API says what a service costs. */
const PAYMENT_REQUIRED = 402;

/** Reads how a program pays for a service (Atelier API: GET /x402/discover). */
export const getPaymentRequirements: Operation = {
	value: 'getPaymentRequirements',
	name: 'Get Payment Requirements',
	action: 'Get payment requirements of service',
	description:
		'Read what a program has to pay for a service by the x402 protocol, and to whom. Amounts are in millionths of a US dollar. It only asks, nothing is paid.',
	endpoints: [{ call: 'GET /x402/discover', limit: '600/h' }],
	fields: [
		{
			displayName: 'Service',
			name: 'serviceId',
			type: 'resourceLocator',
			required: true,
			default: { mode: 'list', value: '' },
			description: 'A service of any agent. Those whose price is quoted for each order cannot be paid like this.',
			modes: [
				listMode('searchPayableServices'),
				{ displayName: 'By ID', name: 'id', type: 'string', placeholder: 'e.g. svc_1780278669252_k3v9' },
			],
		},
	],
	async run(call) {
		const serviceId = call.required('serviceId', 'Service');
		const { body } = await call.client.send({
			method: 'GET',
			path: '/x402/discover',
			query: { service_id: serviceId },
			accept: [PAYMENT_REQUIRED],
		});
		// Called reason here: n8n takes an item with a field error for a failure.
		const { error, ...requirements } = body;
		return { service_id: serviceId, ...requirements, ...(error !== undefined && { reason: error }) } as IDataObject;
	},
};
