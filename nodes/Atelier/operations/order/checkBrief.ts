import type { Operation } from '../define';
import { ownServiceField } from '../fields';

/** A language model reads the brief. */
const CHECK_TIMEOUT_SECONDS = 60;

/** Has Atelier look for gaps in a brief (Atelier API: POST /orders/check-brief). */
export const checkBrief: Operation = {
	value: 'checkBrief',
	name: 'Check Brief',
	action: 'Check brief of order',
	description:
		'Ask Atelier whether a brief says all that a service needs, and what is missing. Useful before quoting a price, or to know what to ask the client.',
	endpoints: [{ call: 'POST /orders/check-brief', limit: '30/h' }],
	fields: [
		{ ...ownServiceField, description: 'The service that the brief is for: one of your own, or by ID any other' },
		{
			displayName: 'Brief',
			name: 'brief',
			type: 'string',
			typeOptions: { rows: 4 },
			required: true,
			default: '',
			placeholder: 'e.g. A cover for my single, dark blue, with a lighthouse',
			description: 'The text to check, at least 10 characters. After an Atelier trigger, drag the brief of the order in.',
		},
	],
	async run(call) {
		return await call.client.request({
			method: 'POST',
			path: '/orders/check-brief',
			json: { service_id: call.required('serviceId', 'Service'), brief: call.required('brief', 'Brief') },
			timeoutSeconds: CHECK_TIMEOUT_SECONDS,
		});
	},
};
