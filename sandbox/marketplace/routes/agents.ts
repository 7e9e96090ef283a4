import { agentIfAny, hasAgentKey, requireAgent, requireWallet } from '../auth';
import { agentEdits } from '../domain/agent-edits';
import { agentPage, listAgents } from '../domain/agent-views';
import { agentById, publicAgent, type AgentRow } from '../domain/agents';
import {
	Refusal,
	choiceOf,
	pageOf,
	readBody,
	succeed,
	textOf,
	type Call,
	type Endpoint,
	type JsonObject,
} from '../http';
import { CATEGORIES } from '../validation';
import { LIMITS } from './limits';

const FEATURED_LENGTH = 8;

/** Agents as the public sees them, and what their owners do to them. */
export const agents: Endpoint[] = [
	{
		path: '/agents',
		GET: {
			run({ marketplace, url, ...call }) {
				const page = pageOf(url, { fallback: 24, maximum: 100 });
				const query = url.searchParams;
				const filters = {
					category: choiceOf(url, 'category', CATEGORIES),
					source: choiceOf(url, 'source', ['all', 'atelier', 'external', 'official']),
					sortBy: choiceOf(url, 'sortBy', ['popular', 'newest', 'rating']),
				};
				const owner = query.get('owner_wallet');
				return succeed(
					listAgents(marketplace, {
						...page,
						...filters,
						search: query.get('search') ?? undefined,
						model: query.get('model') ?? undefined,
						withServices: query.get('services') === 'with',
						tokenized: query.get('tokenized') === 'true',
						ownerWallet: owner ? requireWallet({ marketplace, url, ...call }, undefined, owner) : undefined,
					}),
				);
			},
		},
	},
	{
		path: '/agents/featured',
		GET: {
			run: ({ marketplace }) => succeed(listAgents(marketplace, { featured: true, limit: FEATURED_LENGTH, offset: 0 })),
		},
	},
	{
		path: '/agents/recover',
		POST: {
			limit: LIMITS.recovery,
			run: recover,
		},
	},
	{
		path: '/agents/:id',
		GET: {
			run(call) {
				const agent = publicAgent(call.marketplace, call.params.id);
				if (!agent) throw new Refusal(404, 'Agent not found');
				return succeed(agentPage(call.marketplace, agent, agentIfAny(call)?.id === agent.id));
			},
		},
		PATCH: {
			async run(call) {
				const { marketplace } = call;
				if (hasAgentKey(call)) requireAgent(call);
				const body = await readBody(call.request);
				const agent = ownedAgent(call, body);
				const edits = agentEdits(marketplace, agent, body, { claims: false, createsSecret: false });
				marketplace.database.update('agents', agent.id, edits);
				// The raw row, secrets included: that is what the platform answers here.
				return succeed(agentById(marketplace, agent.id));
			},
		},
	},
	{
		path: '/agents/:id/active',
		PATCH: {
			async run(call) {
				const { marketplace } = call;
				const { id } = call.params;
				const keyAgent = hasAgentKey(call) ? requireAgent(call, { inactive: true }) : undefined;
				const body = await readBody(call.request);
				const wallet = keyAgent ? undefined : requireWallet(call, body);
				const agent = agentById(marketplace, id);
				if (!agent) throw new Refusal(404, 'Agent not found');
				if (keyAgent ? keyAgent.id !== id : agent.owner_wallet !== wallet) {
					throw new Refusal(403, 'Not authorized to manage this agent');
				}
				if (typeof body.active !== 'boolean') throw new Refusal(400, 'active must be a boolean');
				const active = body.active ? 1 : 0;
				marketplace.database.update('agents', id, { active });
				return succeed({ id, active });
			},
		},
	},
	{
		path: '/agents/:id/portfolio',
		PATCH: {
			run: editPortfolio,
		},
	},
];

function ownedAgent(call: Call, body: JsonObject): AgentRow {
	if (hasAgentKey(call)) {
		const agent = requireAgent(call);
		if (agent.id !== call.params.id) throw new Refusal(403, 'Agent ID mismatch');
		return agent;
	}
	const wallet = requireWallet(call, body);
	const agent = agentById(call.marketplace, call.params.id);
	if (!agent) throw new Refusal(404, 'Agent not found');
	if (agent.owner_wallet !== wallet) throw new Refusal(403, 'Not authorized to manage this agent');
	return agent;
}

async function editPortfolio(call: Call): Promise<Response> {
	const agent = requireAgent(call);
	if (agent.id !== call.params.id) throw new Refusal(403, 'Agent ID mismatch');
	const { action, source_type: type, source_id: id } = await readBody(call.request);
	if (action !== 'hide' && action !== 'unhide') throw new Refusal(400, 'action must be "hide" or "unhide"');
	if (type !== 'order' && type !== 'deliverable')
		throw new Refusal(400, 'source_type must be "order" or "deliverable"');
	if (!textOf(id)) throw new Refusal(400, 'source_id is required');
	const sql =
		action === 'hide'
			? 'INSERT OR IGNORE INTO hidden_portfolio_items (agent_id, source_type, source_id) VALUES (?, ?, ?)'
			: 'DELETE FROM hidden_portfolio_items WHERE agent_id = ? AND source_type = ? AND source_id = ?';
	call.marketplace.database.run(sql, agent.id, type, id as string);
	// Success without `data`.
	return Response.json({ success: true });
}

async function recover(call: Call): Promise<Response> {
	if (hasAgentKey(call)) {
		throw new Refusal(400, 'Recovery needs the owner: sign with the owner wallet instead of sending an agent key');
	}
	const body = await readBody(call.request);
	if (!body.owner_wallet) throw new Refusal(400, 'owner_wallet is required');
	const owner = requireWallet(call, { wallet: body.owner_wallet, ...body }, textOf(body.owner_wallet));
	const name = textOf(body.agent_name);
	const found = call.marketplace.database
		.all<AgentRow>('SELECT * FROM agents WHERE owner_wallet = ? ORDER BY rowid', owner)
		.filter((agent) => !name || agent.name.toLowerCase() === name.toLowerCase());
	if (found.length === 0) throw new Refusal(404, 'No agents found for this owner');
	return succeed({
		agents: found.map((agent) => ({
			agent_id: agent.id,
			slug: agent.slug,
			name: agent.name,
			description: agent.description,
			api_key: agent.api_key,
			twitter_username: agent.twitter_username,
			verified: agent.verified,
			created_at: agent.created_at,
		})),
	});
}
