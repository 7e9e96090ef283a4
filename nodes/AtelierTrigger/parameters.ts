import type { IDataObject, INodeProperties, IPollFunctions } from 'n8n-workflow';

import { inputError } from '../shared/errors';
import type { OrderEvent } from '../shared/orderEvents';

import type { LedgerOptions } from './orderLedger';

/** The trigger's parameters. A new list for each call: n8n adds to the one that it gets. */
export function buildProperties(): INodeProperties[] {
	return [
		{
			// n8n adds the visible Poll Times by itself, with every minute as its default, far more than Atelier's limit
			// allows. The default of a hidden parameter of the same name is what holds as long as nobody changes it.
			displayName: 'Poll Times Default',
			name: 'pollTimes',
			type: 'hidden',
			default: { item: [{ mode: 'everyX', value: 5, unit: 'minutes' }] },
		},
		{
			displayName: 'Events',
			name: 'events',
			type: 'multiOptions',
			required: true,
			default: ['order.paid', 'order.in_progress', 'order.revision_requested'],
			description: 'What starts the workflow. Orders that wait for you come again after a while, until you have done your part.',
			options: [
				{
					name: 'Dispute Opened',
					value: 'order.disputed',
					description: 'A client does not accept what was delivered. Deliver again or talk with the client.',
				},
				{ name: 'Order Cancelled', value: 'order.cancelled', description: 'A client cancelled an order' },
				{ name: 'Order Completed', value: 'order.completed', description: 'A client approved an order, or its time for review ran out' },
				{ name: 'Order Delivered', value: 'order.delivered', description: 'An order was delivered and the client looks at it' },
				{ name: 'Order In Progress', value: 'order.in_progress', description: 'Paid work that Atelier has already set in progress' },
				{ name: 'Order Paid', value: 'order.paid', description: 'New work: a client paid for an order or accepted your bounty claim' },
				{
					name: 'Order Stalled',
					value: 'order.stalled',
					description: 'An order came as often as Max Attempts allows and still waits: somebody should look at it',
				},
				{ name: 'Quote Requested', value: 'order.created', description: 'A client asks for a price' },
				{ name: 'Revision Requested', value: 'order.revision_requested', description: 'A client wants a delivery changed' },
			],
		},
		{
			displayName: 'Filters',
			name: 'filters',
			type: 'collection',
			placeholder: 'Add Filter',
			default: {},
			options: [
				{
					displayName: 'Brief Contains',
					name: 'briefContains',
					type: 'string',
					default: '',
					placeholder: 'e.g. logo',
					description: 'Only orders whose brief contains this text, in capital or small letters',
				},
				{
					displayName: 'Minimum Price (USD)',
					name: 'minimumPriceUsd',
					type: 'number',
					typeOptions: { minValue: 0, numberPrecision: 2 },
					default: 0,
					description: 'Only orders with at least this price. Orders that have no price yet come all the same.',
				},
				{
					displayName: 'Service Names or IDs',
					name: 'serviceIds',
					type: 'multiOptions',
					typeOptions: { loadOptionsMethod: 'getServices' },
					default: [],
					description:
						'Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
					hint: 'Only orders for these services. Won bounties belong to none.',
				},
			],
		},
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add Option',
			default: {},
			options: [
				{
					displayName: 'Batch Size',
					name: 'batchSize',
					type: 'number',
					typeOptions: { minValue: 1, maxValue: 1000 },
					default: 10,
					description: 'How many orders one execution gets at most, oldest first. The others come with the next polls.',
				},
				{
					displayName: 'First Activation',
					name: 'firstActivation',
					type: 'options',
					default: 'emitWaiting',
					description: 'What to do with orders that are already waiting when the workflow is published for the first time',
					options: [
						{ name: 'Start With Waiting Orders', value: 'emitWaiting', description: 'They are paid for, so they are done first' },
						{ name: 'Start From Now', value: 'startFromNow', description: 'They are left to you. Only what comes later starts the workflow.' },
					],
				},
				{
					displayName: 'Max Attempts',
					name: 'maxAttempts',
					type: 'number',
					typeOptions: { minValue: 1, maxValue: 100 },
					default: 3,
					description: 'How often an order that goes on waiting comes at most. The item says in "attempt" how often it has come.',
				},
				{
					displayName: 'Retry After (Minutes)',
					name: 'retryAfterMinutes',
					type: 'number',
					typeOptions: { minValue: 1 },
					default: 60,
					description:
						'An order that still waits so long after it came, comes again: its execution may have failed. Choose more than your workflow takes for an order.',
				},
				{
					displayName: 'Seconds Between Calls',
					name: 'minimumSeconds',
					type: 'number',
					typeOptions: { minValue: 1 },
					default: 120,
					description:
						'The least time between two looks at the orders, over all triggers with the same API key. Polls that come earlier are left out.',
					hint: 'Atelier allows about 30 calls an hour for looking, uploading and delivering together',
				},
				{
					displayName: 'Skip Workspace Orders',
					name: 'skipWorkspaces',
					type: 'boolean',
					default: true,
					description: 'Whether to leave out subscription and quota orders while Atelier itself works on them',
				},
			],
		},
	];
}

export interface TriggerParameters extends LedgerOptions {
	/** The least time between two calls, in seconds. */
	minimumSeconds: number;
}

/**
 * The node's parameters, with the defaults for what is not set.
 *
 * @throws NodeOperationError when no event is chosen or a number is none
 */
export function readParameters(context: IPollFunctions): TriggerParameters {
	const events = context.getNodeParameter('events') as OrderEvent[];
	if (!Array.isArray(events) || events.length === 0) {
		throw inputError(context.getNode(), 'Events is empty: choose at least one event that starts the workflow');
	}
	if (events.every((event) => event === 'order.stalled')) {
		throw inputError(
			context.getNode(),
			'Events has only Order Stalled, which tells of orders that this trigger handed out before: choose the events for those, too',
		);
	}
	const collection = (name: string): IDataObject => ({
		...defaultsOf(name),
		...(context.getNodeParameter(name, {}) as IDataObject),
	});
	const filters = collection('filters');
	const options = collection('options');
	const number = (label: string, value: unknown, least: number): number => {
		const result = value === '' || value === null ? Number.NaN : Number(value);
		if (Number.isFinite(result) && result >= least) return result;
		throw inputError(context.getNode(), `${label} is ${JSON.stringify(value)}: give a number from ${least} up`);
	};
	return {
		events,
		serviceIds: Array.isArray(filters.serviceIds) ? filters.serviceIds.map(String) : [],
		minimumPriceUsd: number('Minimum Price (USD)', filters.minimumPriceUsd, 0),
		briefContains: String(filters.briefContains ?? ''),
		batchSize: Math.floor(number('Batch Size', options.batchSize, 1)),
		maxAttempts: Math.floor(number('Max Attempts', options.maxAttempts, 1)),
		minimumSeconds: number('Seconds Between Calls', options.minimumSeconds, 1),
		retryAfterMinutes: number('Retry After (Minutes)', options.retryAfterMinutes, 1),
		skipWorkspaces: options.skipWorkspaces !== false,
		emitWaitingAtStart: options.firstActivation !== 'startFromNow',
	};
}

/** What holds for the fields of a collection that nobody added. */
function defaultsOf(collection: string): IDataObject {
	const fields = buildProperties().find(({ name }) => name === collection)?.options as INodeProperties[];
	return Object.fromEntries(fields.map(({ name, default: value }) => [name, value])) as IDataObject;
}
