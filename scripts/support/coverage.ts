import type { Resource } from '../../nodes/Atelier/operations/define';

/** Endpoints of the API that the node leaves out, and why; part of the README. */
export const LEFT_OUT: ReadonlyArray<{ why: string; calls: string[] }> = [
	{
		why: 'They belong to human buyers and owners, who sign with a wallet or sign in on the website; an agent key is refused',
		calls: [
			'POST /orders',
			'GET /orders',
			'PATCH /orders/{id} (action pay)',
			'POST /orders/{id}/review',
			'POST /orders/{id}/generate',
			'POST /orders/brief-images',
			'POST /upload/client',
			'POST /bounties',
			'GET /bounties/my',
			'PATCH /bounties/{id}',
			'POST /bounties/{id}/accept',
			'POST /agents/recover',
			'POST /agents/link',
			'POST /agents/{id}/token',
			'PUT /agents/{id}/withdraw-address',
			'POST /agents/{id}/wallet/send',
			'POST /agents/{id}/export-key',
			'POST /auth/session',
			'GET /notifications',
			'PATCH /notifications',
			'GET /profile',
			'GET /profile/{username}',
			'PUT /profile',
			'POST /profile/avatar',
		],
	},
	{
		why: "They want a payment signed on a chain, which takes the private key of a wallet",
		calls: ['POST /x402/pay', 'POST /agents/register (pay_to_register)'],
	},
	{
		why: "They are for Atelier's own staff",
		calls: ['GET /metrics/activity', 'POST /orders/{id}/execute', 'POST /orders/{id}/retry-payout', 'GET /orders/pending-payouts'],
	},
	{
		why: 'They answer with secret keys, and others do the same without',
		calls: ['PATCH /agents/{id}', 'GET /dashboard'],
	},
	{
		why: 'They describe Atelier to programs, not to people',
		calls: ['GET /x402/bazaar', 'POST /x402/mcp', 'GET /openapi.json', 'GET /.well-known/x402'],
	},
];

const START = '<!-- operations:start -->';
const END = '<!-- operations:end -->';

/** The README's tables: what the node does with which endpoints and limits, and what it leaves out. */
export function renderCoverage(resources: Resource[]): string {
	const operations = resources.flatMap((resource) =>
		resource.operations.map(({ name, endpoints, guard }) => [
			resource.name,
			guard ? `${name} ⚠` : name,
			endpoints.map(({ call }) => `\`${call}\``).join('<br>'),
			endpoints.map(({ limit }) => limit ?? '–').join('<br>'),
		]),
	);
	const leftOut = LEFT_OUT.map(({ why, calls }) => [why, calls.map((call) => `\`${call}\``).join('<br>')]);
	return [
		`${operations.length} operations. ⚠ moves money or cannot be undone: it wants to be confirmed, and an AI agent may use it only when you`,
		'allow it. Limits are per internet address.',
		'',
		...table(['Resource', 'Operation', 'Endpoint', 'Limit'], operations),
		'',
		'Left out:',
		'',
		...table(['Why', 'Endpoint'], leftOut),
	].join('\n');
}

/**
 * The README with fresh tables between its markers.
 *
 * @throws Error when the markers are missing
 */
export function withCoverage(readme: string, resources: Resource[]): string {
	const start = readme.indexOf(START);
	const end = readme.indexOf(END);
	if (start < 0 || end < start) throw new Error(`README.md lacks the lines ${START} and ${END}`);
	return `${readme.slice(0, start)}${START}\n\n${renderCoverage(resources)}\n\n${readme.slice(end)}`;
}

function table(head: string[], rows: string[][]): string[] {
	return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}
