import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Delivery {
	method: string;
	path: string;
	headers: IncomingHttpHeaders;
	body: string;
	/** Milliseconds since the epoch. */
	at: number;
}

/** What to answer to the n-th delivery (from 1); `hang` never answers. */
export type Reply = number | { status: number; location: string } | 'hang';

/** An agent's endpoint on this machine that keeps what it is sent. */
export class WebhookReceiver {
	readonly deliveries: Delivery[] = [];
	reply: (count: number, path: string) => Reply = () => 200;
	private readonly waiting: Array<() => void> = [];
	private readonly server: Server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const { method = '', url: path = '', headers } = request;
			this.deliveries.push({ method, path, headers, body: Buffer.concat(chunks).toString(), at: Date.now() });
			const reply = this.reply(this.deliveries.length, path);
			for (const wake of this.waiting.splice(0)) wake();
			if (reply === 'hang') return;
			if (typeof reply === 'number') response.writeHead(reply).end();
			else response.writeHead(reply.status, { location: reply.location }).end();
		});
	});

	async start(): Promise<void> {
		await new Promise<void>((done) => this.server.listen(0, '127.0.0.1', done));
	}

	async stop(): Promise<void> {
		this.server.closeAllConnections();
		await new Promise((done) => this.server.close(done));
	}

	get url(): string {
		return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hook`;
	}

	/** Forgets deliveries and answers 200 again. */
	reset(): void {
		this.deliveries.length = 0;
		this.reply = () => 200;
	}

	/** Waits until at least `count` deliveries have come. */
	async received(count: number): Promise<Delivery[]> {
		while (this.deliveries.length < count) await new Promise<void>((done) => this.waiting.push(done));
		return this.deliveries;
	}

	/** The event, order id and data of every delivery so far. */
	events(): Array<{ event: string; order_id: string; data: Record<string, unknown> }> {
		return this.deliveries.map(
			({ body }) => JSON.parse(body) as { event: string; order_id: string; data: Record<string, unknown> },
		);
	}
}
