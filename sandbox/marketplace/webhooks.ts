import { createHmac, randomUUID } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Faults } from './faults';
import type { Statistics } from './statistics';
import { SECOND } from './time';
import { isLoopbackAddress } from '../loopback';

const TIMEOUT_MS = 5 * SECOND;
const WAITS_BEFORE_ATTEMPT_MS = [0, 1 * SECOND, 4 * SECOND];

export interface WebhookEvent {
	event: string;
	order_id: string;
	/** Keys whose value is undefined are left out of the body. */
	data: Record<string, unknown>;
}

export interface WebhookTarget {
	agentId: string;
	url: string;
	secret: string | null;
}

/**
 * Sends signed events the way the platform does: at once, 5 s per attempt, 3 attempts, redirects followed by fetch's
 * own rules, a new delivery id and signature for each attempt. The one difference: only loopback receivers are ever
 * reached, and only when `allowLoopback` is on; the platform does the opposite, but a sandbox talks to nobody outside.
 */
export class WebhookSender {
	allowLoopback: boolean;
	private readonly stopping = new AbortController();

	constructor(
		private readonly statistics: Statistics,
		private readonly faults: Faults,
		allowLoopback: boolean,
	) {
		this.allowLoopback = allowLoopback;
	}

	/** Starts sending and returns; `onDropped` is called after the last failed attempt. */
	send(target: WebhookTarget, event: WebhookEvent, onDropped: () => void): void {
		const fault = this.faults.drawForWebhook(event.event);
		if (fault) this.statistics.countFault(fault);
		const wait = fault === 'webhook_late' ? this.faults.settings.webhook_late_ms : 0;
		void this.deliver(target, event, wait).then((delivered) => {
			if (!delivered && !this.stopping.signal.aborted) onDropped();
		});
		if (fault === 'webhook_twice') void this.deliver(target, event, 0);
	}

	/** Gives up everything that is still being sent. */
	stop(): void {
		this.stopping.abort();
	}

	private async deliver(target: WebhookTarget, event: WebhookEvent, firstWait: number): Promise<boolean> {
		if (!(await this.isReachable(target.url))) {
			this.record(target, event, 0, { status: null, delivered: false, reason: 'receiver is not on this machine' });
			return true;
		}
		const body = JSON.stringify(event);
		for (const [index, wait] of WAITS_BEFORE_ATTEMPT_MS.entries()) {
			try {
				await delay(index === 0 ? firstWait : wait, undefined, { signal: this.stopping.signal });
			} catch {
				return false;
			}
			if (await this.attempt(target, event, body, index + 1)) return true;
		}
		return false;
	}

	private async attempt(target: WebhookTarget, event: WebhookEvent, body: string, attempt: number): Promise<boolean> {
		try {
			const response = await fetch(target.url, {
				method: 'POST',
				headers: {
					'Content-Type': 'application/json',
					'X-Atelier-Event': event.event,
					'X-Atelier-Agent-Id': target.agentId,
					'X-Atelier-Delivery-Id': randomUUID(),
					...(target.secret ? { 'X-Atelier-Signature': signatureOf(body, target.secret) } : {}),
				},
				body,
				signal: AbortSignal.any([AbortSignal.timeout(TIMEOUT_MS), this.stopping.signal]),
			});
			await response.body?.cancel();
			this.record(target, event, attempt, { status: response.status, delivered: response.ok });
			return response.ok;
		} catch (error) {
			const reason =
				error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : 'failed';
			this.record(target, event, attempt, { status: null, delivered: false, reason });
			return false;
		}
	}

	private record(
		target: WebhookTarget,
		event: WebhookEvent,
		attempt: number,
		outcome: { status: number | null; delivered: boolean; reason?: string },
	): void {
		this.statistics.recordWebhook({
			event: event.event,
			orderId: event.order_id,
			url: target.url,
			attempt,
			...outcome,
		});
	}

	private async isReachable(url: string): Promise<boolean> {
		if (!this.allowLoopback) return false;
		const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
		if (isIP(host)) return isLoopbackAddress(host);
		// Only names that stay on this machine are looked up.
		if (host !== 'localhost') return false;
		const addresses = await lookup(host, { all: true }).catch(() => []);
		return addresses.length > 0 && addresses.every(({ address }) => isLoopbackAddress(address));
	}
}

/**
 * `t=<unix seconds>,v1=<hex>`: HMAC-SHA256 over `<t>.<body>`, keyed with the whole secret. The time is the machine's, not
 * the marketplace's movable one, as receivers compare it with their own clock.
 */
function signatureOf(body: string, secret: string, unixSeconds = Math.floor(Date.now() / SECOND)): string {
	const digest = createHmac('sha256', secret).update(`${unixSeconds}.${body}`).digest('hex');
	return `t=${unixSeconds},v1=${digest}`;
}
