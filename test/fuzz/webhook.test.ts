import '../engine/support/engine';

import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import { speedUpTime } from '../engine/support/timeLapse';
import { WebhookWorkflow } from '../engine/support/webhook';
import type { WebhookOutcome } from '../engine/support/webhook';
import type { Exchange } from './support/corpus';
import { CASES, explore, SEED, TIME_FACTOR } from './support/explore';
import { ReplayServer } from './support/replay';
import type { Replayed } from './support/replay';
import { flawsOf, flawsOfError } from './support/verdict';

// Webhooks whose bytes, headers and times are wrong in every way, through n8n's own context for them: only the very bytes
// that were signed, by the right secret and of late, start a workflow.

const server = new ReplayServer();
const EVENTS = ['order.created', 'order.paid', 'order.revision_requested', 'order.disputed', 'order.message', 'order.completed', 'bounty.claim_rejected'];

const answer = (call: string, data: unknown): Exchange => ({ call, status: 200, type: 'application/json', body: { success: true, data } });

const order = { id: 'ord_1', status: 'paid', brief: 'A logo', reference_urls: '[]', created_at: '2026-07-01 11:00:00', revision_count: 0, workspace_expires_at: null };

const exchangesFor = (secret: string): Exchange[] => [
	answer('GET /api/agents/me', { id: 'ext_1', endpoint_url: null, webhook_secret: secret }),
	answer('GET /api/orders/ord_1', { order, review: null, deliverables: [], viewer_role: 'seller' }),
];

/** A trigger whose agent has a secret of its own. */
function trigger(replay: (exchanges: Exchange[]) => Replayed, options: IDataObject = {}): WebhookWorkflow {
	const workflow: WebhookWorkflow = new WebhookWorkflow({ parameters: { events: EVENTS, options } as never, baseUrl: 'unset' });
	Object.assign(workflow, { baseUrl: replay(exchangesFor(workflow.secret)).apiUrl });
	return workflow;
}

const PAID = { event: 'order.paid', order_id: 'ord_1', data: { status: 'paid', service_title: 'Élan — 🎨' } };

const now = () => Math.floor(Date.now() / 1000);

const hmac = (secret: string, time: number | string, body: Uint8Array) => createHmac('sha256', secret).update(`${time}.`).update(body).digest('hex');

/** Ways to get a signature wrong, from the one that would be right. */
const forgeries: Record<string, (secret: string, body: Buffer, extra: string) => unknown> = {
	'no header': () => null,
	'an empty header': () => '',
	'the header twice': (secret, body) => [`t=${now()},v1=${hmac(secret, now(), body)}`, `t=${now()},v1=${hmac(secret, now(), body)}`],
	'twice in one header': (secret, body) => `t=${now()},v1=${hmac(secret, now(), body)}, t=${now()},v1=${hmac(secret, now(), body)}`,
	'an object': (secret, body) => ({ t: now(), v1: hmac(secret, now(), body) }),
	'another secret': (_secret, body, extra) => `t=${now()},v1=${hmac(`whsec_${extra}`, now(), body)}`,
	'an empty secret': (_secret, body) => `t=${now()},v1=${hmac('', now(), body)}`,
	'the secret without its prefix': (secret, body) => `t=${now()},v1=${hmac(secret.slice(6), now(), body)}`,
	'another prefix': (secret, body) => `t=${now()},v0=${hmac(secret, now(), body)}`,
	'a prefix in capitals': (secret, body) => `T=${now()},V1=${hmac(secret, now(), body)}`,
	'sha256= as elsewhere': (_secret, body, extra) => `sha256=${hmac(extra || 'x', now(), body)}`,
	'no time': (secret, body) => `v1=${hmac(secret, now(), body)}`,
	'another time than the signed one': (secret, body) => `t=${now() + 1},v1=${hmac(secret, now(), body)}`,
	'too old': (secret, body) => `t=${now() - 400},v1=${hmac(secret, now() - 400, body)}`,
	'from the future': (secret, body) => `t=${now() + 400},v1=${hmac(secret, now() + 400, body)}`,
	'a time in milliseconds': (secret, body) => `t=${Date.now()},v1=${hmac(secret, Date.now(), body)}`,
	'a time with a sign': (secret, body) => `t=+${now()},v1=${hmac(secret, `+${now()}`, body)}`,
	'a time in other digits': (secret, body) => `t=١٧٨٢,v1=${hmac(secret, '١٧٨٢', body)}`,
	'a time without an end': (secret, body) => `t=${'9'.repeat(400)},v1=${hmac(secret, '9'.repeat(400), body)}`,
	'a signature cut short': (secret, body) => `t=${now()},v1=${hmac(secret, now(), body).slice(0, 62)}`,
	'a signature drawn out': (secret, body) => `t=${now()},v1=${hmac(secret, now(), body)}00`,
	'a signature in base64': (secret, body) => `t=${now()},v1=${Buffer.from(hmac(secret, now(), body), 'hex').toString('base64')}`,
	'a signature with letters that look alike': (secret, body) => `t=${now()},v1=${hmac(secret, now(), body).replace(/[a-f]/g, '\u0430')}`,
	'a signature of the body alone': (secret, body) => `t=${now()},v1=${createHmac('sha256', secret).update(body).digest('hex')}`,
	'a signature of nothing': (secret) => `t=${now()},v1=${hmac(secret, now(), Buffer.alloc(0))}`,
	'anything at all': (_secret, _body, extra) => extra,
	'anything after the name': (_secret, _body, extra) => `t=${now()},v1=${extra}`,
	'ten thousand wrong ones': () => `t=${now()},${'v1=00,'.repeat(10_000)}`,
};

const isRefused = ({ status, items, answer: said }: WebhookOutcome): boolean => {
	const words = said as { success?: boolean; error?: string } | undefined;
	return status === 401 && items === undefined && words?.success === false && /^The signature is [a-z ]+$/.test(words.error ?? '');
};

test.each(Object.keys(forgeries))('refuses %s', async (name) => {
	const extras = fc.sample(fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[0-9a-f]{64}$/)), { numRuns: 12, seed: SEED });
	const workflow = trigger((exchanges) => server.replay(exchanges));
	const body = Buffer.from(JSON.stringify(PAID));
	for (const extra of extras) {
		const outcome = await workflow.send(PAID, { signature: forgeries[name](workflow.secret, body, extra) as string });
		expect([name, outcome, isRefused(outcome)]).toEqual([name, outcome, true]);
	}
});

test('takes the very bytes that were signed, and refuses them with any change', async () => {
	const workflow = trigger((exchanges) => server.replay(exchanges));
	const plans = fc.sample(
		fc.record({
			content: fc.jsonValue({ stringUnit: 'binary' }),
			change: fc.oneof(
				fc.record({ kind: fc.constant('bit' as const), at: fc.nat() }),
				fc.record({ kind: fc.constantFrom('cut' as const, 'longer' as const, 'again' as const, 'spaced' as const, 'empty' as const), at: fc.nat() }),
			),
		}),
		{ numRuns: 150, seed: SEED },
	);
	for (const [index, { content, change }] of plans.entries()) {
		const event = { event: 'order.message', order_id: 'ord_1', data: { content, number: index } } as IDataObject;
		// Written with blanks, as no library would write it again.
		const sent = Buffer.from(JSON.stringify(event).replace('{', '{ '));
		const changed = { bit: flipped, cut, longer, again, spaced, empty: () => Buffer.alloc(0) }[change.kind](sent, change.at);
		const refused = await workflow.send(event, { signature: workflow.sign(sent), rawBody: changed });
		expect([change, isRefused(refused)]).toEqual([change, true]);
		const taken = await workflow.send(event, { signature: workflow.sign(sent), rawBody: sent });
		expect([taken.status, taken.items?.length]).toEqual([200, 1]);
		// Played back as recorded, it starts nothing once more.
		const replayed = await workflow.send(event, { signature: workflow.sign(sent), rawBody: sent });
		expect([replayed.status, replayed.items]).toEqual([200, undefined]);
	}
});

const flipped = (body: Buffer, at: number): Buffer => {
	const copy = Buffer.from(body);
	copy[(at >> 3) % body.length] ^= 1 << (at & 7);
	return copy;
};
const cut = (body: Buffer, at: number): Buffer => body.subarray(0, at % body.length);
const longer = (body: Buffer): Buffer => Buffer.concat([body, Buffer.from('\n')]);
/** Parsed and written again. */
const again = (body: Buffer): Buffer => Buffer.from(JSON.stringify(JSON.parse(body.toString())));
const spaced = (body: Buffer): Buffer => Buffer.concat([Buffer.from('\ufeff'), body]);

/** Bodies that are signed well but are no events, or strange ones: the platform's own mistakes. */
const signedBody = fc.oneof(
	fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
	fc.json({ stringUnit: 'binary' }).map((text) => Buffer.from(text)),
	fc
		.record({
			event: fc.oneof(fc.constantFrom(...EVENTS, '__proto__', 'constructor', 'order.'), fc.string()),
			order_id: fc.oneof(fc.constantFrom('ord_1', '../agents/me', '..', '\ud800', 'a/b', '?x=1#y', '%2e%2e'), fc.string({ unit: 'binary' })),
			data: fc.oneof(fc.constantFrom(null, [], 'x', { status: {} }, { feedback: [[]] }, { sender_name: null }), fc.dictionary(fc.string(), fc.jsonValue())),
		})
		.map((event) => Buffer.from(JSON.stringify(event))),
	fc.constantFrom('{"event":"order.message","order_id":"ord_1","data":{"__proto__":{"a":1},"content":"x"}}', `{"event":"order.message","order_id":"ord_1","data":{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`).map((text) => Buffer.from(text)),
);

/** How a webhook ended: an answer with items that are clean, a refusal, or an error of n8n's, which has it sent again. */
async function flawsOfSending(workflow: WebhookWorkflow, body: Buffer): Promise<string[]> {
	return await workflow.send({}, { signature: workflow.sign(body), rawBody: body }).then(
		({ status, items = [], answer: said }) => [
			...flawsOf(items.map((json) => ({ json, pairedItem: { item: 0 } })), undefined),
			// Of a secret that is read wrongly, no signature is good.
			...([200, 400, 401].includes(status) ? [] : [`status ${status}`]),
			...(items.length > 0 || said !== undefined ? [] : ['no answer']),
		],
		(error: unknown) => flawsOfError(error),
	);
}

test('a body that is signed well and strange ends cleanly', async () => {
	const bodies = fc.sample(signedBody, { numRuns: Math.ceil(CASES / 10), seed: SEED });
	const failures: object[] = [];
	for (const fetchOrder of [true, false]) {
		const workflow = trigger((exchanges) => server.replay(exchanges), { fetchOrder });
		for (const body of bodies) {
			const flaws = await flawsOfSending(workflow, body);
			if (flaws.length > 0) failures.push({ flaws, body: body.toString().slice(0, 300) });
		}
	}
	expect({ count: failures.length, first: failures.slice(0, 5) }).toEqual({ count: 0, first: [] });
	expect(server.trespasses).toEqual([]);
});

test(
	'an agent or order that is read wrongly ends cleanly',
	async () => {
		// Only here are answers waited for that do not come.
		const endTimeLapse = speedUpTime(TIME_FACTOR);
		await explore(server, {
			samples: [exchangesFor('SECRET')],
			cases: Math.ceil(CASES / 20),
			number: 300,
			run: async ({ apiUrl }) => {
				const workflow = new WebhookWorkflow({ parameters: { events: EVENTS } as never, baseUrl: apiUrl });
				Object.assign(workflow, { secret: 'SECRET' });
				return await flawsOfSending(workflow, Buffer.from(JSON.stringify(PAID)));
			},
		}).finally(endTimeLapse);
	},
	600_000,
);
