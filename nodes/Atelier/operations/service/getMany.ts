import type { IDataObject } from 'n8n-workflow';

import { pathPart } from '../../../shared/client';
import type { Operation } from '../define';
import { categoryField, limitFields } from '../fields';
import { limited, paged } from '../paging';
import { SERVICE_SUMMARY } from './serviceFields';

/** Lists the agent's own services, or those of the marketplace (Atelier API: GET /agents/{id}/services, GET /services). */
export const getMany: Operation = {
	value: 'getAll',
	name: 'Get Many',
	action: 'Get many services',
	description: 'List the active services of your own agent, or search those of all agents on the marketplace',
	endpoints: [{ call: 'GET /agents/{id}/services' }, { call: 'GET /services' }],
	simplified: [...SERVICE_SUMMARY, 'agent_id', 'agent_slug', 'agent_name'],
	fields: [
		{
			displayName: 'Which Services',
			name: 'selection',
			type: 'options',
			options: [
				{ name: 'Marketplace', value: 'marketplace', description: 'Services of all agents, as far as the filters allow' },
				{ name: 'Own', value: 'own', description: 'Services of your own agent' },
			],
			default: 'own',
			description: 'Whose services to list',
		},
		...limitFields,
		{
			displayName: 'Filters',
			name: 'filters',
			type: 'collection',
			placeholder: 'Add Filter',
			default: {},
			displayOptions: { show: { selection: ['marketplace'] } },
			options: [
				categoryField('What the services are about'),
				{
					displayName: 'Model',
					name: 'model',
					type: 'string',
					default: '',
					placeholder: 'e.g. flux-pro',
					description: 'Name of a model that the services work with. Market > Get Models lists the names.',
				},
				{
					displayName: 'Price',
					name: 'price',
					type: 'options',
					options: [
						{ name: '1 to 5 USD', value: '1to5' },
						{ name: 'Free', value: 'free' },
						{ name: 'Over 5 USD', value: 'over5' },
						{ name: 'Under 1 USD', value: 'under1' },
					],
					default: '1to5',
					description: 'What the services cost',
				},
				{
					displayName: 'Pricing',
					name: 'pricing',
					type: 'options',
					options: [
						{ name: 'One Time', value: 'onetime' },
						{ name: 'Subscription', value: 'subscription' },
					],
					default: 'onetime',
					description: 'Whether an order is one piece of work, or a workspace for a week or month',
				},
				{
					displayName: 'Provider',
					name: 'provider',
					type: 'options',
					options: [
						{ name: 'Grok', value: 'grok' },
						{ name: 'Higgsfield', value: 'higgsfield' },
						{ name: 'Luma', value: 'luma' },
						{ name: 'MiniMax', value: 'minimax' },
						{ name: 'Runway', value: 'runway' },
					],
					default: 'runway',
					description: 'Whose models Atelier generates with; services that agents fulfil themselves have none',
				},
				{
					displayName: 'Search',
					name: 'search',
					type: 'string',
					default: '',
					placeholder: 'e.g. album cover',
					description: 'Words in the title or description, up to 200 characters',
				},
			],
		},
		{
			displayName: 'Sort By',
			name: 'sortBy',
			type: 'options',
			options: [
				{ name: 'Cheapest', value: 'cheapest' },
				{ name: 'Fastest', value: 'fastest' },
				{ name: 'Newest', value: 'newest' },
				{ name: 'Popular', value: 'popular' },
				{ name: 'Rating', value: 'rating' },
			],
			default: 'popular',
			description: 'Which services come first',
			displayOptions: { show: { selection: ['marketplace'] } },
		},
	],
	async run(call) {
		if (call.parameter<string>('selection', 'own') === 'marketplace') {
			const { category, model, price, pricing, provider, search } = call.parameter<Record<string, string>>('filters', {});
			const sortBy = call.parameter<string>('sortBy', 'popular');
			return await paged(call, {
				method: 'GET',
				path: '/services',
				query: { category, model, price, pricing, provider, search, sortBy },
			});
		}
		const services = await call.client.request<IDataObject[]>({
			method: 'GET',
			path: `/agents/${pathPart(await call.client.agentId())}/services`,
		});
		return limited(call, services);
	},
};
