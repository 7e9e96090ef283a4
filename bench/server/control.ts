export interface ServerSettings {
	/** Milliseconds between a request's last byte and the answer. */
	latencyMs: number;
	/** How many orders the agent's list holds. */
	listedOrders?: number;
}

/** What came in since the settings were made. */
export interface ServerRecord {
	/** Number of calls by method and route, e.g. `POST /api/orders/{id}/deliver`. */
	calls: Record<string, number>;
	/** CRC-32 of the file of each delivery by order id, and of each raw upload by its pathname; null for an unknown file. */
	delivered: Record<string, Array<number | null>>;
	/** Number of messages by order id. */
	messages: Record<string, number>;
}

async function control(apiUrl: string, path: string, body: unknown = {}): Promise<ServerRecord> {
	const response = await fetch(new URL(`/bench/${path}`, apiUrl), { method: 'POST', body: JSON.stringify(body) });
	return (await response.json()) as ServerRecord;
}

/** Changes the stand-in's settings and forgets what came in. */
export async function configureServer(apiUrl: string, settings: ServerSettings): Promise<void> {
	await control(apiUrl, 'settings', settings);
}

/** What came in at the stand-in since its settings were made. */
export async function readRecord(apiUrl: string): Promise<ServerRecord> {
	return await control(apiUrl, 'record');
}
