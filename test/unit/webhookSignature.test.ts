import crypto, { createHmac } from 'node:crypto';
import fc from 'fast-check';

import { signatureFlaw } from '../../nodes/AtelierWebhookTrigger/signature';

const SECRET = `whsec_${'0123456789abcdef'.repeat(4)}`;
const NOW = 1_782_907_200;
const BODY = Buffer.from('{"event":"order.paid","order_id":"ord_1","data":{"status":"paid","service_title":"Élan — 🎨"}}');

/** A signature as the platform makes it. */
function sign(body: Uint8Array, { time = NOW, secret = SECRET }: { time?: number | string; secret?: string } = {}): string {
	return createHmac('sha256', secret).update(`${time}.`).update(body).digest('hex');
}

function check(header: unknown, { body = BODY, secret = SECRET, now = NOW * 1000 }: { body?: Uint8Array; secret?: string; now?: number } = {}) {
	return signatureFlaw(header, body, secret, now);
}

test('a signature over the very bytes is good', () => {
	expect(check(`t=${NOW},v1=${sign(BODY)}`)).toBeUndefined();
	expect(check(` v1=${sign(BODY).toUpperCase()} , t=${NOW} `)).toBeUndefined();
});

test('a known answer, computed with openssl', () => {
	// printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac whsec_test
	const header = 't=1700000000,v1=38877139021993b830af32feea6e18a8da83eb2f6e49ee50bd9e4cf4ca4d3789';
	const known = { body: Buffer.from('{"a":1}'), secret: 'whsec_test', now: 1_700_000_000_000 };
	expect(check(header, known)).toBeUndefined();
	expect(check(header, { ...known, body: Buffer.from('{"a": 1}') })).toBe('wrong');
});

test.each([
	['another body', `t=${NOW},v1=${sign(Buffer.from('{}'))}`],
	['another secret', `t=${NOW},v1=${sign(BODY, { secret: 'whsec_other' })}`],
	['the secret without its prefix', `t=${NOW},v1=${sign(BODY, { secret: SECRET.slice('whsec_'.length) })}`],
	['another time than the signed one', `t=${NOW + 1},v1=${sign(BODY)}`],
	['zeros', `t=${NOW},v1=${'0'.repeat(64)}`],
])('%s is wrong', (_, header) => {
	expect(check(header)).toBe('wrong');
});

test('one good signature among several is enough, wherever it stands', () => {
	const wrong = '0'.repeat(64);
	expect(check(`t=${NOW},v1=${wrong},v1=${sign(BODY)}`)).toBeUndefined();
	expect(check(`t=${NOW},v1=${sign(BODY)},v1=${wrong},v0=abc`)).toBeUndefined();
	expect(check(`t=${NOW},v1=${wrong},v1=${wrong}`)).toBe('wrong');
});

test.each([
	[-300, undefined],
	[-301, 'from the future'],
	[300, undefined],
	[301, 'too old'],
])('a signature %i s old', (age, flaw) => {
	const time = NOW - age;
	expect(check(`t=${time},v1=${sign(BODY, { time })}`)).toBe(flaw);
});

test.each([
	[undefined, 'missing'],
	['', 'missing'],
	[['t=1', 'v1=2'], 'missing'],
	['nonsense', 'unreadable'],
	[`v1=${sign(BODY)}`, 'unreadable'],
	[`t=,v1=${sign(BODY)}`, 'unreadable'],
	[`t=-5,v1=${sign(BODY, { time: '-5' })}`, 'unreadable'],
	[`t=${NOW},t=${NOW},v1=${sign(BODY)}`, 'unreadable'],
	[`t=${NOW}`, 'unreadable'],
	[`t=${NOW},v1=`, 'unreadable'],
	[`t=${NOW},v1=${sign(BODY).slice(0, 63)}`, 'unreadable'],
	[`t=${NOW},v1=${sign(BODY).slice(0, 62)}zz`, 'unreadable'],
	[`t=${NOW},v2=${sign(BODY)}`, 'unreadable'],
])('header %p is %s', (header, flaw) => {
	expect(check(header)).toBe(flaw);
});

test('without a secret nothing is good', () => {
	expect(check(`t=${NOW},v1=${sign(BODY, { secret: '' })}`, { secret: '' })).toBe('missing');
});

test('property: every signed body is good, and not with any one bit changed', () => {
	fc.assert(
		fc.property(fc.uint8Array({ minLength: 1 }), fc.string({ minLength: 1 }), fc.nat(), (body, secret, position) => {
			const header = `t=${NOW},v1=${sign(body, { secret })}`;
			expect(check(header, { body, secret })).toBeUndefined();
			const changed = Uint8Array.from(body);
			changed[(position >> 3) % body.length] ^= 1 << (position & 7);
			expect(check(header, { body: changed, secret })).toBe('wrong');
		}),
	);
});

test('every signature that could be one is compared in constant time, also after a good one', () => {
	const compare = jest.spyOn(crypto, 'timingSafeEqual');
	check(`t=${NOW},v1=${sign(BODY)},v1=${'0'.repeat(64)},v1=${'f'.repeat(64)}`);
	expect(compare).toHaveBeenCalledTimes(3);
	compare.mockRestore();
});

test('property: no header makes it fail', () => {
	fc.assert(fc.property(fc.oneof(fc.string(), fc.anything()), (header) => expect(check(header)).toBeDefined()));
});
