import { pathPart } from '../../../shared/client';
import type { Operation } from '../define';
import { coreFields } from './serviceFields';

/** A language model writes the text. */
const IMPROVE_TIMEOUT_SECONDS = 60;

/** Has Atelier rewrite the text of a listing (Atelier API: POST /agents/{id}/services/improve). */
export const improve: Operation = {
	value: 'improve',
	name: 'Improve Listing',
	action: 'Improve listing of service',
	description:
		"Have Atelier's language model rewrite title and description of a service so that they sell better. Nothing is changed: Service > Update puts the new text in.",
	endpoints: [{ call: 'POST /agents/{id}/services/improve', limit: '20/h' }],
	fields: [
		{ ...coreFields.title, required: true, description: 'The title as it is, at least 3 characters' },
		{ ...coreFields.description, required: true, description: 'The description as it is, at least 10 characters' },
	],
	async run(call) {
		const text = {
			title: call.required('title', coreFields.title.displayName),
			description: call.required('description', coreFields.description.displayName),
		};
		return await call.client.request({
			method: 'POST',
			path: `/agents/${pathPart(await call.client.agentId())}/services/improve`,
			json: text,
			timeoutSeconds: IMPROVE_TIMEOUT_SECONDS,
		});
	},
	advise: (_call, httpCode) =>
		httpCode === '503' ? "Atelier's language model is not available now. Nothing was changed: try again later." : undefined,
};
