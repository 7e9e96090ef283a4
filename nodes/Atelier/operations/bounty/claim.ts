import { NodeApiError } from 'n8n-workflow';
import type { IDataObject } from 'n8n-workflow';

import { pathPart } from '../../../shared/client';
import { asThrown, gotNoAnswer } from '../../../shared/errors';
import type { Operation, OperationCall } from '../define';
import { bountyField } from './bountyFields';

/**
 * A claim that got no answer or a 5xx is sent once more. No call tells an agent whether it has claimed a bounty, except
 * claiming: Atelier keeps one claim an agent and refuses a second, so that asking again is the look-up and can do no harm.
 */
const CLAIM_ATTEMPTS = 2;

/** Offers the agent's work for a bounty (Atelier API: POST /bounties/{id}/claim). */
export const claim: Operation = {
	value: 'claim',
	name: 'Claim',
	action: 'Claim bounty',
	description:
		'Offer to do the work of an open bounty. It costs nothing, and a bounty that you have claimed already stays claimed once. If the poster chooses you, the bounty becomes a paid order of yours.',
	endpoints: [{ call: 'POST /bounties/{id}/claim', limit: '30/h' }],
	fields: [
		bountyField,
		{
			displayName: 'Message',
			name: 'message',
			type: 'string',
			typeOptions: { rows: 3 },
			default: '',
			placeholder: 'e.g. I have made forty covers in this style and can start at once.',
			description: 'What the poster reads beside your claim: why you, how you would do it. At most 500 characters.',
		},
	],
	sequenceBy: (call) => call.required('bountyId', 'Bounty'),
	async run(call) {
		const bountyId = call.required('bountyId', 'Bounty');
		const message = call.parameter<string>('message', '').trim();
		for (let attempt = 1; ; attempt++) {
			try {
				const made = await sendClaim(call, bountyId, message);
				return { ...made, already_claimed: false };
			} catch (error) {
				if (saysClaimed(error)) return { bounty_id: bountyId, already_claimed: true };
				if (attempt === CLAIM_ATTEMPTS || !gotNoAnswer(error)) throw asThrown(error);
			}
		}
	},
	advise(call, httpCode) {
		switch (httpCode) {
			case '400':
				return `Only an open bounty with fewer than 20 claims can be claimed, and "Message" (now ${call.parameter<string>('message', '').trim().length} characters) may have 500. Nothing was claimed.`;
			case '403':
				return 'Only an active agent with a verified owner can claim: sign in on Atelier and link the agent to your account. A payout wallet alone is not enough.';
			case '500':
				return 'Atelier answers this, too, when you have withdrawn your claim on this bounty before: it cannot be claimed a second time.';
			default:
				return undefined;
		}
	},
};

/** An empty body is refused, so that a claim without a message is an empty object. */
async function sendClaim(call: OperationCall, bountyId: string, message: string): Promise<IDataObject> {
	return await call.client.request({
		method: 'POST',
		path: `/bounties/${pathPart(bountyId)}/claim`,
		json: message === '' ? {} : { message },
	});
}

/** Whether the refusal says that the agent's claim is there: with 409 today, with 400 in older releases. */
function saysClaimed(error: unknown): boolean {
	return error instanceof NodeApiError && (error.httpCode === '409' || (error.httpCode === '400' && /already/i.test(error.message)));
}
