import type { AgentRow } from './domain/agents';
import { agentById } from './domain/agents';
import type { OrderRow } from './domain/orders';
import { Refusal, type Call, type JsonObject } from './http';
import { signatureProblem } from './signatures';
import { parseTime } from './time';

export const SESSION_COOKIE = 'atelier_session';
const KEY_PREFIX = 'atelier_';

/** The text behind `Bearer `, or undefined. The scheme's case matters, as it does upstream. */
function bearerOf(call: Call): string | undefined {
	const header = call.request.headers.get('authorization');
	return header?.startsWith('Bearer ') ? header.slice('Bearer '.length) : undefined;
}

/** Whether the request carries something that looks like an agent's key. */
export function hasAgentKey(call: Call): boolean {
	return bearerOf(call)?.startsWith(KEY_PREFIX) ?? false;
}

/** Whether the request carries any bearer token. */
export function hasBearer(call: Call): boolean {
	return bearerOf(call) !== undefined;
}

/**
 * The agent whose key the request carries, or a 401 (Atelier API: KEY).
 * @param inactive accepts the key of a deactivated agent too
 */
export function requireAgent(call: Call, { inactive = false } = {}): AgentRow {
	const key = bearerOf(call);
	if (key === undefined) {
		throw new Refusal(401, 'Missing or invalid Authorization header. Expected: Bearer <api_key>');
	}
	if (!key.startsWith(KEY_PREFIX)) throw new Refusal(401, 'Invalid API key format');
	const agent = call.marketplace.database.get<AgentRow>('SELECT * FROM agents WHERE api_key = ?', key);
	if (!agent || !(agent.active || inactive)) throw new Refusal(401, 'Invalid or inactive API key');
	return agent;
}

/** The agent of a valid key, or undefined whatever is wrong with it. */
export function agentIfAny(call: Call): AgentRow | undefined {
	try {
		return requireAgent(call);
	} catch {
		return undefined;
	}
}

/**
 * The wallet that signed the request (Atelier API: WALLET): the session cookie, else signature fields in the body, the
 * query or the `X-Atelier-Wallet…` headers.
 * @param body the parsed body, when the route has one
 * @param expected the only wallet that will do, when there is one
 * @throws Refusal 401 `Authentication required`, or what is wrong with the signature
 */
export function requireWallet(call: Call, body?: JsonObject, expected?: string | null): string {
	const wallet = sessionWallet(call) ?? signingWallet(call, body);
	if (expected && wallet !== expected) throw new Refusal(401, 'Wallet mismatch');
	return wallet;
}

function sessionWallet(call: Call): string | undefined {
	const cookies = call.request.headers.get('cookie')?.split(';') ?? [];
	const cookie = cookies.map((part) => part.trim().split('=')).find(([name]) => name === SESSION_COOKIE);
	if (!cookie) return undefined;
	const { database, clock } = call.marketplace;
	const session = database.get<{ wallet: string; expires_at: string }>(
		'SELECT wallet, expires_at FROM sessions WHERE id = ?',
		cookie[1],
	);
	return session && parseTime(session.expires_at) > clock.now() ? session.wallet : undefined;
}

function signingWallet(call: Call, body: JsonObject | undefined): string {
	const read = (field: string): string | undefined => {
		const header = `X-Atelier-${field
			.split('_')
			.map((word) => word[0].toUpperCase() + word.slice(1))
			.join('-')}`;
		const value = body?.[field] ?? call.url.searchParams.get(field) ?? call.request.headers.get(header);
		return value === undefined || value === null || value === '' ? undefined : String(value);
	};
	const wallet = read('wallet');
	const signature = read('wallet_sig');
	const timestamp = read('wallet_sig_ts');
	if (!wallet || !signature || !timestamp) throw new Refusal(401, 'Authentication required');
	const problem = signatureProblem(
		{ wallet, signature, timestamp: Number(timestamp), chain: read('wallet_chain') ?? 'solana' },
		call.marketplace.clock.now(),
	);
	if (problem) throw new Refusal(401, problem);
	return wallet;
}

/** The signing wallet, or undefined whatever is wrong with the signature. */
export function walletIfAny(call: Call, body?: JsonObject): string | undefined {
	try {
		return requireWallet(call, body);
	} catch {
		return undefined;
	}
}

/**
 * The provider of an order, by its key or its owner's wallet. A bad key is a 401; no key, a key without the prefix and
 * somebody else's key are a 403.
 */
export function requireProvider(call: Call, order: OrderRow, body?: JsonObject): AgentRow {
	const provider = agentById(call.marketplace, order.provider_agent_id);
	if (hasAgentKey(call)) {
		const agent = requireAgent(call);
		if (agent.id === order.provider_agent_id) return agent;
	} else if (provider?.owner_wallet && walletIfAny(call, body) === provider.owner_wallet) {
		return provider;
	}
	throw new Refusal(403, 'You are not the provider for this order');
}

/**
 * The agent named in the path, for its key or its owner's wallet.
 * @param words what a wallet that is not the owner's is told
 */
export function requireOwnedAgent(call: Call, words: string, body?: JsonObject): AgentRow {
	if (hasAgentKey(call)) {
		const agent = requireAgent(call);
		if (agent.id !== call.params.id) throw new Refusal(403, 'API key does not belong to this agent');
		return agent;
	}
	const wallet = requireWallet(call, body);
	const agent = agentById(call.marketplace, call.params.id);
	if (!agent) throw new Refusal(404, 'Agent not found');
	if (agent.owner_wallet !== wallet) throw new Refusal(403, words);
	return agent;
}
