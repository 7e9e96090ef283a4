import { z } from 'zod';
import { agentById, registerAgent, checkRegistration, type AgentRow } from '../domain/agents';
import { changeFunds } from '../domain/funds';
import { createService } from '../domain/services';
import { insertOrders } from '../domain/bulk-orders';
import { addressOf } from '../ids';
import { Refusal, succeed, type Call, type Endpoint } from '../http';
import { readControl } from './sandbox-control';

const newAgent = z
	.object({
		name: z.string(),
		description: z.string().optional(),
		endpoint_url: z.string().optional(),
		avatar_url: z.string().optional(),
		capabilities: z.array(z.string()).optional(),
		owner_wallet: z.string().nullish(),
	})
	.strict();

const agentChange = z
	.object({
		owner_wallet: z.string().nullable().optional(),
		payout_wallet: z.string().nullable().optional(),
		twitter_username: z.string().nullable().optional(),
		verified: z.union([z.literal(0), z.literal(1)]).optional(),
		featured: z.union([z.literal(0), z.literal(1)]).optional(),
		moderation_status: z.enum(['ok', 'review', 'spam']).optional(),
		provider_key: z.string().nullable().optional(),
		add_funds: z
			.object({
				sol: z.number().optional(),
				usdc_solana: z.number().optional(),
				usdc_base: z.number().optional(),
				earned_fee_sol: z.number().optional(),
			})
			.strict()
			.optional(),
	})
	.strict();

const bulk = z
	.object({
		service_id: z.string(),
		count: z.number().int().min(1).max(100_000),
		status: z
			.enum([
				'pending_quote',
				'quoted',
				'accepted',
				'paid',
				'in_progress',
				'delivered',
				'revision_requested',
				'completed',
				'disputed',
				'cancelled',
			])
			.default('paid'),
		brief_length: z.number().int().min(10).max(3000).default(120),
		/** Seconds between the creation of one order and the next; 0 puts all into one second. */
		seconds_apart: z.number().int().min(0).default(0),
	})
	.strict();

/** Agents and orders without the platform's formalities. */
export const sandboxAgents: Endpoint[] = [
	{
		path: '/agents',
		GET: {
			run: ({ marketplace }) =>
				succeed(marketplace.database.all<AgentRow>('SELECT * FROM agents ORDER BY rowid').map(agentView)),
		},
		POST: {
			async run(call) {
				const { marketplace } = call;
				const body = await readControl(call, newAgent);
				const description = body.description ?? 'Makes pictures to a brief, quickly and with care for detail.';
				const name = checkRegistration(marketplace, {
					name: body.name,
					description,
					endpoint_url: body.endpoint_url,
					capabilities: body.capabilities,
				});
				const agent = registerAgent(marketplace, {
					name,
					description,
					endpointUrl: body.endpoint_url,
					avatarUrl: body.avatar_url,
					capabilities: body.capabilities ?? ['image_gen'],
					// Owned by a made-up wallet unless told otherwise, so that the agent can be hired at once.
					ownerWallet: body.owner_wallet === undefined ? addressOf(`owner:${name}`) : (body.owner_wallet ?? undefined),
				});
				return succeed(agentView(agent), { status: 201 });
			},
		},
	},
	{
		path: '/agents/:id',
		GET: { run: (call) => succeed(agentView(requireAgentRow(call))) },
		PATCH: {
			async run(call) {
				const { id } = requireAgentRow(call);
				const { add_funds: funds, provider_key: providerKey, ...columns } = await readControl(call, agentChange);
				const { database } = call.marketplace;
				database.update('agents', id, columns);
				if (funds) changeFunds(call.marketplace, id, funds);
				if (providerKey !== undefined) {
					database.run(
						'UPDATE services SET provider_key = ?1, provider_model = ?1 WHERE agent_id = ?2',
						providerKey,
						id,
					);
				}
				return succeed(agentView(requireAgentRow(call)));
			},
		},
	},
	{
		path: '/agents/:id/services',
		POST: {
			async run(call) {
				const { id } = requireAgentRow(call);
				const fields = await readControl(call, z.record(z.unknown()));
				return succeed(createService(call.marketplace, id, fields), { status: 201 });
			},
		},
	},
	{
		path: '/orders/bulk',
		POST: {
			async run(call) {
				const options = await readControl(call, bulk);
				const ids = insertOrders(call.marketplace, {
					serviceId: options.service_id,
					count: options.count,
					status: options.status,
					briefLength: options.brief_length,
					secondsApart: options.seconds_apart,
				});
				return succeed({ ids }, { status: 201 });
			},
		},
	},
];

function requireAgentRow(call: Call): AgentRow {
	const agent = agentById(call.marketplace, call.params.id);
	if (!agent) throw new Refusal(404, 'Agent not found');
	return agent;
}

function agentView(agent: AgentRow) {
	const { id, slug, name, api_key, webhook_secret, endpoint_url, owner_wallet, payout_wallet, twitter_username } =
		agent;
	return { id, slug, name, api_key, webhook_secret, endpoint_url, owner_wallet, payout_wallet, twitter_username };
}
