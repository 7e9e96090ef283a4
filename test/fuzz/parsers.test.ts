import FormData from 'form-data';
import fc from 'fast-check';

import { AtelierApi } from '../../credentials/AtelierApi.credentials';
import { byUrlMode, webPage } from '../../nodes/Atelier/webPages';
import { OperationCall } from '../../nodes/Atelier/operations/define';
import { listFromText, priceText, urlsFromText } from '../../nodes/Atelier/operations/values';
import { deliveryItem, fingerprint, meaningOf, orderFrom, readDelivery } from '../../nodes/AtelierWebhookTrigger/event';
import { isRepeat, readRecent, remember } from '../../nodes/AtelierWebhookTrigger/repeats';
import { signatureFlaw } from '../../nodes/AtelierWebhookTrigger/signature';
import { readState } from '../../nodes/AtelierTrigger/ledgerState';
import { decide } from '../../nodes/AtelierTrigger/orderLedger';
import type { LedgerOptions } from '../../nodes/AtelierTrigger/orderLedger';
import { pathPart } from '../../nodes/shared/client';
import { baseUrlObjection, DEFAULT_BASE_URL, normalizeBaseUrl } from '../../nodes/shared/credential';
import { mediaTypeOfUrl, mimeTypeOf, safeFileName, safeMimeType } from '../../nodes/shared/media';
import { clean } from '../../nodes/shared/wire';
import { TEST_KEY } from '../engine/support/credentials';
import { readMultipart } from '../engine/support/multipart';
import { SEED } from './support/explore';

// What reads strangers' texts, by itself: it never fails but in words, it is never kept busy, and what it says holds.

fc.configureGlobal({ seed: SEED, numRuns: 500 });

/** Any text: of all characters, halves of them, and what parsers care about. */
const text = fc.oneof(
	fc.string({ unit: 'binary' }),
	fc.string(),
	fc.array(fc.constantFrom('\ud800', '\udfff', '\0', '\r\n', '"', "'", '%', '%2e', '..', '/', '\\', '?', '#', '@', ':', '[', ']', ' ', ',', '=', ';', 'x', 'é', '猫', '\u202e'), { maxLength: 30 }).map((parts) => parts.join('')),
);

/** Texts that keep regular expressions busy which try every way to divide them. */
const LONG = 100_000;
const tiresome = ['/', ' ', ',', '.', '<', '\\', '"', '%', '=', ';', 'a/', ', ', '//', '[', ' .', 'v1=', '@', 'https://', '\t\n'].map((part) => part.repeat(LONG / part.length));

const quickly = <T>(run: () => T): T => {
	const started = performance.now();
	const result = run();
	expect(performance.now() - started).toBeLessThan(2000);
	return result;
};

const call = new OperationCall({ getNode: () => ({ name: 'Atelier', type: 'x', typeVersion: 1, parameters: {} }) } as never, {} as never, [0]);

test('texts without an end keep nothing busy', () => {
	for (const long of tiresome) {
		for (const whole of [long, `${long}x`, `x${long}`, `https://x/${long}y`]) {
			quickly(() => clean({ created_at: whole, capabilities: whole, requirement_answers: whole }));
			quickly(() => safeFileName(whole, 'image/png'));
			quickly(() => safeMimeType(mimeTypeOf(whole, whole)));
			quickly(() => mediaTypeOfUrl(whole));
			quickly(() => [listFromText(whole), urlsFromText(whole)]);
			quickly(() => baseUrlObjection(normalizeBaseUrl(whole)));
			quickly(() => signatureFlaw(whole, Buffer.from(whole), 'secret', Date.now()));
			quickly(() => readDelivery(Buffer.from(whole)));
			quickly(() => pathPart(whole));
		}
	}
});

test('a value of a user is one part of a path, whatever it is', () => {
	fc.assert(
		fc.property(text, (value) => {
			const url = new URL(`https://api.test/api/orders/${pathPart(value)}/messages`);
			expect(url.pathname.split('/')).toHaveLength(5);
			expect(url.pathname).toMatch(/^\/api\/orders\/[^/]*\/messages$/);
			expect([url.search, url.hash, url.origin]).toEqual(['', '', 'https://api.test']);
		}),
	);
});

test('the address of a page stays on the web app, and By URL finds in it what it was made from', () => {
	const slug = fc.stringMatching(/^[a-z0-9_-]{1,30}$/);
	fc.assert(
		fc.property(slug, slug, (agent, service) => {
			const { regex } = byUrlMode('services', 'a/b', 2).extractValue as { regex: string };
			expect(new RegExp(regex).exec(webPage(DEFAULT_BASE_URL, 'services', agent, service)!)?.[1]).toBe(`${agent}/${service}`);
		}),
	);
	fc.assert(
		fc.property(text.filter((value) => value !== ''), (slugOfAnybody) => {
			const page = webPage(DEFAULT_BASE_URL, 'agents', slugOfAnybody);
			expect(page).toMatch(/^https:\/\/app\.useatelier\.ai\/agents\/[^/?#\s]*$/);
			expect(webPage('https://elsewhere.test', 'agents', slugOfAnybody)).toBeUndefined();
		}),
	);
});

test('a key travels over https or on this machine, and to the origin of its base URL only', async () => {
	const address = fc.oneof(text, fc.webUrl(), fc.constantFrom('http://localhost.evil.test', 'http://127.0.0.1.evil.test/', 'http://127.0.0.1@evil.test', 'HTTPS://API.TEST', 'https:evil.test', 'ftp://localhost', 'http://[::1]/api', 'http://localhost:1/'));
	const { authenticate } = new AtelierApi();
	const sends = { yes: 0, no: 0 };
	await fc.assert(
		fc.asyncProperty(address, address, async (base, target) => {
			const headers = await authenticate({ apiKey: TEST_KEY, baseUrl: base }, { url: target, headers: {} }).then(
				(request) => request.headers,
				(error: Error) => {
					expect(error.message).not.toContain(TEST_KEY);
					return undefined;
				},
			);
			sends[headers ? 'yes' : 'no']++;
			if (!headers) return;
			const allowed = new URL(normalizeBaseUrl(base));
			expect(new URL(target).origin).toBe(allowed.origin);
			expect(allowed.protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(allowed.hostname)).toBe(true);
		}),
		{ numRuns: 2000 },
	);
	const same = await authenticate({ apiKey: TEST_KEY, baseUrl: 'https://API.test/api/' }, { url: 'https://api.test/api/agents/me' });
	expect(same.headers).toEqual({ Authorization: `Bearer ${TEST_KEY}` });
	expect(sends.no).toBeGreaterThan(100);
});

test('no name and type of a file says more in a form than they should', () => {
	fc.assert(
		fc.property(text, text, (name, type) => {
			const mimeType = safeMimeType(mimeTypeOf(type, name));
			const fileName = safeFileName(name, mimeType);
			expect(mimeType).toMatch(/^[a-z0-9][\w.+-]*\/[a-z0-9][\w.+-]*$/);
			const form = new FormData();
			form.append('file', Buffer.from('x'), { filename: fileName, contentType: mimeType });
			const parts = readMultipart(form.getBuffer(), form.getHeaders()['content-type']);
			expect(parts).toEqual([
				{ headers: [`Content-Disposition: form-data; name="file"; filename="${fileName}"`, `Content-Type: ${mimeType}`], content: Buffer.from('x') },
			]);
		}),
	);
});

test('a price is decimal text or is refused in words', () => {
	fc.assert(
		fc.property(fc.oneof(fc.anything(), fc.double(), text, fc.nat()), (value) => {
			try {
				expect(priceText(call, value, 'Price')).toMatch(/^\d+(\.\d+)?$/);
			} catch (error) {
				expect((error as Error).message).toMatch(/^"Price" is not a price: /);
			}
		}),
	);
});

test('web addresses in a text are found again, whatever stands between them', () => {
	const url = fc.webUrl({ withQueryParameters: true }).filter((address) => !/,/.test(address));
	const between = fc.stringMatching(/^[ \n]*(,[ \n]*|[ \n])$/);
	fc.assert(fc.property(fc.array(url, { minLength: 1, maxLength: 5 }), between, (urls, gap) => expect(urlsFromText(urls.join(gap))).toEqual(urls)));
});

test('any bytes are a webhook event or none, and one that is makes an item', () => {
	const body = fc.oneof(
		fc.uint8Array().map((bytes) => Buffer.from(bytes)),
		fc.json().map((json) => Buffer.from(json)),
		fc.record({ event: text, order_id: text, data: fc.oneof(fc.jsonValue(), fc.dictionary(text, fc.jsonValue())) }).map((event) => Buffer.from(JSON.stringify(event))),
	);
	fc.assert(
		fc.property(body, (bytes) => {
			const delivery = readDelivery(bytes);
			if (!delivery) return;
			const item = deliveryItem(delivery, undefined, orderFrom(delivery), false);
			expect(item.event).toBe(meaningOf(delivery));
			expect((item.order as { id: string }).id).toBe(delivery.orderId);
			expect(fingerprint(delivery)).toMatch(/^[\w-]{22}$/);
			expect(fingerprint(readDelivery(bytes)!)).toBe(fingerprint(delivery));
			expect(Object.getPrototypeOf(item.order)).toBe(Object.prototype);
		}),
	);
});

test('whatever n8n kept of recent events can be gone on with', () => {
	fc.assert(
		fc.property(fc.oneof(fc.anything(), fc.dictionary(text, fc.oneof(fc.double(), fc.anything()))), fc.nat(), (kept, now) => {
			const recent = remember(readRecent(kept), 'abc', now);
			expect(isRepeat(recent, 'order.paid', 'abc', now)).toBe(true);
			expect(Object.keys(recent).length).toBeLessThanOrEqual(200);
		}),
	);
	const many = Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`f${index}`, 1000 + index]));
	expect(Object.keys(quickly(() => remember(readRecent(many), 'abc', 2000)))).toHaveLength(200);
});

const OPTIONS: LedgerOptions = {
	events: ['order.paid', 'order.revision_requested', 'order.completed', 'order.stalled'],
	retryAfterMinutes: 60,
	maxAttempts: 3,
	batchSize: 20,
	emitWaitingAtStart: true,
	skipWorkspaces: true,
	serviceIds: [],
	minimumPriceUsd: 1,
	briefContains: 'a',
};

test('orders and memories of any kind lead to a decision, and to one that can be kept', () => {
	const order = fc.record(
		{
			id: fc.oneof(text, fc.constantFrom('__proto__', 'constructor', 'ord_1', 'x'.repeat(300))),
			status: fc.oneof(fc.constantFrom('paid', 'in_progress', 'completed', 'revision_requested', 'constructor', '__proto__', 'toString'), fc.anything()),
			brief: fc.anything(),
			quoted_price_usd: fc.anything(),
			revision_count: fc.oneof(fc.integer(), fc.anything()),
			created_at: fc.oneof(fc.constantFrom('2026-07-01 12:00:00', '275760-09-13T00:00:00.001Z', '-1'), fc.anything()),
			delivered_at: fc.oneof(fc.constantFrom('2026-07-01T12:00:00Z', ''), fc.anything()),
			workspace_expires_at: fc.anything(),
		},
		{ requiredKeys: ['id', 'status'] },
	);
	fc.assert(
		fc.property(fc.anything(), fc.array(fc.oneof({ weight: 5, arbitrary: order }, { weight: 1, arbitrary: fc.constantFrom(null, 5, 'x', [], {}) }), { maxLength: 15 }), fc.nat(), (kept, orders, now) => {
			const { state, emissions } = decide(readState(kept), orders as never, OPTIONS, now * 1000);
			expect(emissions.length).toBeLessThanOrEqual(20);
			for (const { order: emitted } of emissions) expect(['paid', 'in_progress', 'revision_requested', 'completed']).toContain(emitted.status);
			for (const entry of state.entries.values()) {
				const { revision, deliveredAt, attempts, at } = entry;
				expect([revision, deliveredAt, attempts, at].every((value) => Number.isSafeInteger(value) && value >= 0)).toBe(true);
			}
		}),
	);
});

test('a memory of 20,000 orders, or damaged anywhere, is read at once', () => {
	const entry = ['paid', 0, 0, 1, 1_782_907_200, 'emitted', 0];
	const stored = { version: 2, entries: [[entry, Array.from({ length: 20_000 }, (_, index) => `ord_${index}`)]], watched: ['order.paid'] };
	expect(quickly(() => readState(stored))?.entries.size).toBe(20_000);
	const text = JSON.stringify({ ...stored, entries: [[entry, ['ord_1', 'ord_2']]] });
	fc.assert(
		fc.property(fc.nat(text.length - 1), fc.string({ minLength: 1, maxLength: 3 }), (place, put) => {
			let damaged: unknown;
			try {
				damaged = JSON.parse(text.slice(0, place) + put + text.slice(place + put.length));
			} catch {
				return;
			}
			const state = readState(damaged);
			for (const value of state?.entries.values() ?? []) expect(value.at).toBeGreaterThanOrEqual(0);
		}),
	);
});
