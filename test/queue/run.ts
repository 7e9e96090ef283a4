import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { createRandom } from '../../sandbox/providers/making/random';
import { type Desk, deskOf } from './desks';
import type { QueueSandbox } from './queueSandbox';

/** What is killed on the way, in this order. */
export type Victim = 'worker' | 'main';

export interface QueueRunOptions {
	orders: number;
	/** Decides which order comes when, and when something is killed. */
	seed: number;
	kills: readonly Victim[];
	/** Ends the waiting; what was delivered until then is what is reported. */
	limit: AbortSignal;
	/** One line for the person who waits. */
	say: (line: string) => void;
}

/** The figures of a run, counted on the marketplace's side. */
export interface QueueReport {
	orders: number;
	delivered: number;
	lost: number;
	/** Deliveries beyond the first of each order. */
	duplicateDeliveries: number;
	/** Pictures made for each order. */
	generationsPerOrder: number;
	/** Calls for each order that the platform counts against its limit, looking for orders included. */
	limitedCallsPerOrder: number;
	/** Workers that have finished an execution. */
	workersUsed: number;
	kills: Victim[];
	/** From the first order's payment to the last delivery. */
	seconds: number;
	/** Uploads of both ways: as a form, and with a token straight to the storage. */
	uploads: { form: number; token: number };
	/** Clients that got their message, and those that got it more than once. */
	told: number;
	toldTwice: number;
	/** How n8n's executions ended. */
	executions: Record<string, number>;
}

const LIMITED = [
	'GET /api/agents/:id/orders',
	'POST /api/upload',
	'POST /api/upload/token',
	'POST /api/orders/:id/upload',
	'POST /api/orders/:id/deliver',
	'POST /api/orders/:id/messages',
];

const SUBJECTS = ['A red bicycle', 'A lighthouse', 'A stone bridge', 'A paper boat', 'An old harbour', 'A kettle on a stove'];

/** Longer than the templates wait before they hand out an order again (two hours). */
const UNTIL_REPEAT_MS = 125 * 60_000;

/** How often the templates hand out an order at most. */
const ATTEMPTS = 3;

const LOOK_EVERY_MS = 500;

/**
 * Sends orders through all desks, kills what is to be killed on the way, and waits until every order is delivered. A
 * power cut costs the orders that were in the making a repeat: for that the marketplace's clock is moved ahead once
 * nothing else is under way.
 */
export async function runOrders(sandbox: QueueSandbox, options: QueueRunOptions): Promise<QueueReport> {
	return await new QueueRun(sandbox, options).run();
}

class QueueRun {
	private readonly ids = new Map<string, Desk>();
	/** Executions that were running on a worker when it was killed. */
	private readonly cutOff = new Set<string>();
	private readonly kills: Victim[] = [];
	private readonly random;

	constructor(
		private readonly sandbox: QueueSandbox,
		private readonly options: QueueRunOptions,
	) {
		this.random = createRandom(`queue ${options.seed}`);
	}

	async run(): Promise<QueueReport> {
		const { orders, kills, say } = this.options;
		await this.placeOrders();
		const started = performance.now();
		await this.sandbox.publish();
		say(`${orders} orders are paid, the workflows are published`);
		for (const [index, victim] of kills.entries()) {
			// Spread over the run, each somewhere in its own part of it.
			const share = (index + this.random.between(0.3, 0.8)) / (kills.length + 0.5);
			await this.until(async () => (await this.countDelivered()) >= orders * share);
			if (victim === 'worker') await this.killWorker();
			else await this.killMain();
		}
		await this.finish();
		return await this.report((performance.now() - started) / 1000);
	}

	private async placeOrders(): Promise<void> {
		const { orders } = this.options;
		const places = Array.from({ length: orders }, (_, index) => ({ index, at: this.random.between(0, 1) }));
		places.sort((a, b) => a.at - b.at);
		for (const [number, { index }] of places.entries()) {
			const desk = deskOf(index);
			const brief = `${this.random.pick(SUBJECTS)} as one of the ${desk.name.toLowerCase()}, number ${number + 1}`;
			this.ids.set(await this.sandbox.placeOrder(desk, brief), desk);
		}
	}

	/** Kills a worker in the middle of executions, and starts it again. */
	private async killWorker(): Promise<void> {
		const { n8n } = this.sandbox;
		let busy: { name: string; executions: string[] } | undefined;
		await this.until(async () => {
			const work = n8n.workerNames.map((name) => {
				const { started, ended } = n8n.readWork(name);
				return { name, executions: [...started].filter((id) => !ended.has(id)) };
			});
			busy = work.sort((a, b) => b.executions.length - a.executions.length)[0];
			return busy!.executions.length > 0;
		});
		if (!busy?.executions.length) return;
		await n8n.worker(busy.name).kill();
		// What it ended in the meantime does not count as cut off.
		const { started, ended } = n8n.readWork(busy.name);
		const cutOff = [...started].filter((id) => !ended.has(id));
		for (const id of cutOff) this.cutOff.add(id);
		this.kills.push('worker');
		this.options.say(`${busy.name} is killed in the middle of ${cutOff.length} executions, after ${await this.countDelivered()} deliveries`);
		await n8n.startWorker(busy.name);
		this.options.say(`${busy.name} is back`);
	}

	private async killMain(): Promise<void> {
		const { n8n } = this.sandbox;
		await n8n.main.kill();
		this.kills.push('main');
		this.options.say(`The main process is killed after ${await this.countDelivered()} deliveries`);
		await n8n.startMain();
		this.options.say('The main process is back');
	}

	/** Waits until everything is delivered; orders whose execution was lost are due again after the templates' two hours. */
	private async finish(): Promise<void> {
		const { control } = this.sandbox;
		for (let attempt = 1; ; attempt++) {
			await this.until(async () => (await this.allDelivered()) || (await this.isIdle()));
			if ((await this.allDelivered()) || attempt === ATTEMPTS || this.options.limit.aborted) break;
			this.options.say(`Nothing is under way any more, ${await this.countDelivered()} are delivered: the clock moves two hours ahead`);
			await control.advanceClock(UNTIL_REPEAT_MS);
		}
		await this.until(async () => await this.isIdle());
	}

	/** Whether no execution runs, and the triggers have looked twice without starting one. */
	private async isIdle(): Promise<boolean> {
		const before = await this.sandbox.listExecutions();
		if (before.some((execution) => this.isUnderWay(execution))) return false;
		const looks = await this.countLooks();
		await this.until(async () => (await this.countLooks()) >= looks + 2);
		const after = await this.sandbox.listExecutions();
		return newest(after) === newest(before) && !after.some((execution) => this.isUnderWay(execution));
	}

	private isUnderWay({ id, status }: { id: string; status: string }): boolean {
		return ['new', 'running', 'waiting'].includes(status) && !this.cutOff.has(id);
	}

	private async countLooks(): Promise<number> {
		const { routes } = await this.sandbox.control.statistics();
		return routes['GET /api/agents/:id/orders']?.calls ?? 0;
	}

	private async countDelivered(): Promise<number> {
		const { orders } = await this.sandbox.control.statistics();
		return [...this.ids.keys()].filter((id) => (orders[id]?.delivers ?? 0) > 0).length;
	}

	private async allDelivered(): Promise<boolean> {
		return (await this.countDelivered()) === this.ids.size;
	}

	private async until(look: () => Promise<boolean>): Promise<void> {
		while (!this.options.limit.aborted && !(await look())) await sleep(LOOK_EVERY_MS);
	}

	private async report(seconds: number): Promise<QueueReport> {
		const { control, n8n } = this.sandbox;
		const { orders: statistics, routes } = await control.statistics();
		let delivered = 0;
		const contents = new Set<string>();
		for (const [id, desk] of this.ids) {
			const picture = await this.readDelivery(id);
			// Each brief has a picture of its own.
			if (!picture || picture.width !== desk.width || picture.height !== desk.height || contents.has(picture.digest)) continue;
			contents.add(picture.digest);
			delivered += 1;
		}
		const perOrder = [...this.ids.keys()].map((id) => statistics[id]);
		const callsOf = (route: string) => routes[route]?.calls ?? 0;
		const messages = perOrder.map((counts) => counts?.messages ?? 0);
		return {
			orders: this.ids.size,
			delivered,
			lost: this.ids.size - delivered,
			duplicateDeliveries: perOrder.reduce((total, counts) => total + Math.max(0, (counts?.delivers ?? 0) - 1), 0),
			generationsPerOrder: rounded((await this.sandbox.countGenerations()) / this.ids.size),
			limitedCallsPerOrder: rounded(LIMITED.reduce((total, route) => total + callsOf(route), 0) / this.ids.size),
			workersUsed: n8n.workerNames.filter((name) => n8n.readWork(name).ended.size > 0).length,
			kills: this.kills,
			seconds: rounded(seconds),
			uploads: { form: callsOf('POST /api/upload'), token: callsOf('POST /api/upload/token') },
			told: messages.filter((count) => count > 0).length,
			toldTwice: messages.filter((count) => count > 1).length,
			executions: await this.sandbox.countExecutions(),
		};
	}

	/** What was delivered, with the size that stands in the PNG file's header; undefined when there is no such file. */
	private async readDelivery(orderId: string): Promise<{ width: number; height: number; digest: string } | undefined> {
		const { status, deliverable_url: url } = await this.sandbox.readOrder(orderId);
		if (status !== 'delivered' || url === null) return undefined;
		const bytes = Buffer.from(await (await fetch(url)).arrayBuffer());
		if (bytes.subarray(1, 4).toString() !== 'PNG') return undefined;
		return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20), digest: createHash('sha256').update(bytes).digest('hex') };
	}
}

function newest(executions: Array<{ id: string }>): number {
	return Math.max(0, ...executions.map(({ id }) => Number(id)));
}

function rounded(number: number): number {
	return Math.round(number * 1000) / 1000;
}
