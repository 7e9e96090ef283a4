import { startProviders } from '../../sandbox/providers/process';
import { ProvidersClient } from './providersClient';

const server = new ProvidersClient();
beforeAll(async () => await server.start(), 60_000);
afterAll(async () => await server.stop());
beforeEach(async () => await server.reset());

const picture = async () =>
	await server.post('/openai/v1/images/generations', { model: 'dall-e-2', prompt: 'tea', size: '256x256' });

describe('the server', () => {
	it('says in one sentence that its port is in use', async () => {
		const port = Number(new URL(server.url).port);
		await expect(startProviders({ port })).rejects.toThrow(
			`Port ${port} on 127.0.0.1 is in use. Stop the program that uses it, or choose another with --port.`,
		);
	});

	it('is gone once stopped, and may be stopped twice', async () => {
		const other = await startProviders();
		expect((await fetch(other.url)).status).toBe(200);
		await other.stop();
		await other.stop();
		await expect(fetch(other.url)).rejects.toThrow();
		expect(() => process.kill(other.pid, 0)).toThrow();
	});

	it('records requests without their keys, the latest last', async () => {
		await picture();
		await fetch(`${server.url}/gemini/v1beta/models?key=very-secret`);
		const { requests } = await server.stats();
		expect(requests).toMatchObject([
			{ provider: 'openai', method: 'POST', path: '/v1/images/generations', status: 200, body: { prompt: 'tea' } },
			{ provider: 'gemini', method: 'GET', status: 200 },
		]);
		expect(JSON.stringify(requests)).not.toContain('very-secret');
	});
});

describe('faults', () => {
	it('makes the next calls fail in the provider’s shape, then no more', async () => {
		await server.fault({ provider: 'openai', status: 429, times: 2, retryAfterSeconds: 7, message: 'Slow down.' });
		expect((await fetch(`${server.url}/gemini/v1beta/models?key=k`)).status).toBe(200);
		for (let call = 0; call < 2; call++) {
			const response = await picture();
			expect([response.status, response.headers.get('retry-after')]).toEqual([429, '7']);
			expect(await response.json()).toEqual({
				error: { message: 'Slow down.', type: 'requests', param: null, code: 'rate_limit_exceeded' },
			});
		}
		expect((await picture()).status).toBe(200);
		const { generations, requests } = await server.stats();
		expect(generations.openai!.total).toBe(1);
		expect(requests.filter(({ provider }) => provider === 'openai').map(({ status }) => status)).toEqual([
			429, 429, 200,
		]);
	});

	it('strikes only the path it names', async () => {
		await server.fault({ path: '/images/generations', status: 500 });
		expect((await server.get('/openai/v1/models')).status).toBe(200);
		expect((await picture()).status).toBe(500);
	});

	it('holds an answer back', async () => {
		await server.fault({ delayMs: 400 });
		const started = performance.now();
		expect((await picture()).status).toBe(200);
		expect(performance.now() - started).toBeGreaterThanOrEqual(395);
	});

	it('refuses a fault that cannot be', async () => {
		expect((await server.post('/sandbox/faults', { status: 200 })).status).toBe(400);
		expect((await server.post('/sandbox/faults', { provdier: 'openai' })).status).toBe(400);
	});
});
