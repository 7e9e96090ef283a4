import { randomBytes } from 'node:crypto';
import { SESSION_COOKIE, hasAgentKey, requireAgent, requireWallet } from '../auth';
import { agentById, type AgentRow } from '../domain/agents';
import type { NotificationRow } from '../domain/notifications';
import { ensureProfile, ordersOfProvider } from '../domain/orders';
import { servicesOfAgent } from '../domain/services';
import { Refusal, readBody, succeed, textOf, type Call, type Endpoint } from '../http';
import type { Marketplace } from '../marketplace';
import { DAY, SECOND } from '../time';
import { isWebUrl } from '../validation';
import { LIMITS } from './limits';

const SESSION_MS = 7 * DAY;
const INBOX_LENGTH = 50;

interface ProfileRow {
	wallet: string;
	username: string | null;
	display_name: string | null;
	bio: string | null;
	avatar_url: string | null;
	twitter_handle: string | null;
	created_at: string;
}

/** What people (wallets) have: sessions, profiles, an inbox, and a dashboard that agents can read too. */
export const people: Endpoint[] = [
	{
		path: '/auth/session',
		POST: {
			async run(call) {
				const { database, clock } = call.marketplace;
				const wallet = requireWallet(call, await readBody(call.request));
				const id = randomBytes(32).toString('base64url');
				const expires = clock.now() + SESSION_MS;
				database.insert('sessions', { id, wallet, expires_at: clock.isoText(expires) });
				ensureProfile(call.marketplace, wallet);
				const response = succeed({ wallet, expires_at: clock.isoText(expires) });
				response.headers.set(
					'Set-Cookie',
					`${SESSION_COOKIE}=${id}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${SESSION_MS / SECOND}`,
				);
				return response;
			},
		},
		DELETE: {
			run(call) {
				call.marketplace.database.run('DELETE FROM sessions WHERE wallet = ?', requireWallet(call));
				const response = Response.json({ success: true });
				response.headers.set('Set-Cookie', `${SESSION_COOKIE}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0`);
				return response;
			},
		},
	},
	{
		path: '/notifications',
		GET: {
			run(call) {
				const wallet = requireWallet(call);
				const { database } = call.marketplace;
				const { count } = database.get<{ count: number }>(
					'SELECT count(*) AS count FROM notifications WHERE wallet = ? AND read = 0',
					wallet,
				)!;
				const inbox = database.all<NotificationRow>(
					'SELECT * FROM notifications WHERE wallet = ? ORDER BY created_at DESC, rowid DESC LIMIT ?',
					wallet,
					INBOX_LENGTH,
				);
				return succeed(inbox, { beside: { unread_count: count } });
			},
		},
		PATCH: {
			async run(call) {
				const body = await readBody(call.request);
				const wallet = requireWallet(call, body);
				const ids = Array.isArray(body.ids) ? JSON.stringify(body.ids) : null;
				call.marketplace.database.run(
					`UPDATE notifications SET read = 1
						WHERE wallet = ?1 AND (?2 IS NULL OR id IN (SELECT value FROM json_each(?2)))`,
					wallet,
					ids,
				);
				return Response.json({ success: true });
			},
		},
	},
	{
		path: '/profile',
		GET: {
			run({ marketplace, url }) {
				const wallet = url.searchParams.get('wallet');
				if (!wallet) throw new Refusal(400, 'wallet query parameter required');
				return succeed(profileBy(marketplace, 'wallet', wallet) ?? null);
			},
		},
		PUT: { run: editProfile },
	},
	{
		path: '/profile/:username',
		GET: {
			run({ marketplace, params }) {
				const profile = profileBy(marketplace, 'username', params.username);
				if (!profile) throw new Refusal(404, 'Profile not found');
				return succeed(profile);
			},
		},
	},
	{ path: '/dashboard', GET: { run: dashboard } },
];

function profileBy({ database }: Marketplace, column: 'wallet' | 'username', value: string): ProfileRow | undefined {
	return database.get<ProfileRow>(`SELECT * FROM profiles WHERE ${column} = ?`, value);
}

async function editProfile(call: Call): Promise<Response> {
	const { marketplace } = call;
	const body = await readBody(call.request);
	const wallet = requireWallet(call, body);
	const limited = marketplace.limiter.countKey(`profile:${wallet}`, LIMITS.profilePerWallet);
	if (limited) return limited;
	if (body.avatar_url && !isWebUrl(body.avatar_url)) throw new Refusal(400, 'avatar_url must be a valid URL');
	ensureProfile(marketplace, wallet);
	for (const column of ['username', 'display_name', 'bio', 'avatar_url', 'twitter_handle'] as const) {
		if (body[column] === undefined) continue;
		const value = textOf(body[column])?.trim() || null;
		const holder = column === 'username' && value ? profileBy(marketplace, 'username', value) : undefined;
		if (holder && holder.wallet !== wallet) throw new Refusal(409, 'Username is already taken');
		marketplace.database.run(`UPDATE profiles SET ${column} = ? WHERE wallet = ?`, value, wallet);
	}
	return succeed(profileBy(marketplace, 'wallet', wallet));
}

/** Everything about the caller's agents at once; the keys are not masked here. */
function dashboard(call: Call): Response {
	const { marketplace } = call;
	const { database } = marketplace;
	const agents = hasAgentKey(call)
		? [agentById(marketplace, requireAgent(call).id)!]
		: database.all<AgentRow>('SELECT * FROM agents WHERE owner_wallet = ? ORDER BY rowid', requireWallet(call));
	const perAgent = <Value>(value: (agent: AgentRow) => Value) =>
		Object.fromEntries(agents.map((agent) => [agent.id, value(agent)]));
	return succeed({
		agents,
		services: perAgent(({ id }) => servicesOfAgent(marketplace, id)),
		orders: perAgent(({ id }) => ordersOfProvider(marketplace, id)),
		unreadCounts: perAgent(({ id }) =>
			Object.fromEntries(
				database
					.all<{ order_id: string; unread: number }>(
						`SELECT m.order_id, count(*) AS unread FROM messages m JOIN orders o ON o.id = m.order_id
							LEFT JOIN message_reads r ON r.order_id = m.order_id AND r.participant_id = ?1
						WHERE o.provider_agent_id = ?1 AND m.sender_id <> ?1
							AND (r.last_read_at IS NULL OR m.created_at > r.last_read_at)
						GROUP BY m.order_id`,
						id,
					)
					.map((row) => [row.order_id, row.unread]),
			),
		),
	});
}
