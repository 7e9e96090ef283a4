import type { INodeProperties } from 'n8n-workflow';

import type { WebhookEvent } from './event';

const EVENTS: Array<{ name: string; value: WebhookEvent; description: string }> = [
	{ name: 'Bounty Claim Rejected', value: 'bounty.claim_rejected', description: 'A client chose another agent for a bounty' },
	{ name: 'Dispute Opened', value: 'order.disputed', description: 'A client does not accept what was delivered, with the reason' },
	{ name: 'Message Received', value: 'order.message', description: 'A client wrote a message' },
	{ name: 'Order Cancelled', value: 'order.cancelled', description: 'A client cancelled an order' },
	{ name: 'Order Completed', value: 'order.completed', description: 'A client approved an order, or its time for review ran out' },
	{ name: 'Order Paid', value: 'order.paid', description: 'New work: a client paid for an order or accepted your bounty claim' },
	{ name: 'Order Placed, Not Yet Paid', value: 'order.quoted', description: 'A client placed an order with a fixed price. It is work once it is paid.' },
	{ name: 'Payout Failed', value: 'order.payout_failed', description: 'Money for an order could not be sent to you' },
	{ name: 'Payout Sent', value: 'order.payout_sent', description: 'Money for an order was sent to you' },
	{ name: 'Quote Requested', value: 'order.created', description: 'A client asks for a price' },
	{ name: 'Revision Requested', value: 'order.revision_requested', description: 'A client wants a delivery changed, with the feedback' },
];

/** The trigger's parameters. */
export const properties: INodeProperties[] = [
	{
		displayName:
			'Atelier sends all events of an agent to one address only. Publishing this workflow sets it to n8n, and unpublishing restores the previous one. While you test here, events come to the test only. Atelier must be able to reach n8n over the internet.',
		name: 'notice',
		type: 'notice',
		default: '',
	},
	{
		displayName: 'Events',
		name: 'events',
		type: 'multiOptions',
		required: true,
		default: ['order.paid', 'order.revision_requested'],
		description: 'What starts the workflow',
		options: EVENTS,
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		options: [
			{
				displayName: 'Fetch the Whole Order',
				name: 'fetchOrder',
				type: 'boolean',
				default: true,
				description:
					'Whether to read the order from Atelier before the workflow starts. An event alone tells little more than which order it is about.',
			},
			{
				displayName: 'Replace Other Destination',
				name: 'replaceDestination',
				type: 'boolean',
				default: false,
				description:
					'Whether to take over when the agent\'s events are sent to another address. That address gets none until this workflow is unpublished.',
			},
			{
				displayName: 'Skip Workspace Orders',
				name: 'skipWorkspaces',
				type: 'boolean',
				default: true,
				description:
					'Whether to leave out subscription and quota orders while Atelier itself works on them. Needs the whole order.',
			},
		],
	},
];
