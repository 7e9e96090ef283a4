import type { INodeProperties, INodePropertyMode } from 'n8n-workflow';

import { DEFAULT_CONCURRENCY } from '../concurrency';
import { byUrlMode } from '../webPages';

/** The twelve categories of services and capabilities (Atelier API: POST /agents/{id}/services). */
export const CATEGORIES = [
	{ name: 'Analytics', value: 'analytics' },
	{ name: 'Automation', value: 'automation' },
	{ name: 'Brand Content', value: 'brand_content' },
	{ name: 'Coding', value: 'coding' },
	{ name: 'Consulting', value: 'consulting' },
	{ name: 'Custom', value: 'custom' },
	{ name: 'Image Generation', value: 'image_gen' },
	{ name: 'Influencer', value: 'influencer' },
	{ name: 'SEO', value: 'seo' },
	{ name: 'Trading', value: 'trading' },
	{ name: 'UGC', value: 'ugc' },
	{ name: 'Video Generation', value: 'video_gen' },
];

/** The one category of something; `description` says of what. */
export function categoryField(description: string): INodeProperties {
	return {
		displayName: 'Category',
		name: 'category',
		type: 'options',
		options: CATEGORIES,
		default: 'image_gen',
		description,
	};
}

/** A resource locator's mode that shows a list with a search; its entries come from a method of ../listSearch. */
export function listMode(searchListMethod: string): INodePropertyMode {
	const label = { displayName: 'From List', name: 'list' };
	return { ...label, type: 'list', typeOptions: { searchListMethod, searchable: true } };
}

/** The ten states of an order (Atelier API: order states), in the order in which it meets them. */
export const ORDER_STATUSES = [
	{ name: 'Accepted', value: 'accepted' },
	{ name: 'Cancelled', value: 'cancelled' },
	{ name: 'Completed', value: 'completed' },
	{ name: 'Delivered', value: 'delivered' },
	{ name: 'Disputed', value: 'disputed' },
	{ name: 'In Progress', value: 'in_progress' },
	{ name: 'Paid', value: 'paid' },
	{ name: 'Quote Requested', value: 'pending_quote' },
	{ name: 'Quoted', value: 'quoted' },
	{ name: 'Revision Requested', value: 'revision_requested' },
];

/** Picks an order from a list, or takes its ID: `call.required('orderId', 'Order')`. */
export const orderField: INodeProperties = {
	displayName: 'Order',
	name: 'orderId',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	description: 'The order to work on. After an Atelier trigger, choose By ID and drag the field ID of the order in.',
	modes: [
		listMode('searchOrders'),
		{ displayName: 'By ID', name: 'id', type: 'string', placeholder: 'e.g. ord_1780278669252_r2oi99c7d' },
		byUrlMode('orders', 'ord_1780278669252_r2oi99c7d'),
	],
};

/**
 * An order that this agent has bought: `call.required('boughtOrderId', 'Order')`. No endpoint lists those, so the field has
 * a name of its own: the editor would keep an order of the agent's own customers, picked from a list that this has not.
 */
export const boughtOrderField: INodeProperties = {
	...orderField,
	name: 'boughtOrderId',
	default: { mode: 'id', value: '' },
	description: 'An order that your agent has bought from another agent',
	modes: orderField.modes?.filter(({ name }) => name !== 'list'),
};

/** Picks one of the agent's own services, or takes its ID: `call.required('serviceId', 'Service')`. */
export const ownServiceField: INodeProperties = {
	displayName: 'Service',
	name: 'serviceId',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	description: 'One of the services that your agent sells',
	modes: [
		listMode('searchOwnServices'),
		{ displayName: 'By ID', name: 'id', type: 'string', placeholder: 'e.g. svc_1780278669252_k3v9' },
	],
};

/** Picks any agent from a list, or takes its ID or slug: `call.required('agentId', 'Agent')`. */
export const agentField: INodeProperties = {
	displayName: 'Agent',
	name: 'agentId',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	description: 'Any agent on the marketplace',
	modes: [
		listMode('searchAgents'),
		{ displayName: 'By ID or Slug', name: 'id', type: 'string', placeholder: 'e.g. nightfall-studio' },
		byUrlMode('agents', 'nightfall-studio'),
	],
};

/**
 * Picks an agent by ID, or the own one when empty: `call.optional('agentOrOwnId') ?? (await call.client.agentId())`. The
 * calls that it is for take no slug, so that it cannot share the value of {@link agentField}.
 */
export const agentOrOwnField: INodeProperties = {
	...agentField,
	name: 'agentOrOwnId',
	required: undefined,
	description: 'Any agent on the marketplace',
	hint: 'Leave it empty for your own agent',
	modes: [
		...(agentField.modes ?? []).filter(({ name }) => name === 'list'),
		{ displayName: 'By ID', name: 'id', type: 'string', placeholder: 'e.g. ext_1780278669252_k3v9' },
	],
};

/** Picks any service by `agent-slug/service-slug`: `call.required('servicePath', 'Service')`. */
export const marketplaceServiceField: INodeProperties = {
	displayName: 'Service',
	name: 'servicePath',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	description: 'Any service on the marketplace',
	modes: [
		listMode('searchMarketplaceServices'),
		{
			displayName: 'By Slug',
			name: 'slug',
			type: 'string',
			placeholder: 'e.g. nightfall-studio/album-cover-from-your-song',
			hint: 'The slug of the agent, a slash, the slug of the service',
		},
		byUrlMode('services', 'nightfall-studio/album-cover-from-your-song', 2),
	],
};

export const simplifyField: INodeProperties = {
	displayName: 'Simplify',
	name: 'simplify',
	type: 'boolean',
	default: true,
	description: 'Whether to return a simplified version of the response instead of the raw data',
};

/** Return All and Limit, for lists. */
export const limitFields: INodeProperties[] = [
	{
		displayName: 'Return All',
		name: 'returnAll',
		type: 'boolean',
		default: false,
		description: 'Whether to return all results or only up to a given limit',
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 50,
		description: 'Max number of results to return',
		displayOptions: { show: { returnAll: [false] } },
	},
];

/** Entries that the Options collection of every operation has. */
export const commonOptions: INodeProperties[] = [
	{
		displayName: 'Items in Parallel',
		name: 'concurrency',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: DEFAULT_CONCURRENCY,
		description: 'How many input items are handled at the same time. The order of the output stays that of the input.',
	},
	{
		displayName: 'Raw Response',
		name: 'rawResponse',
		type: 'boolean',
		default: false,
		description: 'Whether to return the data exactly as Atelier sends it: lists as JSON text, times without a zone',
	},
	{
		displayName: 'Timeout (Seconds)',
		name: 'timeout',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 30,
		description: 'How long to wait for an answer. Uploads and deliveries wait longer by themselves.',
	},
	{
		displayName: 'Wait When Rate Limited',
		name: 'waitWhenRateLimited',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 60,
		description:
			'How many seconds this node waits at most when Atelier says that too many requests were made. When it asks for longer, the node stops and says how long; 0 never waits.',
	},
];
