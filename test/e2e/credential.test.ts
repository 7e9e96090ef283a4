import { START_LIMIT_MS, TestSandbox } from './support/testSandbox';

let sandbox: TestSandbox;
beforeAll(async () => {
	sandbox = await TestSandbox.start();
}, START_LIMIT_MS);
afterAll(async () => {
	await sandbox?.stop();
});

/** What n8n shows after saving an Atelier credential with these fields. */
const test = async (fields: { apiKey?: string; baseUrl?: string }) =>
	await sandbox.api.testCredential('atelierApi', {
		apiKey: sandbox.agent.api_key,
		baseUrl: sandbox.stack.marketplace.apiUrl,
		...fields,
	});

describe('the credential test in n8n', () => {
	it('is green for a key that the API knows', async () => {
		expect(await test({})).toMatchObject({ status: 'OK' });
	});

	it('is green with a trailing slash and blanks around the address', async () => {
		expect(await test({ baseUrl: ` ${sandbox.stack.marketplace.apiUrl}/ ` })).toMatchObject({ status: 'OK' });
	});

	it("shows the server's words for a key that nobody has", async () => {
		const result = await test({ apiKey: `atelier_${'0'.repeat(48)}` });
		expect(result.status).toBe('Error');
		expect(result.message).toContain('Invalid or inactive API key');
	});

	it("shows the server's words for something that is no key", async () => {
		const result = await test({ apiKey: 'hello' });
		expect(result.status).toBe('Error');
		expect(result.message).toContain('Invalid API key format');
	});

	it.each([
		['a website', () => sandbox.stack.marketplace.url],
		['another API', () => `${sandbox.stack.providers.url}/openai/v1`],
		["n8n's own editor", () => sandbox.n8n.url],
	])('says that %s is not an Atelier API', async (_what, baseUrl) => {
		const result = await test({ baseUrl: baseUrl() });
		expect(result.status).toBe('Error');
		expect(result.message).toContain('not an Atelier API');
	});

	it('says that nothing answers at the address', async () => {
		const result = await test({ baseUrl: 'http://127.0.0.1:9/api' });
		expect(result.status).toBe('Error');
		expect(result.message).toMatch(/ECONNREFUSED|refused|could not/i);
	});

	it('does not send the key unencrypted to another machine', async () => {
		const result = await test({ baseUrl: 'http://example.com/api' });
		expect(result.status).toBe('Error');
		expect(result.message).toContain('https://');
	});

	it('never shows the key', async () => {
		const apiKey = `atelier_${'1'.repeat(48)}`;
		expect(JSON.stringify(await test({ apiKey }))).not.toContain(apiKey);
		expect(JSON.stringify(await test({ apiKey, baseUrl: 'http://127.0.0.1:9/api' }))).not.toContain(apiKey);
	});
});
