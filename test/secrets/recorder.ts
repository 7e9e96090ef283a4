import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/** Lies in front of a server and keeps every byte that clients send to it. */
export class Recorder {
	private readonly chunks: Buffer[] = [];
	private readonly sockets = new Set<Socket>();
	private readonly server: Server;
	/** Connections that clients have made. */
	connections = 0;

	/** @param target the server's origin; connections are closed at once without one */
	private constructor(target: string | undefined) {
		this.server = createServer((client) => {
			this.connections += 1;
			this.keep(client);
			client.on('data', (chunk: Buffer) => this.chunks.push(chunk));
			if (!target) return void client.end();
			const { hostname, port } = new URL(target);
			const upstream = connect(Number(port), hostname);
			this.keep(upstream);
			client.pipe(upstream).pipe(client);
			// How a connection ends is passed on: a reset as a reset.
			client.on('close', () => upstream.destroy());
			upstream.on('close', (hadError) => (hadError ? client.resetAndDestroy() : client.end()));
		});
	}

	/** Starts one on a free port of this machine. */
	static async start(target?: string): Promise<Recorder> {
		const recorder = new Recorder(target);
		await new Promise<void>((done) => recorder.server.listen(0, '127.0.0.1', done));
		return recorder;
	}

	/** Where clients reach it, without a trailing slash. */
	get origin(): string {
		return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
	}

	/** What clients have sent so far. */
	get sent(): Buffer {
		return Buffer.concat(this.chunks);
	}

	async stop(): Promise<void> {
		for (const socket of this.sockets) socket.destroy();
		await new Promise((done) => this.server.close(done));
	}

	private keep(socket: Socket): void {
		this.sockets.add(socket);
		socket.on('close', () => this.sockets.delete(socket));
		socket.on('error', () => {});
	}
}
