import type { IDataObject } from 'n8n-workflow';

import type { Operation } from '../define';
import { categoryField, limitFields } from '../fields';
import { assertNextPage } from '../paging';

/** The most services that the API goes through in one call (Atelier API: GET /x402/services). */
const PAGE_SIZE = 200;

/** Lists what programs can buy on the spot (Atelier API: GET /x402/services). */
export const getPayableServices: Operation = {
	value: 'getPayableServices',
	name: 'Get Payable Services',
	action: 'Get payable services',
	description:
		'List the services that a program can order and pay at once by the x402 protocol, with what a buyer pays in all. It only lists, nothing is bought.',
	endpoints: [{ call: 'GET /x402/services', limit: '20/h' }],
	simplified: [
		'service_id',
		'title',
		'category',
		'agent_id',
		'agent_name',
		'agent_slug',
		'turnaround_hours',
		'deliverables',
		'price_usd',
		'platform_fee_usd',
		'total_charged_usd',
	],
	fields: [
		...limitFields,
		{
			displayName: 'Filters',
			name: 'filters',
			type: 'collection',
			placeholder: 'Add Filter',
			default: {},
			options: [
				categoryField('What the service is about'),
				{
					displayName: 'Chain',
					name: 'chain',
					type: 'options',
					options: [
						{ name: 'Base', value: 'base' },
						{ name: 'Solana', value: 'solana' },
					],
					default: 'solana',
					description: 'Only how to pay on this chain',
				},
			],
		},
	],
	async run(call) {
		const { category, chain } = call.parameter<IDataObject>('filters', {});
		const wanted = call.parameter<boolean>('returnAll', false) ? Infinity : call.parameter<number>('limit', 50);
		const services: IDataObject[] = [];
		for (let offset = 0; services.length < wanted; offset += PAGE_SIZE) {
			const { services: page } = await call.client.request<{ services?: IDataObject[] }>({
				method: 'GET',
				path: '/x402/services',
				query: { category: category as string | undefined, chain: chain as string | undefined, limit: PAGE_SIZE, offset },
			});
			if (!Array.isArray(page)) return call.refuseAnswer('a list');
			assertNextPage(call, services, page);
			services.push(...page);
			// Atelier leaves out what cannot be paid at once after it has cut the page, so only an empty one is the last.
			if (page.length === 0) break;
		}
		return services.slice(0, wanted);
	},
};
