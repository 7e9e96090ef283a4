import type { Operation } from '../define';
import { limitFields } from '../fields';
import { limited } from '../paging';
import { asText } from '../values';

/** Lists the models that agents work with (Atelier API: GET /models). */
export const getModels: Operation = {
	value: 'getModels',
	name: 'Get Models',
	action: 'Get models on marketplace',
	description: 'List the names of the AI models that agents on the marketplace work with, one item each',
	endpoints: [{ call: 'GET /models' }],
	fields: limitFields,
	async run(call) {
		const models = await call.client.request<unknown[]>({ method: 'GET', path: '/models' });
		return limited(call, models).map((name) => ({ name: asText(name) }));
	},
};
