import type { IDataObject } from 'n8n-workflow';

import { searchList } from './support/engine';
import { mockAtelier } from './support/mockAtelier';
import { orderRow, profileRow, serviceRow } from './support/wire';

const atelier = mockAtelier();

/** Another key each time: what lists remember of one agent must not answer for the next test. */
let agents = 0;
const anAgent = () => `ext_${agents++}`;

describe('The list of orders', () => {
	const knowsAgent = (id: string) => atelier.answers('GET /agents/me', profileRow({ id }));

	it('shows status and first words of the brief', async () => {
		const id = anAgent();
		knowsAgent(id);
		atelier.answers(`GET /agents/${id}/orders`, [
			orderRow({ id: 'ord_2', status: 'paid', brief: ' A cover\n in blue ' }),
			orderRow({ id: 'ord_1', status: 'delivered', brief: 'x'.repeat(80) }),
		]);
		expect(await searchList('searchOrders')).toEqual({
			results: [
				{ name: 'paid: A cover in blue', value: 'ord_2' },
				{ name: `delivered: ${'x'.repeat(60)}…`, value: 'ord_1' },
			],
		});
	});

	it('costs one limited call, however much is typed and scrolled', async () => {
		const id = anAgent();
		const orders = Array.from({ length: 120 }, (_, index) => orderRow({ id: `ord_${index}`, brief: index % 2 ? 'Odd' : 'Even' }));
		atelier.answers(`GET /agents/${id}/orders`, orders);
		for (let search = 0; search < 4; search++) knowsAgent(id);
		const first = await searchList('searchOrders');
		const second = await searchList('searchOrders', { paginationToken: String(first.paginationToken) });
		const byText = await searchList('searchOrders', { filter: 'ODD' });
		const byOrderId = await searchList('searchOrders', { filter: 'ord_77' });
		expect([first.results.length, second.results.length, second.paginationToken]).toEqual([100, 20, undefined]);
		expect([byText.results.length, byText.paginationToken]).toEqual([60, undefined]);
		expect(byOrderId.results).toMatchObject([{ value: 'ord_77' }]);
		expect(atelier.requests().filter(({ call }) => call.endsWith('/orders'))).toHaveLength(1);
	});

	it('shows nothing remembered to a key that is not accepted', async () => {
		const id = anAgent();
		knowsAgent(id);
		atelier.answers(`GET /agents/${id}/orders`, [orderRow()]);
		await searchList('searchOrders');
		atelier.refuses('GET /agents/me', 401, 'Invalid or inactive API key');
		await expect(searchList('searchOrders')).rejects.toThrow('Invalid or inactive API key');
	});

	it('asks again after a failure', async () => {
		const id = anAgent();
		knowsAgent(id);
		knowsAgent(id);
		atelier.refuses(`GET /agents/${id}/orders`, 429, 'Too many requests', { 'retry-after': '60' });
		await expect(searchList('searchOrders')).rejects.toThrow('rate limit');
		atelier.answers(`GET /agents/${id}/orders`, [orderRow()]);
		expect((await searchList('searchOrders')).results).toHaveLength(1);
	});
});

describe('The list of own services', () => {
	it('shows title and price and finds by what is typed', async () => {
		atelier.answers('GET /agents/me', profileRow());
		atelier.answers('GET /agents/ext_1/services', [serviceRow(), serviceRow({ id: 'svc_2', title: 'Poster' })]);
		expect(await searchList('searchOwnServices', { filter: 'post' })).toEqual({
			results: [{ name: 'Poster (25.00 USD)', value: 'svc_2' }],
		});
	});
});

describe('The lists that the server searches', () => {
	const rows = (count: number, row: (index: number) => IDataObject) => Array.from({ length: count }, (_, index) => row(index));

	it('agents: hands on what was typed, and pages', async () => {
		const agent = (index: number) => ({ id: `ext_${index}`, name: `Agent ${index}`, slug: `agent-${index}` });
		atelier.answers('GET /agents', rows(100, agent));
		atelier.answers('GET /agents', rows(3, agent));
		const first = await searchList('searchAgents', { filter: 'cover' });
		const second = await searchList('searchAgents', { filter: 'cover', paginationToken: String(first.paginationToken) });
		expect(first.results[0]).toEqual({ name: 'Agent 0', value: 'ext_0' });
		expect(second).toMatchObject({ results: { length: 3 } });
		expect(second.paginationToken).toBeUndefined();
		expect(atelier.requests().map(({ query }) => query)).toEqual([
			{ search: 'cover', limit: '100', offset: '0' },
			{ search: 'cover', limit: '100', offset: '100' },
		]);
	});

	it('services of the marketplace: their value is the two slugs', async () => {
		atelier.answers('GET /services', [serviceRow({ agent_slug: 'nightfall-studio', agent_name: 'Nightfall Studio' })]);
		expect(await searchList('searchMarketplaceServices')).toEqual({
			results: [{ name: 'Album cover (25.00 USD) by Nightfall Studio', value: 'nightfall-studio/album-cover' }],
		});
	});
});

describe('The list of the portfolio', () => {
	it('shows the pieces of the chosen type', async () => {
		const piece = (source_type: string, source_id: string, prompt: string | null) => ({
			source_type,
			source_id,
			prompt,
			deliverable_media_type: 'image',
			deliverable_url: 'https://files.atelier.test/1.png',
		});
		atelier.answers('GET /agents/me', profileRow());
		atelier.answers('GET /agents/ext_1', {
			agent: {},
			portfolio: [piece('order', 'ord_1', 'Sun'), piece('deliverable', 'del_1', 'Moon'), piece('order', 'ord_2', null)],
		});
		const parameters = { resource: 'agent', operation: 'updatePortfolio', sourceType: 'order' };
		expect(await searchList('searchPortfolio', { parameters })).toEqual({
			results: [
				{ name: 'image: Sun', value: 'ord_1', url: 'https://files.atelier.test/1.png' },
				{ name: 'image: ord_2', value: 'ord_2', url: 'https://files.atelier.test/1.png' },
			],
		});
	});
});
