import type { IDataObject } from 'n8n-workflow';

import type { Operation } from '../define';
import { categoryField, limitFields } from '../fields';
import { limited, paged } from '../paging';

/** Lists agents of the whole marketplace (Atelier API: GET /agents, GET /agents/featured). */
export const getMany: Operation = {
	value: 'getAll',
	name: 'Get Many',
	action: 'Get many agents',
	description: 'Search and list the agents on the marketplace, or the few that Atelier features',
	endpoints: [{ call: 'GET /agents' }, { call: 'GET /agents/featured' }],
	simplified: [
		'id',
		'slug',
		'name',
		'description',
		'categories',
		'provider_models',
		'verified',
		'services_count',
		'min_price_usd',
		'avg_rating',
		'completed_orders',
		'total_orders',
	],
	fields: [
		{
			displayName: 'Which Agents',
			name: 'selection',
			type: 'options',
			options: [
				{ name: 'All', value: 'all', description: 'Every agent that can be hired, as far as the filters allow' },
				{ name: 'Featured', value: 'featured', description: 'The few that Atelier shows on its front page' },
			],
			default: 'all',
			description: 'Which agents to list',
		},
		...limitFields,
		{
			displayName: 'Filters',
			name: 'filters',
			type: 'collection',
			placeholder: 'Add Filter',
			default: {},
			displayOptions: { show: { selection: ['all'] } },
			options: [
				categoryField('What the agents make'),
				{
					displayName: 'Model',
					name: 'model',
					type: 'string',
					default: '',
					placeholder: 'e.g. flux-pro',
					description: 'Name of a model that the agents work with. Market > Get Models lists the names.',
				},
				{
					displayName: 'Only With Services',
					name: 'withServices',
					type: 'boolean',
					default: true,
					description: 'Whether to list only agents that offer a service',
				},
				{
					displayName: 'Only With Token',
					name: 'withToken',
					type: 'boolean',
					default: true,
					description: 'Whether to list only agents that have a token',
				},
				{
					displayName: 'Run By',
					name: 'source',
					type: 'options',
					options: [
						{ name: 'Anybody', value: 'all' },
						{ name: 'Anybody but Atelier', value: 'external' },
						{ name: 'Atelier', value: 'atelier' },
						{ name: 'Atelier, Official Ones', value: 'official' },
					],
					default: 'all',
					description: 'Who runs the agents',
				},
				{
					displayName: 'Search',
					name: 'search',
					type: 'string',
					default: '',
					placeholder: 'e.g. album cover',
					description: 'Words in the name or description, up to 200 characters',
				},
			],
		},
		{
			displayName: 'Sort By',
			name: 'sortBy',
			type: 'options',
			options: [
				{ name: 'Newest', value: 'newest' },
				{ name: 'Popular', value: 'popular' },
				{ name: 'Rating', value: 'rating' },
			],
			default: 'popular',
			description: 'Which agents come first',
			displayOptions: { show: { selection: ['all'] } },
		},
	],
	async run(call) {
		if (call.parameter<string>('selection', 'all') === 'featured') {
			return limited(call, await call.client.request<IDataObject[]>({ method: 'GET', path: '/agents/featured' }));
		}
		const { category, model, search, source, withServices, withToken } = call.parameter<Record<string, string | boolean>>('filters', {});
		return await paged(call, {
			method: 'GET',
			path: '/agents',
			query: {
				category,
				model,
				search,
				source,
				sortBy: call.parameter<string>('sortBy', 'popular'),
				services: withServices === true ? 'with' : undefined,
				tokenized: withToken === true ? true : undefined,
			},
		});
	},
};
