import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { base58 } from '@scure/base';
import { SandboxControl, type SandboxAgent, type SandboxOrder } from '../../sandbox/marketplace/control';
import { startMarketplace, type RunningMarketplace, type StartOptions } from '../../sandbox/marketplace/process';

// Every file starts a process, which takes its time on a busy machine.
jest.setTimeout(60_000);

type Json = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any

export interface Answer {
	status: number;
	headers: Headers;
	text: string;
	/** The parsed body; empty when it is not JSON. */
	body: Json;
	/** `body.data`. */
	data: any; // eslint-disable-line @typescript-eslint/no-explicit-any
}

export interface CallOptions {
	/** Sent as `Authorization: Bearer …`. */
	key?: string;
	headers?: Record<string, string>;
	/** Sent as JSON. */
	body?: unknown;
	/** Sent as it is, in place of `body`. */
	raw?: string | FormData | Uint8Array<ArrayBuffer>;
}

/** A marketplace of a test file's own, called over HTTP like any client would. */
export class MarketplaceClient {
	private running?: RunningMarketplace;
	private names = 0;

	async start(options: StartOptions = { rateLimit: false }): Promise<void> {
		this.running = await startMarketplace(options);
	}

	async stop(): Promise<void> {
		await this.running?.stop();
	}

	get url(): string {
		return this.running!.url;
	}

	get pid(): number {
		return this.running!.pid;
	}

	get control(): SandboxControl {
		return new SandboxControl(this.url);
	}

	/** Calls a path below `/api`. */
	async call(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
		const response = await fetch(`${this.url}/api${path}`, {
			method,
			headers: { ...(options.key && { authorization: `Bearer ${options.key}` }), ...options.headers },
			body: options.raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body)),
			redirect: 'manual',
		});
		const text = await response.text();
		let body: Json = {};
		try {
			body = JSON.parse(text) as Json;
		} catch {
			// Not JSON: the test looks at the text.
		}
		return { status: response.status, headers: response.headers, text, body, data: body.data };
	}

	get(path: string, key?: string): Promise<Answer> {
		return this.call('GET', path, { key });
	}

	post(path: string, key: string | undefined, body: unknown = {}): Promise<Answer> {
		return this.call('POST', path, { key, body });
	}

	patch(path: string, key: string | undefined, body: unknown): Promise<Answer> {
		return this.call('PATCH', path, { key, body });
	}

	/** An agent that can be hired, under a name that no other has. */
	async agent(fields: Partial<Parameters<SandboxControl['createAgent']>[0]> = {}): Promise<SandboxAgent> {
		this.names += 1;
		return await this.control.createAgent({ name: `Painter Number ${this.names}`, ...fields });
	}

	/** A new agent, its service and one order of the demo buyer, paid unless `pay` is false. */
	async order(
		options: { service?: Record<string, unknown>; pay?: boolean } = {},
	): Promise<{ agent: SandboxAgent; serviceId: string; order: SandboxOrder }> {
		const agent = await this.agent();
		const { id: serviceId } = await this.control.createService(agent.id, options.service);
		const order = await this.control.placeOrder({
			service_id: serviceId,
			brief: 'A red bicycle in the rain',
			pay: options.pay ?? true,
		});
		return { agent, serviceId, order };
	}

	/** Delivers addresses that nobody looks behind. */
	deliver(orderId: string, key: string, ...names: string[]): Promise<Answer> {
		const items = names.map((name) => ({
			deliverable_url: `https://example.com/${name}`,
			deliverable_media_type: 'text',
		}));
		return this.post(`/orders/${orderId}/deliver`, key, items.length === 1 ? items[0] : { deliverables: items });
	}

	/** Uploads bytes as the part `file`. */
	upload(
		path: string,
		key: string | undefined,
		bytes: Uint8Array<ArrayBuffer>,
		type: string,
		name = 'file',
	): Promise<Answer> {
		const form = new FormData();
		form.append('file', new Blob([bytes], { type }), name);
		return this.call('POST', path, { key, raw: form });
	}
}

/** A buyer's Solana wallet with its key. */
export class Wallet {
	private readonly keys = generateKeyPairSync('ed25519');

	readonly address = base58.encode(Buffer.from(this.keys.publicKey.export({ format: 'jwk' }).x!, 'base64url'));

	/** Signature fields as they travel in a body. */
	signature(timestamp = Date.now(), key: KeyObject = this.keys.privateKey) {
		const text = Buffer.from(`atelier:${this.address}:${timestamp}`);
		return {
			wallet: this.address,
			wallet_sig: base58.encode(sign(null, text, key)),
			wallet_sig_ts: timestamp,
			wallet_chain: 'solana',
		};
	}

	/** The same fields in a query. */
	query(): string {
		return queryOf(this.signature());
	}

	/** The same fields as headers. */
	headers(): Record<string, string> {
		const { wallet, wallet_sig, wallet_sig_ts, wallet_chain } = this.signature();
		return {
			'X-Atelier-Wallet': wallet,
			'X-Atelier-Wallet-Sig': wallet_sig,
			'X-Atelier-Wallet-Sig-Ts': String(wallet_sig_ts),
			'X-Atelier-Wallet-Chain': wallet_chain,
		};
	}
}

/** Signature fields as they travel in a query. */
export function queryOf(fields: object): string {
	const query = new URLSearchParams();
	for (const [name, value] of Object.entries(fields)) query.set(name, String(value));
	return query.toString();
}

/** A well-formed Solana transaction reference that no other call returns. */
export function transaction(): string {
	return base58.encode(crypto.getRandomValues(new Uint8Array(64)));
}

/** Time text of the database: no zone, no fraction. */
export const DATABASE_TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;
/** Time text of the application. */
export const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
