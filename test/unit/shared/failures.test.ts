import fc from 'fast-check';

import { explainAnswer, explainConnection, readRetryAfter } from '../../../nodes/shared/failures';
import type { FailedAnswer } from '../../../nodes/shared/failures';

const answer = (status: number, text = '', headers: FailedAnswer['headers'] = {}): FailedAnswer => {
	let json: unknown;
	try {
		json = JSON.parse(text);
	} catch {
		json = undefined;
	}
	return { method: 'POST', path: '/orders/ord_1/deliver', status, headers, text, json };
};

describe('what an answer means', () => {
	it.each([
		['the longer message beside a short code', '{"error":"name_taken","message":"That name is taken."}', 'That name is taken.'],
		['the error', '{"error":" Order not found "}', 'Order not found'],
		['the message of an error object', '{"error":{"message":"No"}}', 'No'],
		['how to fund a wallet', '{"error":"Needs SOL.","data":{"how_to_fund":"Send 1 SOL to X."}}', 'Needs SOL. Send 1 SOL to X.'],
	])('is told in the words of %s', (_what, text, words) => {
		expect(explainAnswer(answer(400, text)).message).toBe(`Atelier answered 400: ${words}`);
	});

	it('keeps the whole JSON object for whoever needs more', () => {
		const body = { error: 'duplicate_agent', message: 'Exists.', existing_agent: { agent_id: 'ext_1' } };
		expect(explainAnswer(answer(409, JSON.stringify(body))).data).toEqual(body);
	});

	it.each([
		['a payment request without an envelope', 402, '{"version":"1","scheme":"exact"}', 'Put the needed amount into the wallet'],
		['a 401 without a body', 401, '', 'Check the API Key'],
		['a 413 of the host', 413, '<h1>Payload Too Large</h1>', 'The file is too big'],
		['a 500 with an empty object', 500, '{}', 'Try again later'],
	])('is told without words, too: %s', (_what, status, text, advice) => {
		const failure = explainAnswer(answer(status, text));
		expect(failure.message).toBe(`Atelier answered ${status} without a reason to POST /orders/ord_1/deliver`);
		expect(failure.description).toContain(advice);
	});

	it('leaves scripts, styles and tags of a page out', () => {
		const page = '<html><style>p{}</style><script>let a = "<b>";</script><body>\n<p>We are\n down.</p></body>';
		expect(explainAnswer(answer(503, page)).message).toMatch(/: "We are down\."$/);
	});

	it.each([
		['https://other.example/api/x?token=1#y', 'https://other.example/api/x'],
		['/api/orders', '/api/orders'],
	])('of a redirect names where it leads, without its query: %s', (location, shown) => {
		expect(explainAnswer(answer(308, '', { location })).message).toBe(
			`The Base URL leads elsewhere: the server answered 308 and points to ${shown}`,
		);
	});

	it('is always a sentence with advice and a code, whatever the answer', () => {
		const headers = fc.dictionary(fc.constantFrom('retry-after', 'x-ratelimit-reset', 'location'), fc.anything());
		const body = fc.oneof(fc.string(), fc.json(), fc.constantFrom('{"error":null}', '{"message":""}', '[]', 'null', '""'));
		fc.assert(
			fc.property(fc.integer({ min: 200, max: 599 }), body, headers, (status, text, sentHeaders) => {
				const failure = explainAnswer(answer(status, text, sentHeaders));
				expect(failure.message.length).toBeGreaterThan(10);
				expect(failure.message).not.toMatch(/undefined|\[object|NaN/);
				expect(failure.description).toMatch(/\.$/);
				expect(failure.httpCode).toBe(String(status));
				expect(failure.retryAfterSeconds === undefined).toBe(status !== 429);
			}),
		);
	});
});

test('a page without an end does not keep it busy', () => {
	for (const text of ['<script'.repeat(300_000), '<'.repeat(2_000_000), ' '.repeat(2_000_000), '<style>'.repeat(300_000)]) {
		const started = performance.now();
		explainAnswer(answer(502, text, {}));
		expect(performance.now() - started).toBeLessThan(1000);
	}
});

describe('how long a 429 asks to wait', () => {
	const now = Date.parse('2026-07-01T12:00:00Z');

	it.each([
		[{ 'retry-after': '120' }, 120],
		[{ 'retry-after': 5 }, 5],
		[{ 'retry-after': '0' }, 1],
		[{ 'retry-after': '-3' }, 1],
		[{ 'retry-after': '1.2' }, 2],
		[{ 'retry-after': '1e9' }, 86_400],
		[{ 'retry-after': 'Wed, 01 Jul 2099 12:00:00 GMT' }, 86_400],
		[{ 'retry-after': 'Wed, 01 Jul 2026 12:01:30 GMT' }, 90],
		[{ 'retry-after': 'Wed, 01 Jul 2026 11:00:00 GMT' }, 1],
		[{ 'x-ratelimit-reset': String(now / 1000 + 42) }, 42],
		[{ 'x-ratelimit-reset': String(now / 1000 - 42) }, 60],
		[{ 'retry-after': '', 'x-ratelimit-reset': String(now / 1000 + 42) }, 42],
		[{ 'retry-after': 'later' }, 60],
		[{}, 60],
	])('is read from %j', (headers, seconds) => {
		expect(readRetryAfter(headers, now)).toBe(seconds);
	});

	it('is a whole number of seconds, at least one, whatever the headers', () => {
		const value = fc.oneof(fc.anything(), fc.string(), fc.double().map(String), fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()));
		fc.assert(
			fc.property(value, value, (retryAfter, reset) => {
				const seconds = readRetryAfter({ 'retry-after': retryAfter, 'x-ratelimit-reset': reset }, now);
				expect(Number.isInteger(seconds) && seconds >= 1).toBe(true);
			}),
		);
	});
});

describe('no answer', () => {
	it.each([
		['ENOTFOUND', 'there is no such host'],
		['EAI_AGAIN', 'the name of the host could not be looked up'],
		['CERT_HAS_EXPIRED', "the server's certificate has expired"],
		['E_WHATEVER', 'the connection did not work'],
		[undefined, 'the connection did not work'],
	])('is explained by its code: %s', (code, reason) => {
		const failure = explainConnection('https://api.atelier.test', code);
		expect(failure.message).toBe(`Atelier could not be reached at https://api.atelier.test: ${reason}`);
		expect(failure.httpCode).toBe(code ?? 'NO_ANSWER');
	});
});
