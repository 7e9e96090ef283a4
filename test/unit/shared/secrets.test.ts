import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import { withoutSecrets, withoutSecretText } from '../../../nodes/shared/secrets';

it('leaves secrets out at any depth, and nothing else', () => {
	const data = {
		id: 'ext_1',
		api_key: 'atelier_x',
		webhook_secret: 'whsec_x',
		agents: [{ said_secret_key: 'x', name: 'A', deep: { upload_token: 'x', registration_ip: '127.0.0.1', kept: null } }],
	};
	expect(withoutSecrets(data)).toEqual({ id: 'ext_1', agents: [{ name: 'A', deep: { kept: null } }] });
	expect(data.agents[0].deep).toHaveProperty('upload_token');
});

it('is the same data where there is no secret', () => {
	fc.assert(
		fc.property(fc.object({ key: fc.constantFrom('id', 'name', 'api_key_hint', 'secret'), values: [fc.string(), fc.integer(), fc.constant(null)] }), (data) => {
			expect(withoutSecrets(data as IDataObject)).toEqual(data);
		}),
	);
});

it('finds them wherever they are', () => {
	const secret = 'the-secret-itself';
	const holder = fc.letrec((tie) => ({
		value: fc.oneof({ maxDepth: 5 }, fc.constant({ webhook_secret: secret }), fc.array(tie('value')), fc.dictionary(fc.string(), tie('value'))),
	})).value;
	fc.assert(
		fc.property(fc.dictionary(fc.string(), holder), (data) => {
			expect(JSON.stringify(withoutSecrets(data as IDataObject))).not.toContain(secret);
		}),
	);
});

test('texts that look like a secret are hidden wherever they stand, and others are kept', () => {
	const secret = `whsec_${'0123456789abcdef'.repeat(4)}`;
	const key = `atelier_${'ab'.repeat(24)}`;
	expect(withoutSecrets({ note: `${secret}, ${key}!`, list: [key], masked: 'atelier_...abcd', url: 'https://x/atelier_cover.png' })).toEqual({
		note: '[hidden], [hidden]!',
		list: ['[hidden]'],
		masked: 'atelier_...abcd',
		url: 'https://x/atelier_cover.png',
	});
	expect(withoutSecretText(`key ${key}`)).toBe('key [hidden]');
});

test('what is nested too deep is cut, and no prototype changes', () => {
	const deep = JSON.parse(`{"id":1,"__proto__":{"admin":true},"a":${'['.repeat(5000)}${']'.repeat(5000)}}`) as IDataObject;
	const stripped = withoutSecrets(deep);
	expect(JSON.stringify(stripped)).toBe(`{"id":1,"a":${'['.repeat(99)}"[nested too deep]"${']'.repeat(99)}}`);
	expect(Object.getPrototypeOf(stripped)).toBe(Object.prototype);
});
