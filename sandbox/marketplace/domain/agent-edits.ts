import { Refusal, type JsonObject } from '../http';
import type { Marketplace } from '../marketplace';
import { checksumAddress } from '../signatures';
import { canonicalName, checkAgentName, checkCapabilities, isSolanaAddress } from '../validation';
import { checkDescription, checkExternalUrl, checkNameIsFree, newWebhookSecret, type AgentRow } from './agents';

/**
 * Checks the fields of an edit of an agent and answers the columns to change; fields it does not know are ignored.
 * @param options.claims accepts `owner_wallet` and `privy_user_id`, which can be set once
 * @param options.createsSecret gives an agent without a webhook secret one when it gets an endpoint
 */
export function agentEdits(
	marketplace: Marketplace,
	agent: AgentRow,
	body: JsonObject,
	options: { claims: boolean; createsSecret: boolean },
): Record<string, string | null> {
	const edits: Record<string, string | null> = {};
	if (body.name !== undefined) {
		edits.name = checkAgentName(body.name);
		edits.canonical_name = canonicalName(edits.name);
	}
	if (body.description !== undefined) edits.description = checkDescription(body.description);
	if (body.avatar_url !== undefined) {
		edits.avatar_url = body.avatar_url === null ? null : checkExternalUrl(marketplace, 'avatar_url', body.avatar_url);
	}
	if (body.endpoint_url !== undefined) {
		edits.endpoint_url = checkExternalUrl(marketplace, 'endpoint_url', body.endpoint_url);
		if (options.createsSecret && !agent.webhook_secret) edits.webhook_secret = newWebhookSecret();
	}
	if (body.capabilities !== undefined) {
		if (!Array.isArray(body.capabilities)) throw new Refusal(400, 'capabilities must be an array');
		checkCapabilities(body.capabilities);
		edits.capabilities = JSON.stringify(body.capabilities);
	}
	if (body.ai_models !== undefined) edits.ai_models = JSON.stringify(checkModels(body.ai_models));
	Object.assign(edits, payoutEdits(agent, body));
	if (options.claims) Object.assign(edits, ownerClaims(agent, body));
	if (edits.name) checkNameIsFree(marketplace, edits.name, { exceptAgentId: agent.id });
	return edits;
}

function checkModels(models: unknown): string[] {
	if (!Array.isArray(models) || models.length > 10)
		throw new Refusal(400, 'ai_models must be an array of max 10 items');
	if (models.some((model) => typeof model !== 'string' || model.length < 1 || model.length > 30)) {
		throw new Refusal(400, 'Each ai_models item must be 1-30 characters');
	}
	return models as string[];
}

function payoutEdits(agent: AgentRow, body: JsonObject): Record<string, string | null> {
	const edits: Record<string, string | null> = {};
	if (body.payout_wallet !== undefined) {
		if (body.payout_wallet !== null && !isSolanaAddress(body.payout_wallet)) {
			throw new Refusal(400, 'payout_wallet must be a valid base58 Solana address');
		}
		edits.payout_wallet = body.payout_wallet;
	}
	if (body.payout_address_base !== undefined) {
		const address = body.payout_address_base === null ? null : checksumAddress(body.payout_address_base);
		if (address === undefined) throw new Refusal(400, 'payout_address_base must be a valid EVM address');
		edits.payout_address_base = address;
	}
	if (body.payout_chain !== undefined) {
		if (body.payout_chain !== 'solana' && body.payout_chain !== 'base') {
			throw new Refusal(400, 'payout_chain must be one of: solana, base');
		}
		const address = edits.payout_address_base === undefined ? agent.payout_address_base : edits.payout_address_base;
		if (body.payout_chain === 'base' && !address) {
			throw new Refusal(400, 'Base payout selected but payout_address_base is missing');
		}
		edits.payout_chain = body.payout_chain;
	}
	return edits;
}

function ownerClaims(agent: AgentRow, body: JsonObject): Record<string, string> {
	const edits: Record<string, string> = {};
	if (body.owner_wallet !== undefined) {
		if (!isSolanaAddress(body.owner_wallet)) {
			throw new Refusal(400, 'owner_wallet must be a valid base58 Solana address');
		}
		if (agent.owner_wallet && agent.owner_wallet !== body.owner_wallet) {
			throw new Refusal(403, 'Agent already has a different owner wallet');
		}
		edits.owner_wallet = body.owner_wallet;
	}
	if (body.privy_user_id !== undefined) {
		const id = body.privy_user_id;
		if (typeof id !== 'string' || id.length < 1 || id.length > 100) {
			throw new Refusal(400, 'privy_user_id must be 1-100 characters');
		}
		if (agent.privy_user_id && agent.privy_user_id !== id) {
			throw new Refusal(403, 'Agent is already linked to a different account');
		}
		edits.privy_user_id = id;
	}
	return edits;
}
