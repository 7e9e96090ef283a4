import { gzipSync } from 'node:zlib';
import fc from 'fast-check';

import type { Exchange } from './corpus';

/** An answer as it goes over the wire. */
export interface WireAnswer {
	status: number;
	headers: Record<string, string | string[]>;
	body: Buffer;
	/** Whether the connection breaks off where the body ends, before the length that was announced. */
	breaksOff?: boolean;
}

/** What is done to one answer. Everything in it is a number or a plain value, so that a failing case can be printed and repeated. */
export interface Mutation {
	edits: Edit[];
	damage: Damage | undefined;
}

/** A change in the structure of the answer's JSON. */
interface Edit {
	/** Which of all values in the JSON; taken modulo their number. */
	where: number;
	kind: (typeof EDITS)[number];
	value: unknown;
	key: string;
}

/** A change of the answer on the wire. */
interface Damage {
	kind: keyof typeof DAMAGES;
	/** A place or an amount, 0 to 1. */
	amount: number;
	bytes: Uint8Array;
}

/** Names that mean something to JavaScript or to n8n. */
const KEYS = [
	...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'length', 'then', 'toJSON', 'valueOf'],
	...['error', 'json', 'binary', 'pairedItem', 'data', 'success', 'id', 'status', 'url', '', '0', ' ', '\ud800', 'a.b', '$json'],
];

const VALUES: unknown[] = [
	...[null, true, false, 0, -0, -1, 1.5, 1e308, Number.MAX_SAFE_INTEGER + 2],
	...['', ' ', '\u0000', '\r\nX-Injected: 1', '\ud800', 'x\udfff', '\u202egnp.exe', '\ufeff{}', '{{ $env }}', '={{ 1 }}'],
	...['nan', 'Infinity', '-0', '1e999', '9'.repeat(400), '0x10', '12,50', '[]', '{}', '[1', 'null', '"x"', '[null]', '[[],{}]', '["a",{"b":1}]'],
	...['2026-13-45 99:99:99', '0000-00-00 00:00:00', '2026-07-01T12:00:00+99:99', '9999-12-31 23:59:60', '2026-07-01 12:00', 'yesterday'],
	...['<script>alert(1)</script>', '<html><body><h1>502 Bad Gateway</h1>', '<!--', '&lt;b&gt;', '%00', '%E0%A4', '../../../etc/passwd'],
	...['https://[::1', 'http://169.254.169.254/latest', 'http://[::ffff:10.0.0.1]/', 'file:///etc/passwd', 'javascript:alert(1)', 'http://a@127.0.0.2/', '//x'],
	...['paid', 'delivered', 'open', 'completed', 'pending_quote', 'Paid', 'constructor', '__proto__'],
	...[[], {}, [[]], [{}], [null], [[[[]]]], { length: 5 }, { length: -1, 0: 'x' }, { message: 'inner' }, { error: 'inner' }],
	'long '.repeat(40_000),
	Array.from({ length: 300 }, (_, index) => index),
	Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`field_${index}`, index])),
];

const EDITS = ['drop', 'rename', 'add', 'replace', 'wrap', 'unwrap', 'toText', 'fromText', 'toObject', 'repeat', 'nest'] as const;

/** How deep `nest` buries a value: what real answers never are, what other code still bears, and what no code bears. */
const DEPTHS = [60, 800, 20_000];

const PAGE = '<!DOCTYPE html><html><head><title>Just a moment...</title><style>b{}</style></head><body>Checking your browser</body></html>';

/** Where redirects lead: nothing may come there. */
export const TRAP = '/trap';

const json = { 'content-type': 'application/json' };

const DAMAGES = {
	truncated: (answer, { amount }) => ({ ...answer, body: answer.body.subarray(0, Math.floor(amount * answer.body.length)) }),
	brokenOff: (answer, { amount }) => ({
		...answer,
		headers: { ...answer.headers, 'content-length': String(answer.body.length) },
		body: answer.body.subarray(0, Math.floor(amount * answer.body.length)),
		breaksOff: true,
	}),
	garbled: (answer, { amount, bytes }) => {
		const place = Math.floor(amount * answer.body.length);
		return { ...answer, body: Buffer.concat([answer.body.subarray(0, place), bytes, answer.body.subarray(place + bytes.length)]) };
	},
	byteOrderMark: (answer) => ({ ...answer, body: Buffer.concat([Buffer.from('\ufeff'), answer.body]) }),
	utf16: (answer) => ({ ...answer, headers: { 'content-type': 'application/json; charset=utf-16le' }, body: Buffer.from(answer.body.toString(), 'utf16le') }),
	latin1: (answer) => ({ ...answer, headers: { 'content-type': 'application/json; charset=iso-8859-1' }, body: Buffer.from(`${answer.body.toString()}é`, 'latin1') }),
	page: (_answer, { amount }) => ({ status: [200, 403, 500, 502, 503][Math.floor(amount * 5)], headers: { 'content-type': 'text/html' }, body: Buffer.from(PAGE) }),
	status: (answer, { amount }) => ({ ...answer, status: [201, 204, 206, 400, 401, 402, 403, 404, 405, 409, 413, 418, 422, 429, 500, 503, 599][Math.floor(amount * 17)] }),
	type: (answer, { amount }) => ({ ...answer, headers: { 'content-type': ['text/plain', 'text/html; charset="', '', 'image/png', 'application/json; charset=none', '\x7f/\xe9'][Math.floor(amount * 6)] } }),
	redirect: (_answer, { amount }) => ({
		status: [301, 302, 303, 307, 308, 300, 304][Math.floor(amount * 7)],
		headers: { location: [TRAP, `http://localhost:1${TRAP}`, 'http://[', '', 'javascript:alert(1)'][Math.floor(amount * 100) % 5] },
		body: Buffer.alloc(0),
	}),
	gzipClaimed: (answer) => ({ ...answer, headers: { ...answer.headers, 'content-encoding': 'gzip' } }),
	gzip: (answer) => ({ ...answer, headers: { ...answer.headers, 'content-encoding': 'gzip' }, body: gzipSync(answer.body) }),
	gzipCut: (answer, { amount }) => {
		const body = gzipSync(answer.body);
		return { ...answer, headers: { ...answer.headers, 'content-encoding': 'gzip' }, body: body.subarray(0, Math.floor(amount * body.length)) };
	},
	body: (answer, { amount }) => {
		const bodies = ['', 'null', '0', '"text"', '[]', '{}', '[{}]', '{"success":true}', '{"success":true,"data":null}', '{"data":[]}', '{"success":"yes","data":{}}', '\n'];
		return { ...answer, headers: json, body: Buffer.from(bodies[Math.floor(amount * bodies.length)]) };
	},
	refusal: (answer, { amount }) => {
		const errors = ['', null, 'No.', 'No. '.repeat(20_000), '<b>No</b>', { message: 'No' }, ['No'], 5, '\u0000\u001b[31mNo\r\n', '\ud800'];
		const error = errors[Math.floor(amount * errors.length)];
		const whole = amount > 0.5 ? { data: { how_to_fund: error, webhook_secret: 'whsec_0123456789abcdef' } } : {};
		return { ...answer, headers: json, body: Buffer.from(JSON.stringify({ success: false, error, ...whole })) };
	},
	textInText: (answer) => ({ ...answer, body: Buffer.from(JSON.stringify(answer.body.toString())) }),
	listed: (answer) => ({ ...answer, body: Buffer.concat([Buffer.from('['), answer.body, Buffer.from(']')]) }),
	infinite: (answer) => ({ ...answer, body: Buffer.from(answer.body.toString('latin1').replace(/: ?-?\d+(\.\d+)?(?=[,}])/g, ':1e999'), 'latin1') }),
	twice: (answer) => ({ ...answer, body: Buffer.concat([answer.body, answer.body]) }),
	headers: (answer, { amount }) => ({
		...answer,
		status: amount > 0.5 ? 429 : answer.status,
		headers: {
			...answer.headers,
			date: ['never', 'Thu, 01 Jan 1970 00:00:00 GMT', '9'.repeat(50)][Math.floor(amount * 3)],
			'retry-after': ['-5', '1e9', 'soon', '0', '\xe9'][Math.floor(amount * 5)],
			'x-ratelimit-reset': '99999999999999999999',
			'set-cookie': ['a=1', 'b=2'],
		},
	}),
	keyEchoed: (answer, { amount }) => ({ ...answer, status: amount > 0.5 ? 500 : 200, headers: json, body: Buffer.from(JSON.stringify({ success: amount < 0.3, error: 'You sent KEY', data: { x: 'KEY', 'KEY': ['KEY'] } })) }),
} satisfies Record<string, (answer: WireAnswer, damage: Damage) => WireAnswer>;

const edit: fc.Arbitrary<Edit> = fc.record({
	where: fc.nat(),
	kind: fc.constantFrom(...EDITS),
	value: fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...VALUES) }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3, stringUnit: 'binary' }) }),
	key: fc.oneof(fc.constantFrom(...KEYS), fc.string({ unit: 'binary', maxLength: 20 })),
});

const damage: fc.Arbitrary<Damage> = fc.record({
	kind: fc.constantFrom(...(Object.keys(DAMAGES) as Array<keyof typeof DAMAGES>)),
	amount: fc.nat(9999).map((share) => share / 10_000),
	bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }),
});

/** Mostly changes in the structure, sometimes damage on the wire, now and then both. */
export const mutation: fc.Arbitrary<Mutation> = fc.oneof(
	{ weight: 6, arbitrary: fc.record({ edits: fc.array(edit, { minLength: 1, maxLength: 4 }), damage: fc.constant(undefined) }) },
	{ weight: 3, arbitrary: fc.record({ edits: fc.constant<Edit[]>([]), damage }) },
	{ weight: 1, arbitrary: fc.record({ edits: fc.array(edit, { minLength: 1, maxLength: 2 }), damage }) },
);

/** The answer of an exchange as it was. */
export function faithful({ status, type, body }: Exchange): WireAnswer {
	const isJson = type?.includes('json') ?? false;
	return {
		status,
		headers: type ? { 'content-type': type } : {},
		body: isJson ? Buffer.from(JSON.stringify(body)) : Buffer.from(String(body ?? ''), 'hex'),
	};
}

/** The answer of an exchange, changed. */
export function mutated(exchange: Exchange, { edits, damage }: Mutation): WireAnswer {
	const answer = faithful(exchange);
	if (exchange.type?.includes('json')) {
		let tree: unknown = JSON.parse(answer.body.toString());
		for (const change of edits) if (change.kind !== 'nest') tree = applyEdit(tree, change);
		let text = JSON.stringify(tree) ?? 'null';
		for (const change of edits) if (change.kind === 'nest') text = bury(text, change);
		answer.body = Buffer.from(text);
	}
	return damage ? DAMAGES[damage.kind](answer, damage) : answer;
}

interface Place {
	parent: Record<string, unknown> | unknown[];
	key: string;
}

/** All places of values in a tree, the whole of it first. */
function placesIn(root: { whole: unknown }): Place[] {
	const places: Place[] = [];
	const visit = (parent: Place['parent'], key: string): void => {
		places.push({ parent, key });
		const value = (parent as Record<string, unknown>)[key];
		if (typeof value !== 'object' || value === null || places.length > 3000) return;
		for (const name of Object.keys(value)) visit(value as Place['parent'], name);
	};
	visit(root, 'whole');
	return places;
}

function applyEdit(tree: unknown, { where, kind, value, key }: Edit): unknown {
	const root = { whole: tree };
	const places = placesIn(root);
	const place = places[where % places.length];
	const current = (place.parent as Record<string, unknown>)[place.key];
	switch (kind) {
		case 'drop':
			remove(place);
			break;
		case 'rename':
			remove(place);
			put(place.parent, key, current);
			break;
		case 'add':
			put(typeof current === 'object' && current !== null ? (current as Place['parent']) : place.parent, key, value);
			break;
		case 'replace':
			put(place.parent, place.key, value);
			break;
		case 'wrap':
			put(place.parent, place.key, [current]);
			break;
		case 'unwrap':
			put(place.parent, place.key, Object.values(Object(current) as object)[0]);
			break;
		case 'toText':
			put(place.parent, place.key, JSON.stringify(current));
			break;
		case 'fromText':
			put(place.parent, place.key, typeof current === 'string' ? { [current.slice(0, 30)]: current } : 'plain text');
			break;
		case 'toObject':
			put(place.parent, place.key, Array.isArray(current) ? { ...current } : { [place.key]: current });
			break;
		case 'repeat':
			put(place.parent, place.key, Array.from({ length: 120 }, () => current));
			break;
	}
	return root.whole;
}

/** Puts a value of the JSON deep inside lists or objects. In the text, since no tree bears it. */
function bury(text: string, { where }: Edit): string {
	const depth = DEPTHS[where % DEPTHS.length];
	const values = [...text.matchAll(/(?<=":)(?:null|true|false|-?\d+|"[^"\\]*")/g)].slice(0, 500);
	if (values.length === 0) return text;
	const { index, 0: value } = values[where % values.length];
	const [open, close] = where % 2 ? ['[', ']'] : ['{"a":', '}'];
	return `${text.slice(0, index)}${open.repeat(depth)}${value}${close.repeat(depth)}${text.slice(index + value.length)}`;
}

function remove({ parent, key }: Place): void {
	if (Array.isArray(parent)) parent.splice(Number(key), 1);
	else delete parent[key];
}

/** Makes a property of the object's own, whatever its name. */
function put(parent: Place['parent'], key: string, value: unknown): void {
	if (Array.isArray(parent) && !/^\d{1,3}$/.test(key)) parent.push(value);
	else Object.defineProperty(parent, key, { value, enumerable: true, configurable: true, writable: true });
}
