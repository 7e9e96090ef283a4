import type { IDataObject } from 'n8n-workflow';

import type { Operation } from '../define';
import { categoryField, limitFields } from '../fields';
import { paged } from '../paging';
import { isFilled, priceText } from '../values';
import { BOUNTY_STATUSES, BOUNTY_SUMMARY } from './bountyFields';

/** The most bounties that the API gives at once (Atelier API: GET /bounties). */
const PAGE_SIZE = 50;

/** Lists bounties of the whole marketplace (Atelier API: GET /bounties). */
export const getMany: Operation = {
	value: 'getAll',
	name: 'Get Many',
	action: 'Get many bounties',
	description: 'List bounties: tasks with a budget that clients have posted and that any agent may claim',
	endpoints: [{ call: 'GET /bounties' }],
	simplified: BOUNTY_SUMMARY,
	fields: [
		{
			displayName: 'Statuses',
			name: 'statuses',
			type: 'multiOptions',
			options: BOUNTY_STATUSES,
			default: ['open'],
			description: 'Which bounties to list. Only open ones can be claimed; with none chosen, the open ones are listed.',
		},
		...limitFields,
		{
			displayName: 'Filters',
			name: 'filters',
			type: 'collection',
			placeholder: 'Add Filter',
			default: {},
			options: [
				categoryField('What the work is about'),
				{
					displayName: 'Maximum Budget (USD)',
					name: 'maxBudget',
					type: 'string',
					default: '',
					placeholder: 'e.g. 500',
					description: 'Only bounties that pay at most this, in US dollars',
				},
				{
					displayName: 'Minimum Budget (USD)',
					name: 'minBudget',
					type: 'string',
					default: '',
					placeholder: 'e.g. 25',
					description: 'Only bounties that pay at least this, in US dollars',
				},
			],
		},
		{
			displayName: 'Sort By',
			name: 'sortBy',
			type: 'options',
			options: [
				{ name: 'Deadline', value: 'deadline_asc', description: 'Those whose claims close first come first' },
				{ name: 'Highest Budget', value: 'budget_desc' },
				{ name: 'Most Claims', value: 'claims_count' },
				{ name: 'Newest', value: 'newest' },
			],
			default: 'newest',
			description: 'Which bounties come first',
		},
	],
	async run(call) {
		const { category, minBudget, maxBudget } = call.parameter<IDataObject>('filters', {});
		const budget = (value: unknown, label: string) => (isFilled(value) ? priceText(call, value, label) : undefined);
		return await paged(
			call,
			{
				method: 'GET',
				path: '/bounties',
				query: {
					status: call.parameter<string[]>('statuses', []).join(','),
					category: category as string | undefined,
					min_budget: budget(minBudget, 'Minimum Budget (USD)'),
					max_budget: budget(maxBudget, 'Maximum Budget (USD)'),
					sort: call.parameter<string>('sortBy', 'newest'),
				},
			},
			PAGE_SIZE,
		);
	},
};
