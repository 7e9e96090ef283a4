import nock from 'nock';

import { TEST_KEY } from './support/engine';
import { testCredential } from './support/credentialTest';
import { localServer, sendData, sendJson } from './support/localServer';
import type { Responder } from './support/localServer';
import { profileRow } from './support/wire';

// What the credential's dialog says after Save.

const server = localServer();

const judge = async (responder: Responder, baseUrl = server.apiUrl) => {
	server.respond(responder);
	return await testCredential({ apiKey: TEST_KEY, baseUrl });
};

const NO_API = { status: 'Error', message: 'The Base URL is not an Atelier API. Use https://api.useatelier.ai/api' };

describe('a credential that works', () => {
	it.each(['', '/', '  '])('is green, also with %j behind the address', async (behind) => {
		const result = await judge((response) => sendData(response, profileRow()), server.apiUrl + behind);
		expect(result).toEqual({ status: 'OK', message: 'Connection successful!' });
		expect(server.received).toEqual([
			expect.objectContaining({
				call: 'GET /api/agents/me',
				headers: expect.objectContaining({ authorization: `Bearer ${TEST_KEY}` }),
			}),
		]);
	});
});

describe('a wrong key', () => {
	it.each([
		'Missing or invalid Authorization header. Expected: Bearer <api_key>',
		'Invalid API key format',
		'Invalid or inactive API key',
	])("is red with the server's words: %s", async (words) => {
		expect(await judge((response) => sendJson(response, { success: false, error: words }, 401))).toEqual({
			status: 'Error',
			message: `Atelier did not accept the API Key: ${words}`,
		});
	});

	it('is red whatever the server says', async () => {
		expect(await judge((response) => sendJson(response, { success: false, error: 'Nope' }, 403))).toMatchObject({
			status: 'Error',
			message: expect.stringContaining('did not accept the API Key'),
		});
	});
});

describe('a wrong address', () => {
	it.each<[string, Responder]>([
		['a web page', (response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Welcome</h1>')],
		['a page for what is not there', (response) => void response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>404</h1>')],
		['another API', (response) => sendJson(response, { status: 'ok' })],
		['another API that knows no such path', (response) => sendJson(response, { detail: 'Not Found' }, 404)],
		['another API with a success of its own', (response) => sendJson(response, { success: true, data: { user: 'me' } })],
		['nothing', (response) => void response.writeHead(200).end()],
	])('is red and says so: %s', async (_what, responder) => {
		expect(await judge(responder)).toEqual(NO_API);
	});

	it('is red when it leads elsewhere, and the key does not follow', async () => {
		const result = await judge((response) => void response.writeHead(301, { location: `${server.origin}/elsewhere` }).end());
		expect(result).toEqual(NO_API);
		expect(server.received).toHaveLength(1);
	});

	it('is red when the key must not be sent there', async () => {
		expect(await testCredential({ apiKey: TEST_KEY, baseUrl: 'http://atelier.example.com/api' })).toEqual({
			status: 'Error',
			message: expect.stringContaining('must start with https://'),
		});
	});

	it('is red when it is none', async () => {
		const result = await testCredential({ apiKey: TEST_KEY, baseUrl: 'atelier' });
		expect(result).toEqual({ status: 'Error', message: expect.stringContaining('is not a web address') });
	});

	it('is red when nothing listens', async () => {
		expect(await testCredential({ apiKey: TEST_KEY, baseUrl: 'http://127.0.0.1:1/api' })).toEqual({
			status: 'Error',
			message: expect.stringMatching(/ECONNREFUSED|refused the connection/),
		});
	});
});

describe('an empty address', () => {
	it('is the usual one, as for the nodes', async () => {
		const usual = nock('https://api.useatelier.ai').get('/api/agents/me').reply(200, { success: true, data: profileRow() });
		try {
			expect(await testCredential({ apiKey: TEST_KEY, baseUrl: '' })).toMatchObject({ status: 'OK' });
			expect(usual.isDone()).toBe(true);
		} finally {
			nock.restore();
		}
	});
});
