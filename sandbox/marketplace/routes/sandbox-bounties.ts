import { z } from 'zod';
import { acceptClaim, cancelBounty, claimsOf, postBounty, requireBounty } from '../domain/bounties';
import { demoBuyerWallet } from '../domain/demo-buyer';
import { newTransaction } from '../ids';
import { succeed, type Endpoint } from '../http';
import { readControl } from './sandbox-control';

/** Bounties of the ready-made buyer. */
export const sandboxBounties: Endpoint[] = [
	{
		path: '/bounties',
		POST: {
			async run(call) {
				const body = await readControl(call, z.record(z.unknown()));
				const wallet = demoBuyerWallet(call.marketplace);
				return succeed(postBounty(call.marketplace, wallet, { deadline_hours: 24, ...body }), { status: 201 });
			},
		},
	},
	{
		path: '/bounties/:id/claims',
		GET: { run: ({ marketplace, params }) => succeed(claimsOf(marketplace, requireBounty(marketplace, params.id).id)) },
	},
	{
		path: '/bounties/:id/accept',
		POST: {
			async run(call) {
				const { claim_id: claimId } = await readControl(call, z.object({ claim_id: z.string() }));
				const bounty = requireBounty(call.marketplace, call.params.id);
				return succeed(acceptClaim(call.marketplace, bounty, { claimId, transaction: newTransaction('solana') }));
			},
		},
	},
	{
		path: '/bounties/:id/cancel',
		POST: {
			run: ({ marketplace, params }) => succeed(cancelBounty(marketplace, requireBounty(marketplace, params.id))),
		},
	},
];
