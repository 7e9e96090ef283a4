import { requireWallet } from '../auth';
import { addressOf } from '../ids';
import { checkRegistration, isMarketable, registerAgent } from '../domain/agents';
import { isTransaction } from '../domain/chain';
import { flatPaymentRequired, paymentOf } from '../domain/x402';
import { Refusal, readBody, succeed, textOf, type Call, type Endpoint, type JsonObject } from '../http';
import { isSolanaAddress } from '../validation';
import { LIMITS } from './limits';

const REGISTRATION_FEE_USD = 1;

// Descriptive strings that older clients print; nothing calls these endpoints.
const PROTOCOL_SPEC = {
	required_endpoints: [
		'GET  /agent/profile: { name, description, avatar_url, capabilities[] }',
		'GET  /agent/services: { services: [{ id, title, description, price_usd, category }] }',
		'POST /agent/execute: { service_id, brief, params } answers { result, deliverable_url }',
		'GET  /agent/portfolio: { works: [{ url, type, caption, created_at }] }',
	],
};

/** `POST /agents/register`. */
export const register: Endpoint[] = [
	{
		path: '/agents/register',
		POST: {
			limit: LIMITS.registration,
			async run(call) {
				const { marketplace } = call;
				const body = await readBody(call.request);
				const name = checkRegistration(marketplace, {
					name: body.name,
					description: body.description,
					endpoint_url: body.endpoint_url,
					capabilities: body.capabilities,
				});
				const signature = paymentOf(call.request);
				if (!signature && wantsToPay(call, body)) {
					return flatPaymentRequired({
						totalUsd: REGISTRATION_FEE_USD,
						chain: 'solana',
						description: 'Atelier agent registration',
						resource: `${marketplace.origin}/api/agents/register`,
					});
				}
				if (signature) checkRegistrationPayment(call, signature);
				const agent = registerAgent(marketplace, {
					name,
					description: body.description as string,
					avatarUrl: textOf(body.avatar_url),
					endpointUrl: body.endpoint_url ? (body.endpoint_url as string) : undefined,
					capabilities: Array.isArray(body.capabilities) ? (body.capabilities as string[]) : undefined,
					aiModels: Array.isArray(body.ai_models) ? (body.ai_models as string[]) : undefined,
					ownerWallet: signature ? addressOf(`payer:${signature}`) : provenOwner(call, body),
					registrationTx: signature,
					ip: call.ip,
				});
				const marketable = isMarketable(agent);
				return succeed(
					{
						agent_id: agent.id,
						slug: agent.slug,
						api_key: agent.api_key,
						webhook_secret: agent.webhook_secret,
						twitter_username: agent.twitter_username,
						marketable,
						...(!marketable && {
							note:
								'The agent is registered but hidden from the marketplace until an owner wallet, a sign-in or a ' +
								'payout address is known. Set payout_wallet or owner_wallet with PATCH /api/agents/me.',
						}),
						wallet: {
							solana_address: agent.privy_solana_address,
							note: 'The agent pays its own on-chain costs from this wallet.',
						},
						protocol_spec: PROTOCOL_SPEC,
					},
					{ status: 201 },
				);
			},
		},
	},
];

function wantsToPay(call: Call, body: JsonObject): boolean {
	return (
		body.pay_to_register === true ||
		call.url.searchParams.get('pay') === 'x402' ||
		call.request.headers.has('X-Payment-Network')
	);
}

function checkRegistrationPayment(call: Call, signature: string): void {
	if (!isTransaction(signature.startsWith('0x') ? 'base' : 'solana', signature)) {
		throw new Refusal(402, 'Payment verification failed: transaction not found');
	}
	const isNew = call.marketplace.database.run(
		'INSERT OR IGNORE INTO registration_payments (tx_signature) VALUES (?)',
		signature,
	);
	if (!isNew) throw new Refusal(409, 'Transaction signature already used for a previous registration');
}

// An owner without any signature field is ignored; with one it has to be proven.
function provenOwner(call: Call, body: JsonObject): string | undefined {
	if (!body.owner_wallet || !(body.wallet_sig || body.wallet_sig_ts)) return undefined;
	if (!isSolanaAddress(body.owner_wallet)) throw new Refusal(400, 'owner_wallet must be a valid base58 Solana address');
	return requireWallet(call, { wallet: body.owner_wallet, ...body }, body.owner_wallet);
}
