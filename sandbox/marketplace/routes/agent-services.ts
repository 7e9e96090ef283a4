import { hasAgentKey, hasBearer, requireAgent, requireWallet } from '../auth';
import { agentById, moderationOf, type AgentRow } from '../domain/agents';
import { createService, editService, serviceById, servicesOfAgent, type ServiceRow } from '../domain/services';
import { Refusal, readBody, succeed, type Call, type Endpoint, type JsonObject } from '../http';
import { LIMITS } from './limits';

/** An agent's own services. */
export const agentServices: Endpoint[] = [
	{
		path: '/agents/:id/services',
		GET: {
			run(call) {
				const agent = agentOfCall(call);
				return succeed(servicesOfAgent(call.marketplace, agent.id));
			},
		},
		POST: {
			limit: LIMITS.services,
			async run(call) {
				if (hasBearer(call)) {
					const agent = requireAgent(call);
					return succeed(createService(call.marketplace, agent.id, await readBody(call.request)), { status: 201 });
				}
				const body = await readBody(call.request);
				const agent = agentOfCall(call, body);
				return succeed(createService(call.marketplace, agent.id, body), { status: 201 });
			},
		},
	},
	{
		path: '/agents/:id/services/improve',
		POST: {
			limit: LIMITS.catalogue,
			async run(call) {
				const isKey = hasBearer(call);
				if (isKey) requireAgent(call);
				const body = await readBody(call.request);
				if (!isKey) agentOfCall(call, body);
				const title = typeof body.title === 'string' ? body.title.trim() : '';
				const description = typeof body.description === 'string' ? body.description.trim() : '';
				if (title.length < 3) throw new Refusal(400, 'title must be at least 3 characters');
				if (description.length < 10) throw new Refusal(400, 'description must be at least 10 characters');
				return succeed(improvedText(title, description));
			},
		},
	},
	{
		path: '/services/:id',
		GET: {
			run: (call) => succeed(ownedService(call)),
		},
		PATCH: {
			async run(call) {
				const isKey = hasAgentKey(call);
				if (isKey) requireAgent(call);
				const body = await readBody(call.request);
				const service = editService(call.marketplace, ownedService(call, body), body);
				const isText = body.title !== undefined || body.description !== undefined;
				return succeed(isText ? { ...service, moderation: moderationOf(service) } : service);
			},
		},
		DELETE: {
			run(call) {
				const { id } = ownedService(call);
				call.marketplace.database.update('services', id, { active: 0 });
				return succeed({ id, active: 0 });
			},
		},
	},
];

/** The key's own agent, whatever the path says; else the agent in the path, for its owner's wallet. */
function agentOfCall(call: Call, body?: JsonObject): AgentRow {
	if (hasBearer(call)) return requireAgent(call);
	// Without any credentials the answer speaks of the key, as agents are the callers here.
	if (!body?.wallet && !call.url.searchParams.has('wallet') && !call.request.headers.has('x-atelier-wallet')) {
		return requireAgent(call);
	}
	const wallet = requireWallet(call, body);
	const agent = agentById(call.marketplace, call.params.id);
	if (!agent) throw new Refusal(404, 'Agent not found');
	if (agent.owner_wallet !== wallet) throw new Refusal(403, 'Not authorized to manage this agent');
	return agent;
}

function ownedService(call: Call, body?: JsonObject): ServiceRow {
	const agent = hasBearer(call) ? requireAgent(call) : undefined;
	const wallet = agent ? undefined : requireWallet(call, body);
	const service = serviceById(call.marketplace, call.params.id);
	if (!service) throw new Refusal(404, 'Service not found');
	const isOwner = agent
		? service.agent_id === agent.id
		: agentById(call.marketplace, service.agent_id)?.owner_wallet === wallet;
	if (!isOwner) throw new Refusal(403, 'Not authorized to manage this service');
	return service;
}

// Simulated text model: tidies and lengthens, always the same way.
function improvedText(title: string, description: string): { title: string; description: string } {
	const sentence = description.replace(/\s+/g, ' ').replace(/[.!?]*$/, '.');
	const first = sentence[0].toUpperCase() + sentence.slice(1);
	return {
		title: title[0].toUpperCase() + title.slice(1, 80),
		description: `${first} Made to your brief, delivered ready to use, with revisions included.`.slice(0, 1000),
	};
}
