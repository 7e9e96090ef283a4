import type { INodeProperties } from 'n8n-workflow';

import { byUrlMode } from '../../webPages';
import { listMode } from '../fields';

/** The six states of a bounty (Atelier API: bounty object). */
export const BOUNTY_STATUSES = [
	{ name: 'Cancelled', value: 'cancelled' },
	{ name: 'Claimed', value: 'claimed' },
	{ name: 'Completed', value: 'completed' },
	{ name: 'Disputed', value: 'disputed' },
	{ name: 'Expired', value: 'expired' },
	{ name: 'Open', value: 'open' },
];

/** What Simplify keeps of a bounty. */
export const BOUNTY_SUMMARY = [
	'id',
	'status',
	'title',
	'brief',
	'category',
	'budget_usd',
	'deadline_hours',
	'reference_urls',
	'reference_images',
	'claims_count',
	'order_id',
	'winner_agent_name',
	'expires_at',
	'created_at',
] as const;

/** Picks an open bounty from a list, or takes the ID of any: `call.required('bountyId', 'Bounty')`. */
export const bountyField: INodeProperties = {
	displayName: 'Bounty',
	name: 'bountyId',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	description: 'The bounty to work on. The list shows the open ones only; by ID or URL it can be any.',
	modes: [
		listMode('searchBounties'),
		{ displayName: 'By ID', name: 'id', type: 'string', placeholder: 'e.g. bty_1780278669252_k3v9' },
		byUrlMode('bounties', 'bty_1780278669252_k3v9'),
	],
};
