import type { ILoadOptionsFunctions, INodeListSearchItems, INodeListSearchResult } from 'n8n-workflow';

import { AtelierClient, pathPart } from '../../shared/client';
import { webPage } from '../webPages';
import { firstWords, pageOf, readRows, text } from './entries';

/** Typing and scrolling in the list within this time cost one call: the platform allows about 30 of it an hour. */
const REMEMBERED_MS = 60_000;

interface Remembered {
	readAt: number;
	entries: Promise<INodeListSearchItems[]>;
}

const rememberedByAgent = new Map<string, Remembered>();

/** The agent's orders, newest first, as "status: first words of the brief" (Atelier API: GET /agents/{id}/orders). */
export async function searchOrders(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	const client = new AtelierClient(this);
	const baseUrl = await client.baseUrl();
	// Asking for the agent, which has no limit, makes sure of the key before anything remembered is shown.
	const agentId = await client.agentId();
	return pageOf(await remembered(`${baseUrl} ${agentId}`, async () => await readOrders(client, baseUrl, agentId)), filter, paginationToken);
}

async function remembered(agent: string, read: () => Promise<INodeListSearchItems[]>): Promise<INodeListSearchItems[]> {
	const now = Date.now();
	for (const [key, { readAt }] of rememberedByAgent) if (now - readAt > REMEMBERED_MS) rememberedByAgent.delete(key);
	const known = rememberedByAgent.get(agent);
	if (known) return await known.entries;
	const entries = read();
	rememberedByAgent.set(agent, { readAt: now, entries });
	entries.catch(() => rememberedByAgent.delete(agent));
	return await entries;
}

async function readOrders(client: AtelierClient, baseUrl: string, agentId: string): Promise<INodeListSearchItems[]> {
	const orders = await readRows(client, { method: 'GET', path: `/agents/${pathPart(agentId)}/orders` });
	return orders.map(({ id, status, brief }) => ({
		name: `${text(status)}: ${firstWords(brief)}`,
		value: text(id),
		url: webPage(baseUrl, 'orders', text(id)),
	}));
}
