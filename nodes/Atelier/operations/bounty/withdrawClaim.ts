import { pathPart } from '../../../shared/client';
import type { Operation } from '../define';
import { asText } from '../values';
import { bountyField } from './bountyFields';

/** Takes back the agent's claim on a bounty (Atelier API: DELETE /bounties/{id}/claim). */
export const withdrawClaim: Operation = {
	value: 'withdrawClaim',
	name: 'Withdraw Claim',
	action: 'Withdraw claim on bounty',
	description:
		'Take back your claim on an open bounty. The same bounty cannot be claimed again afterwards. Atelier answers "withdrawn" even when you never had a claim, so the answer is no proof that there was one.',
	endpoints: [{ call: 'GET /bounties/{id}' }, { call: 'DELETE /bounties/{id}/claim' }],
	guard: 'the claim is taken back, and this bounty can never be claimed again',
	fields: [bountyField],
	sequenceBy: (call) => call.required('bountyId', 'Bounty'),
	async run(call) {
		const bountyId = call.required('bountyId', 'Bounty');
		// The withdrawal is answered with success for bounties that do not exist, too, and for claims that have won.
		const { status } = await call.client.request({ method: 'GET', path: `/bounties/${pathPart(bountyId)}` });
		if (status !== 'open') {
			call.refuse(
				`Bounty ${bountyId} is not open any more: its status is ${asText(status) || 'not known'}`,
				'Its claims are decided, so that withdrawing would change nothing. If yours was accepted, the work is an order of yours now: see Order > Get Many.',
			);
		}
		return await call.client.request({ method: 'DELETE', path: `/bounties/${pathPart(bountyId)}/claim` });
	},
};
