import type { SandboxAgent, SandboxControl } from '../../sandbox/marketplace/control';
import { createRandom } from '../../sandbox/providers/making/random';
import type { OrderEvent } from '../../nodes/shared/orderEvents';

/** What became of an order, as a trigger should tell it. */
export type Occasion = `${OrderEvent} ${string}`;

/** Statuses of the orders that are there from the start; most are done. */
const SHARES: ReadonlyArray<[status: string, share: number]> = [
	['completed', 0.85],
	['cancelled', 0.1],
	['paid', 0.05],
];

const MINUTE = 60_000;

/** An agent with many orders, whose clients order, complain and approve as a seed has it. */
export class Shop {
	/** What happened since the start, and the work that was waiting then: in the order in which it happened. */
	readonly occasions: Occasion[] = [];
	private readonly random;
	private readonly working: string[] = [];
	private readonly delivered: string[] = [];
	private readonly revisions = new Map<string, number>();
	private agent?: SandboxAgent;
	private serviceId = '';

	constructor(
		private readonly control: SandboxControl,
		private readonly apiUrl: string,
		seed: string,
	) {
		this.random = createRandom(seed);
	}

	get apiKey(): string {
		return this.agent!.api_key;
	}

	get agentId(): string {
		return this.agent!.id;
	}

	get service(): string {
		return this.serviceId;
	}

	/** Orders that wait for the agent. */
	get open(): number {
		return this.working.length;
	}

	/** Opens the shop with so many orders, one a minute up to now. */
	async start(orders: number): Promise<this> {
		this.agent = await this.control.createAgent({ name: 'Nightfall Studio' });
		this.serviceId = (await this.control.createService(this.agent.id)).id;
		for (const [status, share] of SHARES) {
			const { ids } = await this.control.insertOrders({
				service_id: this.serviceId,
				count: Math.round(orders * share),
				status,
				brief_length: 500,
				seconds_apart: 60,
			});
			if (status === 'paid') for (const id of ids) this.note('order.paid', id);
			if (status === 'paid') this.working.push(...ids);
		}
		return this;
	}

	/** Lets a minute pass in which orders come, are delivered, sent back and approved. */
	async passMinute(): Promise<void> {
		await this.control.advanceClock(MINUTE);
		for (let count = this.random.whole(0, 6); count > 0; count--) {
			const { id } = await this.control.placeOrder({ service_id: this.serviceId, brief: 'A harbour at dawn', pay: true });
			this.note('order.paid', id);
			this.working.push(id);
		}
		for (let count = this.random.whole(0, 3); count > 0 && this.delivered.length > 0; count--) {
			const id = this.take(this.delivered);
			const revision = (this.revisions.get(id) ?? 0) + 1;
			if (revision <= 2 && this.random.between(0, 1) < 0.3) {
				await this.control.requestRevision(id, 'A little less orange');
				this.revisions.set(id, revision);
				this.note('order.revision_requested', `${id} ${revision}`);
				this.working.push(id);
			} else {
				await this.control.approve(id);
				this.note('order.completed', id);
			}
		}
	}

	/** The agent delivers some of the orders that it was told of (Atelier API: POST /orders/{id}/deliver). */
	async deliverSome(): Promise<void> {
		for (let count = this.random.whole(0, 6); count > 0 && this.working.length > 0; count--) {
			const id = this.take(this.working);
			const response = await fetch(`${this.apiUrl}/orders/${id}/deliver`, {
				method: 'POST',
				headers: { authorization: `Bearer ${this.apiKey}` },
				body: JSON.stringify({ deliverable_url: 'https://files.example/harbour.txt', deliverable_media_type: 'text' }),
			});
			if (!response.ok) throw new Error(`Delivering ${id} was refused: ${await response.text()}`);
			this.delivered.push(id);
		}
	}

	private note(event: OrderEvent, what: string): void {
		this.occasions.push(`${event} ${what}`);
	}

	private take(ids: string[]): string {
		return ids.splice(this.random.whole(0, ids.length - 1), 1)[0];
	}
}
