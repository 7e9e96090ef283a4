import { ProvidersClient } from './providersClient';

const server = new ProvidersClient();
beforeAll(async () => await server.start(), 60_000);
afterAll(async () => await server.stop());
beforeEach(async () => await server.reset());

describe("Slack's incoming webhooks", () => {
	it('take a text and show it among the requests', async () => {
		const response = await server.post('/slack/services/T0/B0/x', { text: 'An order failed' }, { authorization: '' });
		expect([response.status, await response.text()]).toEqual([200, 'ok']);
		const { requests } = await server.stats();
		expect(requests).toMatchObject([{ provider: 'slack', path: '/services/T0/B0/x', body: { text: 'An order failed' } }]);
	});

	it.each([[{}], [{ text: ' ' }], [{ content: 'An order failed' }]])('refuse %j', async (body) => {
		const response = await server.post('/slack/services/T0/B0/x', body, { authorization: '' });
		expect([response.status, await response.text()]).toEqual([400, 'no_text']);
	});
});
