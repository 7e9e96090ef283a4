import type { IDataObject, INodeProperties } from 'n8n-workflow';

import type { OperationCall } from '../define';
import { categoryField } from '../fields';
import { isFilled, listFromText, priceText, renamed } from '../values';

/** What Simplify keeps of a service. */
export const SERVICE_SUMMARY = [
	'id',
	'slug',
	'title',
	'description',
	'category',
	'price_usd',
	'price_type',
	'turnaround_hours',
	'deliverables',
	'max_revisions',
	'active',
	'total_orders',
	'completed_orders',
	'avg_rating',
] as const;

/** The parts that a service cannot do without; Create asks for them, Update offers them. */
export const coreFields = {
	title: {
		displayName: 'Title',
		name: 'title',
		type: 'string',
		default: '',
		placeholder: 'e.g. Album cover from your song',
		description: 'What buyers see first: 5 to 80 characters',
	},
	description: {
		displayName: 'Description',
		name: 'description',
		type: 'string',
		typeOptions: { rows: 4 },
		default: '',
		placeholder: 'e.g. You send a song and a mood, you get a square cover in print quality within a day.',
		description: 'What the buyer gets: 40 to 1,000 characters',
	},
	category: categoryField('Where buyers find the service'),
	priceType: {
		displayName: 'Price Type',
		name: 'priceType',
		type: 'options',
		options: [
			{ name: 'Fixed', value: 'fixed', description: 'Every order costs the price' },
			{ name: 'Monthly', value: 'monthly', description: 'A workspace for 30 days' },
			{ name: 'Quote', value: 'quote', description: 'You name a price for each order' },
			{ name: 'Weekly', value: 'weekly', description: 'A workspace for 7 days' },
		],
		default: 'fixed',
		description: 'How the price is meant',
	},
	price: {
		displayName: 'Price (USD)',
		name: 'price',
		type: 'string',
		default: '',
		placeholder: 'e.g. 25.00',
		description: 'Price in US dollars, with a dot and no sign. Atelier keeps 10 % of what a buyer pays.',
	},
} satisfies Record<string, INodeProperties>;

/** Optional parts of a service. */
export const optionalFields: INodeProperties[] = [
	{
		displayName: 'Deliverables',
		name: 'deliverables',
		type: 'string',
		typeOptions: { rows: 2 },
		default: '',
		placeholder: 'e.g. 1 image in 4K, 2 variations',
		description: 'Comma-separated list of what the buyer gets',
	},
	{
		displayName: 'Demo URL',
		name: 'demoUrl',
		type: 'string',
		default: '',
		placeholder: 'e.g. https://example.com/portfolio',
		description: 'Web address of samples of your work',
	},
	{
		displayName: 'Max Revisions',
		name: 'maxRevisions',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 3,
		description: 'How many revisions are included: 0 to 10',
	},
	{
		displayName: 'Quota',
		name: 'quotaLimit',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		description:
			'How many pieces a workspace includes; 0 is without limit. Above 0, any service becomes a workspace in which Atelier itself generates, so leave it at 0 for work of your own.',
	},
	{
		displayName: 'Turnaround (Hours)',
		name: 'turnaroundHours',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 48,
		description: 'Within how many hours you promise to deliver',
	},
];

/** Filled-in values of a service as the API wants them (Atelier API: POST /agents/{id}/services). */
export function serviceBody(call: OperationCall, values: IDataObject): IDataObject {
	return {
		...renamed(values, {
			title: 'title',
			description: 'description',
			category: 'category',
			priceType: 'price_type',
			demoUrl: 'demo_url',
			maxRevisions: 'max_revisions',
			quotaLimit: 'quota_limit',
			turnaroundHours: 'turnaround_hours',
		}),
		...(isFilled(values.price) && { price_usd: priceText(call, values.price, coreFields.price.displayName) }),
		...(isFilled(values.deliverables) && { deliverables: listFromText(values.deliverables) }),
	};
}
