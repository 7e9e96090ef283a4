import type { Fault, FaultMix, FaultProfile, FaultSettings, PlannedFault } from './faults';

/** An agent as the sandbox shows it, key included. */
export interface SandboxAgent {
	id: string;
	slug: string;
	name: string;
	api_key: string;
	webhook_secret: string | null;
	endpoint_url: string | null;
	owner_wallet: string | null;
	payout_wallet: string | null;
	twitter_username: string | null;
}

/** The fields of an order that callers commonly look at; all the wire's other fields are there too. */
export interface SandboxOrder {
	id: string;
	service_id: string | null;
	service_title: string | null;
	provider_agent_id: string;
	brief: string;
	status: string;
	quoted_price_usd: string | null;
	deliverable_url: string | null;
	deliverable_media_type: string | null;
	deliverable_preview_url: string | null;
	revision_count: number;
	created_at: string;
	delivered_at: string | null;
	[field: string]: unknown;
}

export interface SandboxDeliverable {
	id: string;
	deliverable_url: string | null;
	deliverable_media_type: string | null;
	preview_url: string | null;
	status: string;
	[field: string]: unknown;
}

export interface SandboxService {
	id: string;
	title: string;
	price_usd: string;
	[field: string]: unknown;
}

export interface SandboxMessage {
	id: string;
	sender_type: 'client' | 'agent';
	sender_name: string | null;
	content: string;
	created_at: string;
	[field: string]: unknown;
}

export interface SandboxStatistics {
	calls: number;
	/** Calls that the rate limiter refused. */
	limited: number;
	/** Files stored through any upload route. */
	uploads: number;
	/** What went wrong on purpose, by name. */
	faults: Partial<Record<Fault, number>>;
	/** Keyed by method and pattern, e.g. `POST /api/orders/:id/deliver`. */
	routes: Record<string, { calls: number; limited: number; byStatus: Record<string, number> }>;
	/** Successful calls per order id. */
	orders: Record<
		string,
		{ reads: number; quotes: number; delivers: number; uploads: number; messages: number; generations: number }
	>;
}

export interface SandboxLogEntry {
	at: string;
	method: string;
	path: string;
	route: string;
	/** 0 when there was no answer, or half of one. */
	status: number;
	milliseconds: number;
	ip: string;
	problem?: string;
	/** What went wrong on purpose. */
	fault?: Fault;
}

export interface SandboxWebhookAttempt {
	at: string;
	event: string;
	orderId: string;
	url: string;
	/** 1 to 3; 0 when nothing was sent. */
	attempt: number;
	status: number | null;
	delivered: boolean;
	reason?: string;
}

export interface SandboxStatus {
	url: string;
	api_url: string;
	blob_upload_url: string;
	now: string;
	rate_limit: boolean;
	allow_loopback_webhooks: boolean;
	agents: number;
	services: number;
	orders: number;
}

export interface WalletSignature {
	wallet: string;
	wallet_sig: string;
	wallet_sig_ts: number;
	wallet_chain: 'solana';
}

/** What the sandbox answered instead of success. */
export class SandboxError extends Error {
	constructor(
		readonly status: number,
		message: string,
	) {
		super(message);
	}
}

/**
 * Drives a running marketplace from tests, the demo and scripts: its settings, its ready-made buyer, its shortcuts.
 * Every method throws a SandboxError with the server's words when the answer is not a success.
 */
export class SandboxControl {
	/** @param url the marketplace's root, e.g. `http://127.0.0.1:4111` */
	constructor(readonly url: string) {}

	// ----- the marketplace itself

	status(): Promise<SandboxStatus> {
		return this.call('GET', '/status');
	}

	/** Empties the marketplace: agents, orders, files, counters, clock. Settings stay. */
	reset(): Promise<SandboxStatus> {
		return this.call('POST', '/reset');
	}

	/** Moves the marketplace's clock ahead; orders whose review time is over by then are completed. */
	advanceClock(milliseconds: number): Promise<{ now: string; completed_orders: number }> {
		return this.call('POST', '/clock', { advance_ms: milliseconds });
	}

	resetClock(): Promise<{ now: string; completed_orders: number }> {
		return this.call('POST', '/clock', { reset: true });
	}

	/** Switches the rate limiter on or off; the counters stay. */
	setRateLimit(enabled: boolean): Promise<{ enabled: boolean }> {
		return this.call('POST', '/limiter', { enabled });
	}

	/** Forgets what the rate limiter has counted. */
	resetRateLimit(): Promise<{ enabled: boolean }> {
		return this.call('POST', '/limiter', { reset: true });
	}

	/** Whether webhooks go to receivers on this machine; off, as upstream, unless told otherwise. */
	allowLoopbackWebhooks(allow: boolean): Promise<{ allow_loopback: boolean }> {
		return this.call('POST', '/webhooks', { allow_loopback: allow });
	}

	/**
	 * Makes requests below /api and webhooks go wrong from now on, repeatably: a ready-made profile, single
	 * probabilities, or a profile with changes. Without either, nothing goes wrong.
	 */
	setFaults(faults: { profile?: FaultProfile; mix?: FaultMix } & Partial<FaultSettings>): Promise<{ mix: FaultMix } & FaultSettings> {
		return this.call('POST', '/faults', faults);
	}

	/** Makes the next request that fits go wrong, whatever else does; setFaults calls it off. */
	planFault(fault: Omit<PlannedFault, 'reached'>): Promise<PlannedFault[]> {
		return this.call('POST', '/faults/planned', fault);
	}

	/** The planned faults in the order in which they were planned, and whether their requests have come. */
	plannedFaults(): Promise<PlannedFault[]> {
		return this.call('GET', '/faults/planned');
	}

	/** The latest webhook attempts, oldest first. */
	webhooks(): Promise<SandboxWebhookAttempt[]> {
		return this.call('GET', '/webhooks');
	}

	statistics(): Promise<SandboxStatistics> {
		return this.call('GET', '/statistics');
	}

	/** Forgets statistics, request log and webhook attempts. */
	resetStatistics(): Promise<SandboxStatistics> {
		return this.call('DELETE', '/statistics');
	}

	/** The latest requests, oldest first. */
	log(): Promise<SandboxLogEntry[]> {
		return this.call('GET', '/log');
	}

	// ----- agents and services

	/** Registers an agent without the registration's rate limit; it has an owner and can be hired unless `owner_wallet` is null. */
	createAgent(agent: {
		name: string;
		description?: string;
		endpoint_url?: string;
		avatar_url?: string;
		capabilities?: string[];
		owner_wallet?: string | null;
	}): Promise<SandboxAgent> {
		return this.call('POST', '/agents', agent);
	}

	agents(): Promise<SandboxAgent[]> {
		return this.call('GET', '/agents');
	}

	agent(agentId: string): Promise<SandboxAgent> {
		return this.call('GET', `/agents/${agentId}`);
	}

	/** Sets what only owners or the platform can set: owner, X account, moderation, funds (added to what is there). */
	changeAgent(
		agentId: string,
		changes: {
			owner_wallet?: string | null;
			payout_wallet?: string | null;
			twitter_username?: string | null;
			verified?: 0 | 1;
			featured?: 0 | 1;
			moderation_status?: 'ok' | 'review' | 'spam';
			/** Makes the platform itself fulfil the agent's services, with this provider name. */
			provider_key?: string | null;
			add_funds?: { sol?: number; usdc_solana?: number; usdc_base?: number; earned_fee_sol?: number };
		},
	): Promise<SandboxAgent> {
		return this.call('PATCH', `/agents/${agentId}`, changes);
	}

	/** Offers a service, not counted by the limiter; the API's fields, of which missing ones get usual values. */
	createService(agentId: string, fields: Record<string, unknown> = {}): Promise<SandboxService> {
		return this.call('POST', `/agents/${agentId}/services`, {
			category: 'image_gen',
			title: 'Product picture',
			description: 'One picture of your product on a clean background, ready for a shop.',
			price_usd: '12.00',
			price_type: 'fixed',
			...fields,
		});
	}

	// ----- the ready-made buyer

	buyer(): Promise<{ wallet: string; display_name: string }> {
		return this.call('GET', '/buyer');
	}

	/** Signature fields of the ready-made buyer, for the API's own wallet routes. */
	signature(): Promise<WalletSignature> {
		return this.call('GET', '/buyer/signature');
	}

	/** Places an order; `pay` also pays it, where the service has a price. */
	placeOrder(order: {
		service_id: string;
		brief: string;
		reference_urls?: string[];
		/** Only addresses of the sandbox's file store: see uploadReferenceImage. */
		reference_images?: string[];
		requirement_answers?: Record<string, unknown>;
		pay?: boolean;
	}): Promise<SandboxOrder> {
		return this.call('POST', '/buyer/orders', order);
	}

	/** Stores a JPEG or PNG and answers its address. */
	async uploadReferenceImage(bytes: Uint8Array<ArrayBuffer>, contentType: 'image/png' | 'image/jpeg'): Promise<string> {
		const form = new FormData();
		form.append('file', new Blob([bytes], { type: contentType }), 'reference');
		return (await this.send<{ url: string }>('POST', '/buyer/images', form)).url;
	}

	/** Many orders at once, without webhooks; the answer holds their ids. */
	insertOrders(options: {
		service_id: string;
		count: number;
		status?: string;
		/** Characters of each brief, 10–3000. */
		brief_length?: number;
		/** Seconds between one order's creation and the next's; 0 puts all into one second. */
		seconds_apart?: number;
	}): Promise<{ ids: string[] }> {
		return this.call('POST', '/orders/bulk', options);
	}

	orders(): Promise<SandboxOrder[]> {
		return this.call('GET', '/buyer/orders');
	}

	order(orderId: string): Promise<{ order: SandboxOrder; deliverables: SandboxDeliverable[]; review: unknown }> {
		return this.call('GET', `/buyer/orders/${orderId}`);
	}

	pay(orderId: string): Promise<SandboxOrder> {
		return this.act(orderId, { action: 'pay' });
	}

	approve(orderId: string): Promise<SandboxOrder> {
		return this.act(orderId, { action: 'approve' });
	}

	requestRevision(orderId: string, feedback: string): Promise<SandboxOrder> {
		return this.act(orderId, { action: 'revision', feedback });
	}

	dispute(orderId: string, reason: string): Promise<SandboxOrder> {
		return this.act(orderId, { action: 'dispute', reason });
	}

	cancel(orderId: string): Promise<SandboxOrder> {
		return this.act(orderId, { action: 'cancel' });
	}

	messages(orderId: string): Promise<SandboxMessage[]> {
		return this.call('GET', `/buyer/orders/${orderId}/messages`);
	}

	sendMessage(orderId: string, content: string): Promise<SandboxMessage> {
		return this.call('POST', `/buyer/orders/${orderId}/messages`, { content });
	}

	review(orderId: string, rating: number, comment?: string): Promise<unknown> {
		return this.call('POST', `/buyer/orders/${orderId}/review`, { rating, comment });
	}

	/** One generation in a workspace order; the platform makes it. */
	generate(orderId: string, prompt: string): Promise<unknown> {
		return this.call('POST', `/buyer/orders/${orderId}/generate`, { prompt });
	}

	// ----- bounties of the ready-made buyer

	/** Posts a bounty; `deadline_hours` is 24 unless given. */
	postBounty(bounty: {
		title: string;
		brief: string;
		category: string;
		budget_usd: string;
		deadline_hours?: number;
		claim_window_hours?: number;
	}): Promise<{ id: string; status: string; [field: string]: unknown }> {
		return this.call('POST', '/bounties', bounty);
	}

	bountyClaims(
		bountyId: string,
	): Promise<Array<{ id: string; agent_id: string; status: string; message: string | null }>> {
		return this.call('GET', `/bounties/${bountyId}/claims`);
	}

	/** Funds a claim: its agent gets a paid order. */
	acceptClaim(bountyId: string, claimId: string): Promise<{ bounty_id: string; order_id: string; claim_id: string }> {
		return this.call('POST', `/bounties/${bountyId}/accept`, { claim_id: claimId });
	}

	cancelBounty(bountyId: string): Promise<{ id: string; status: string }> {
		return this.call('POST', `/bounties/${bountyId}/cancel`);
	}

	private act(orderId: string, body: Record<string, unknown>): Promise<SandboxOrder> {
		return this.call('PATCH', `/buyer/orders/${orderId}`, body);
	}

	private call<Data>(method: string, path: string, body?: unknown): Promise<Data> {
		return this.send(method, path, body === undefined ? undefined : JSON.stringify(body));
	}

	private async send<Data>(method: string, path: string, body?: string | FormData): Promise<Data> {
		const response = await fetch(`${this.url}/sandbox${path}`, { method, body });
		const answer = (await response.json()) as { success: boolean; data: Data; error?: string };
		if (!answer.success) throw new SandboxError(response.status, answer.error ?? `HTTP ${response.status}`);
		return answer.data;
	}
}
