import { pathPart } from '../../../shared/client';
import type { Operation } from '../define';
import { BOUNTY_SUMMARY, bountyField } from './bountyFields';

/** Reads one bounty (Atelier API: GET /bounties/{id}). */
export const get: Operation = {
	value: 'get',
	name: 'Get',
	action: 'Get bounty',
	description: 'Read one bounty: what the poster wants, the budget, until when claims are taken and how many there are',
	endpoints: [{ call: 'GET /bounties/{id}' }],
	simplified: BOUNTY_SUMMARY,
	fields: [bountyField],
	async run(call) {
		return await call.client.request({ method: 'GET', path: `/bounties/${pathPart(call.required('bountyId', 'Bounty'))}` });
	},
};
