import fc from 'fast-check';

import { readState, writeState } from '../../../nodes/AtelierTrigger/ledgerState';
import type { LedgerState } from '../../../nodes/AtelierTrigger/ledgerState';
import { decide } from '../../../nodes/AtelierTrigger/orderLedger';
import type { LedgerOptions } from '../../../nodes/AtelierTrigger/orderLedger';
import type { OrderEvent, OrderFacts } from '../../../nodes/shared/orderEvents';

export const MINUTE = 60_000;
const START = Date.parse('2026-07-01T12:00:00Z');

/** An order with a count of its stages that the ledger does not see. */
export interface ModelOrder extends OrderFacts {
	stage: number;
	/** When it last changed, in true time. */
	changedAt: number;
}

/** What may happen between two moments. Numbers choose among what is possible then. */
export type Step =
	| { kind: 'wait'; minutes: number }
	| { kind: 'place'; status: 'pending_quote' | 'quoted' | 'paid'; secondsAgo: number }
	| { kind: 'advance'; order: number; choice: number }
	/** A poll. `killed`: the process dies when the state is saved, before the workflow got its orders. */
	| { kind: 'poll'; shuffle: number; outcome: 'ok' | 'listFails' | 'killed' | 'nothingSaved' }
	/** A poll whose list is as old as this: a slow answer, a read replica, a poll that overlapped with another. */
	| { kind: 'latePoll'; minutesOld: number }
	| { kind: 'restart' }
	| { kind: 'loseState'; garbage: unknown }
	| { kind: 'clockStep'; minutes: number };

export interface Handout {
	order: string;
	event: OrderEvent;
	stage: number;
	attempt: number;
	/** True time. */
	at: number;
	/** Whether the workflow got it. */
	arrived: boolean;
}

const TRANSITIONS: Record<string, Array<[status: string, isNewStage: boolean]>> = {
	pending_quote: [['quoted', true], ['cancelled', true]],
	quoted: [['paid', true], ['cancelled', true]],
	paid: [['in_progress', false], ['delivered', true], ['cancelled', true]],
	in_progress: [['paid', false], ['delivered', true]],
	delivered: [['revision_requested', true], ['disputed', true], ['completed', true]],
	revision_requested: [['delivered', true]],
	disputed: [['delivered', true], ['completed', true], ['cancelled', true]],
};

/** A marketplace with one agent's orders, and an n8n with one trigger on them. */
export class World {
	now = START;
	readonly orders: ModelOrder[] = [];
	readonly handouts: Handout[] = [];
	/** The state in the running process, and the one that survives it. */
	private memory: LedgerState | undefined;
	private saved: unknown;
	/** How far n8n's clock is off. */
	private clockOffset = 0;
	private readonly listings: Array<{ at: number; orders: ModelOrder[] }> = [];

	constructor(
		private readonly options: LedgerOptions,
		/** Called after each poll, with the number of orders that are remembered. */
		private readonly afterPoll: (remembered: number, world: World) => void = () => {},
	) {}

	get remembered(): number {
		return this.memory?.entries.size ?? 0;
	}

	run(steps: readonly Step[]): void {
		for (const step of steps) this.take(step);
	}

	take(step: Step): void {
		switch (step.kind) {
			case 'wait':
				this.now += step.minutes * MINUTE;
				return;
			case 'place':
				this.orders.push(this.placed(step.status, step.secondsAgo));
				return;
			case 'advance': {
				const open = this.orders.filter(({ status }) => TRANSITIONS[status]);
				if (open.length > 0) this.advance(open[step.order % open.length], step.choice);
				return;
			}
			case 'poll':
				this.poll(this.listing(), step.shuffle, step.outcome);
				return;
			case 'latePoll': {
				const recent = this.listings.filter(({ at }) => this.now - at <= step.minutesOld * MINUTE);
				if (recent.length > 0) this.poll(recent[0].orders, 0, 'ok');
				return;
			}
			case 'restart':
				this.memory = readState(this.saved);
				return;
			case 'loseState':
				this.saved = step.garbage;
				this.memory = readState(step.garbage);
				return;
			case 'clockStep':
				this.clockOffset += step.minutes * MINUTE;
		}
	}

	/** Polls every five minutes for as long as this takes. */
	pollFor(minutes: number): void {
		for (let passed = 0; passed < minutes; passed += 5) {
			this.take({ kind: 'wait', minutes: 5 });
			this.take({ kind: 'poll', shuffle: passed, outcome: 'ok' });
		}
	}

	private placed(status: string, secondsAgo: number): ModelOrder {
		// Second precision, and rows may become visible a little later than the second they carry.
		const created = Math.floor(this.now / 1000 - secondsAgo) * 1000;
		return {
			id: `ord_${this.orders.length}`,
			status,
			stage: 1,
			changedAt: this.now,
			created_at: new Date(created).toISOString(),
			delivered_at: null,
			revision_count: 0,
			quoted_price_usd: '10.00',
			brief: 'anything',
		};
	}

	private advance(order: ModelOrder, choice: number): void {
		const possible = TRANSITIONS[order.status];
		const [status, isNewStage] = possible[choice % possible.length];
		this.now += 1000;
		order.status = status;
		order.changedAt = this.now;
		if (isNewStage) order.stage++;
		if (status === 'delivered') order.delivered_at = new Date(Math.floor(this.now / 1000) * 1000).toISOString();
		if (status === 'revision_requested') order.revision_count = (order.revision_count ?? 0) + 1;
	}

	private listing(): ModelOrder[] {
		const orders = this.orders.map((order) => ({ ...order }));
		this.listings.push({ at: this.now, orders });
		return orders;
	}

	private poll(orders: ModelOrder[], shuffle: number, outcome: 'ok' | 'listFails' | 'killed' | 'nothingSaved'): void {
		if (outcome === 'listFails') return;
		const rotated = orders.map((_, index) => orders[(index + shuffle) % orders.length]);
		const { state, emissions } = decide(this.memory, rotated, this.options, this.now + this.clockOffset);
		if (outcome === 'nothingSaved') {
			this.memory = readState(this.saved);
			return;
		}
		this.memory = state;
		// n8n saves a node's data when the workflow is published and when the node hands something out, not otherwise.
		if (emissions.length > 0 || this.saved === undefined) this.saved = JSON.parse(JSON.stringify(writeState(state)));
		for (const { event, order, attempt } of emissions) {
			this.handouts.push({ order: order.id, event, stage: order.stage, attempt, at: this.now, arrived: outcome === 'ok' });
		}
		if (outcome === 'killed') this.memory = readState(this.saved);
		this.afterPoll(this.remembered, this);
	}
}

const pollStep = fc.record({
	kind: fc.constant('poll' as const),
	shuffle: fc.nat(7),
	outcome: fc.constantFrom('ok' as const, 'ok' as const, 'ok' as const, 'listFails' as const, 'killed' as const, 'nothingSaved' as const),
});

const STEPS = {
	wait: fc.record({ kind: fc.constant('wait' as const), minutes: fc.constantFrom(1, 5, 5, 5, 10, 40, 70, 200) }),
	place: fc.record({
		kind: fc.constant('place' as const),
		status: fc.constantFrom('pending_quote' as const, 'quoted' as const, 'paid' as const, 'paid' as const),
		secondsAgo: fc.nat(5),
	}),
	advance: fc.record({ kind: fc.constant('advance' as const), order: fc.nat(20), choice: fc.nat(6) }),
	poll: pollStep,
	latePoll: fc.record({ kind: fc.constant('latePoll' as const), minutesOld: fc.integer({ min: 1, max: 20 }) }),
	restart: fc.constant({ kind: 'restart' as const }),
	loseState: fc.record({ kind: fc.constant('loseState' as const), garbage: fc.constantFrom(undefined, {}, 'x', { version: 9 }, { orders: { ord_0: 1 } }) }),
	clockBack: fc.record({ kind: fc.constant('clockStep' as const), minutes: fc.constantFrom(-1, -30, -600, -100_000) }),
	clockForward: fc.record({ kind: fc.constant('clockStep' as const), minutes: fc.constantFrom(1, 30, 600, 100_000) }),
} satisfies Record<string, fc.Arbitrary<Step>>;

/** Random histories of these kinds of steps; orders, time and polls are always part of them. */
export function histories(...extra: Array<Exclude<keyof typeof STEPS, 'wait' | 'place' | 'advance' | 'poll'>>): fc.Arbitrary<Step[]> {
	return fc.array(
		fc.oneof(
			{ weight: 4, arbitrary: STEPS.wait },
			{ weight: 2, arbitrary: STEPS.place },
			{ weight: 4, arbitrary: STEPS.advance },
			{ weight: 6, arbitrary: STEPS.poll },
			...extra.map((kind) => ({ weight: 1, arbitrary: STEPS[kind] as fc.Arbitrary<Step> })),
		),
		{ minLength: 5, maxLength: 80 },
	);
}

/** Options of a trigger that watches at least these events. */
export function optionsWatching(events: readonly OrderEvent[], others: readonly OrderEvent[] = []): fc.Arbitrary<LedgerOptions> {
	return fc.record({
		events: fc.subarray([...others]).map((chosen) => [...events, ...chosen]),
		retryAfterMinutes: fc.constantFrom(30, 60, 120),
		maxAttempts: fc.integer({ min: 1, max: 4 }),
		batchSize: fc.integer({ min: 1, max: 4 }),
		emitWaitingAtStart: fc.constant(true),
		skipWorkspaces: fc.constant(true),
		serviceIds: fc.constant([]),
		minimumPriceUsd: fc.constant(0),
		briefContains: fc.constant(''),
	});
}
