import fc from 'fast-check';

import { AtelierApi } from '../../../credentials/AtelierApi.credentials';
import { pathPart } from '../../../nodes/shared/client';
import { baseUrlObjection, DEFAULT_BASE_URL, normalizeBaseUrl } from '../../../nodes/shared/credential';

describe('the base URL', () => {
	it.each([
		['https://api.useatelier.ai/api/', 'https://api.useatelier.ai/api'],
		['  http://127.0.0.1:4000/api//  ', 'http://127.0.0.1:4000/api'],
		['', DEFAULT_BASE_URL],
		['  ', DEFAULT_BASE_URL],
		[undefined, DEFAULT_BASE_URL],
		[null, DEFAULT_BASE_URL],
		[7, DEFAULT_BASE_URL],
	])('%j is used as %s', (given, used) => {
		expect(normalizeBaseUrl(given)).toBe(used);
	});

	it.each([
		'https://api.useatelier.ai/api',
		'https://10.0.0.5:8443/api',
		'http://localhost:3000/api',
		'http://127.0.0.1/api',
		'http://127.8.9.1/api',
		'http://[::1]:3000/api',
		'HTTP://LOCALHOST/api',
	])('%s may get the key', (url) => {
		expect(baseUrlObjection(url)).toBeUndefined();
	});

	it.each([
		'http://api.useatelier.ai/api',
		'http://localhost.example.com/api',
		'http://127.0.0.1.example.com/api',
		'http://127.0.0.1@example.com/api',
		'http://0.0.0.0/api',
		'http://10.0.0.5/api',
		'ftp://api.useatelier.ai/api',
		'file:///etc/passwd',
		'javascript:alert(1)',
	])('%s may not, and the sentence says which field to change', (url) => {
		expect(baseUrlObjection(url)).toBe(
			`The Base URL of the Atelier credential, "${url}", must start with https://, so that nobody on the way can read your API key`,
		);
	});

	it.each(['api.useatelier.ai/api', 'https://', '{{ $env.URL }}', '/api'])('%s is no address', (url) => {
		expect(baseUrlObjection(url)).toBe(`The Base URL of the Atelier credential, "${url}", is not a web address. Use ${DEFAULT_BASE_URL}`);
	});

	it('never lets plain http out to another machine, however it is written', () => {
		fc.assert(
			fc.property(fc.webUrl({ validSchemes: ['http'], withQueryParameters: true }), (url) => {
				const { hostname } = new URL(url);
				fc.pre(hostname !== 'localhost' && !hostname.startsWith('127.'));
				expect(baseUrlObjection(url)).toBeDefined();
			}),
		);
	});
});

describe('adding the key to a request', () => {
	const credential = { apiKey: ' atelier_1234567890 ', baseUrl: 'https://api.atelier.test/api/' };
	const { authenticate } = new AtelierApi();

	it('keeps the request and its headers', async () => {
		const request = { method: 'POST' as const, url: 'https://api.atelier.test/api/orders', headers: { Accept: 'x' }, body: { a: 1 } };
		expect(await authenticate(credential, request)).toEqual({
			...request,
			headers: { Accept: 'x', Authorization: 'Bearer atelier_1234567890' },
		});
		expect(request.headers).toEqual({ Accept: 'x' });
	});

	it.each([
		['an address in two parts', { baseURL: 'https://api.atelier.test/api', url: '/agents/me' }],
		['the older name of the address', { url: '', uri: 'https://api.atelier.test/api/agents/me' }],
	])('understands %s', async (_what, request) => {
		await expect(authenticate(credential, request)).resolves.toMatchObject({ headers: { Authorization: 'Bearer atelier_1234567890' } });
	});

	it.each([
		'https://evil.example/api/agents/me',
		'http://api.atelier.test/api/agents/me',
		'https://api.atelier.test:8443/api',
		'https://api.atelier.test.evil.example/api',
		'https://api.atelier.test@evil.example/api',
	])('is refused for any other place: %s', async (url) => {
		await expect(authenticate(credential, { url })).rejects.toThrow(
			/^This Atelier credential is for https:\/\/api\.atelier\.test and its API key is not sent to https?:/,
		);
	});

	it('is refused for an unsafe base URL', async () => {
		const unsafe = { ...credential, baseUrl: 'http://api.atelier.test/api' };
		await expect(authenticate(unsafe, { url: 'http://api.atelier.test/api/agents/me' })).rejects.toThrow('must start with https://');
	});
});

describe('a part of a path', () => {
	it('never leaves its place, whatever a user gives', () => {
		fc.assert(
			fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('.', '..', ' .. ', '%2e%2e', '\\', '/..', '?', '#')), (value) => {
				fc.pre(value.trim() !== '');
				const { pathname, search, hash } = new URL(`https://host/api/orders/${pathPart(value)}/deliver`);
				expect(pathname.split('/').slice(0, 3)).toEqual(['', 'api', 'orders']);
				expect(pathname.split('/')).toHaveLength(5);
				expect(pathname).toMatch(/\/deliver$/);
				expect([search, hash]).toEqual(['', '']);
			}),
			{ numRuns: 300 },
		);
	});

	it('reads back as what was given', () => {
		fc.assert(
			fc.property(fc.string(), (value) => {
				fc.pre(!['.', '..'].includes(value.trim()));
				expect(decodeURIComponent(pathPart(value))).toBe(value.trim());
			}),
		);
	});
});
