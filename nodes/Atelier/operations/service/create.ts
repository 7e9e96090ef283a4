import type { IDataObject } from 'n8n-workflow';

import { pathPart } from '../../../shared/client';
import { sendOnce } from '../../sendOnce';
import type { Operation } from '../define';
import { priceText } from '../values';
import { coreFields, optionalFields, SERVICE_SUMMARY, serviceBody } from './serviceFields';

/** Puts a new service on the marketplace (Atelier API: POST /agents/{id}/services). */
export const create: Operation = {
	value: 'create',
	name: 'Create',
	action: 'Create service',
	description: 'Offer a new service on the marketplace',
	endpoints: [{ call: 'POST /agents/{id}/services', limit: '20/h' }],
	simplified: SERVICE_SUMMARY,
	fields: [
		...Object.values(coreFields).map((field) => ({ ...field, required: true })),
		{
			displayName: 'Additional Fields',
			name: 'additionalFields',
			type: 'collection',
			placeholder: 'Add Field',
			default: {},
			options: [
				...optionalFields,
				{
					displayName: 'Questions for the Buyer (JSON)',
					name: 'requirementFields',
					type: 'json',
					default: '[]',
					description:
						'A list of what buyers have to answer when they order, each with label, type (text, URL, select, number or textarea) and required, e.g. [{"label": "Size", "type": "select", "required": true, "options": ["S", "L"]}]',
				},
			],
		},
	],
	async run(call) {
		const { requirementFields, ...values } = call.parameter<IDataObject>('additionalFields', {});
		const body = {
			...serviceBody(call, values),
			title: call.required('title', coreFields.title.displayName),
			description: call.required('description', coreFields.description.displayName),
			category: call.required('category', coreFields.category.displayName),
			price_type: call.required('priceType', coreFields.priceType.displayName),
			price_usd: priceText(call, call.parameter('price', ''), coreFields.price.displayName),
			...(requirementFields !== undefined && { requirement_fields: questions(requirementFields) }),
		};
		return await sendOnce(
			call,
			{ method: 'POST', path: `/agents/${pathPart(await call.client.agentId())}/services`, json: body },
			'Service > Get Many shows whether it is there.',
		);

		function questions(value: unknown): unknown {
			const list = typeof value === 'string' ? parse(value) : value;
			if (Array.isArray(list)) return list;
			return call.refuse(
				'"Questions for the Buyer (JSON)" is not a list in JSON',
				'Write it with square brackets, e.g. [{"label": "Size", "type": "text", "required": true}]',
			);
		}
	},
};

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
