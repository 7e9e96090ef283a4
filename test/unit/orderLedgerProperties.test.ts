import fc from 'fast-check';

import { decide } from '../../nodes/AtelierTrigger/orderLedger';
import type { LedgerOptions } from '../../nodes/AtelierTrigger/orderLedger';
import type { OrderEvent } from '../../nodes/shared/orderEvents';
import { histories, MINUTE, optionsWatching, World } from './support/orderHistory';
import type { Handout, ModelOrder, Step } from './support/orderHistory';

/** Histories per property; more of them for a change to the ledger: PROPERTY_RUNS=20000 npm run test:unit */
const RUNS = Number(process.env.PROPERTY_RUNS ?? 150);

const WORK: OrderEvent[] = ['order.paid', 'order.in_progress', 'order.revision_requested'];
const WAITING: OrderEvent[] = [...WORK, 'order.created', 'order.disputed'];
const NEWS: OrderEvent[] = ['order.delivered', 'order.completed', 'order.cancelled'];
const WAITING_STATUSES = ['pending_quote', 'paid', 'in_progress', 'revision_requested', 'disputed'];
const FINISHED_STATUSES = ['completed', 'cancelled'];

/**
 * What must not lead to a duplicate. A list from before a clock step may look older than any list can be, so the two
 * are not combined; the trigger takes the time from the server that sends the list.
 */
const DISTURBANCES = [
	['restart', 'clockBack', 'latePoll'],
	['restart', 'clockBack', 'clockForward'],
] as const;

const EVERYTHING_THAT_GOES_WRONG = ['latePoll', 'restart', 'loseState', 'clockBack', 'clockForward'] as const;

/** Long enough for every repeat of every order to come, whatever the batches. */
function waitItOut(world: World, { retryAfterMinutes, maxAttempts, batchSize }: LedgerOptions): void {
	const rounds = maxAttempts + 2;
	world.pollFor(rounds * (retryAfterMinutes + 5 * Math.ceil(world.orders.length / batchSize)) + 60);
}

function byStage(handouts: readonly Handout[]): Handout[][] {
	return Object.values(Object.groupBy(handouts, ({ order, stage }) => `${order} ${stage}`) as Record<string, Handout[]>);
}

function isOpen({ status }: ModelOrder): boolean {
	return !FINISHED_STATUSES.includes(status);
}

test('no loss: an order that goes on waiting is handed out as often as allowed, whatever happened before', () => {
	fc.assert(
		fc.property(optionsWatching(WAITING, NEWS), histories(...EVERYTHING_THAT_GOES_WRONG), (options, steps) => {
			const world = new World(options);
			world.run(steps);
			waitItOut(world, options);
			for (const order of world.orders.filter(({ status }) => WAITING_STATUSES.includes(status))) {
				const attempts = world.handouts.filter(({ order: id, stage }) => id === order.id && stage === order.stage);
				expect(attempts.map(({ attempt }) => attempt)).toEqual(expect.arrayContaining(range(options.maxAttempts)));
			}
		}),
		{ numRuns: RUNS },
	);
});

test('no loss: an order that waits through one poll in good order reaches the workflow, if attempts are left', () => {
	fc.assert(
		fc.property(optionsWatching(WAITING), histories('restart', 'clockBack'), (options, steps) => {
			const world = new World({ ...options, maxAttempts: 1000 });
			world.run(steps);
			waitItOut(world, { ...options, maxAttempts: 2 });
			for (const order of world.orders.filter(({ status }) => WAITING_STATUSES.includes(status))) {
				expect(world.handouts).toContainEqual(expect.objectContaining({ order: order.id, stage: order.stage, arrived: true }));
			}
		}),
		{ numRuns: RUNS },
	);
});

test('no duplicate: the attempts of a stage count 1, 2, 3 … and are Retry After apart, over restarts, killed processes, late lists and clocks set back', () => {
	fc.assert(
		fc.property(optionsWatching(WAITING, [...NEWS, 'order.stalled']), histories('latePoll', 'restart', 'clockBack'), (options, steps) => {
			const world = new World(options);
			world.run(steps);
			waitItOut(world, options);
			for (const handouts of byStage(world.handouts.filter(({ event }) => event !== 'order.stalled'))) {
				expect(handouts.map(({ attempt }) => attempt)).toEqual(range(handouts.length));
				expect(handouts.length).toBeLessThanOrEqual(options.maxAttempts);
				const gaps = handouts.slice(1).map(({ at }, index) => at - handouts[index].at);
				for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(options.retryAfterMinutes * MINUTE);
			}
		}),
		{ numRuns: RUNS },
	);
});

test.each(DISTURBANCES)('no duplicate: nothing is handed out more often than allowed, over %s, %s and %s', (...disturbances) => {
	fc.assert(
		fc.property(optionsWatching(WAITING, ['order.stalled']), histories(...disturbances), (options, steps) => {
			const world = new World(options);
			world.run(steps);
			for (const handouts of byStage(world.handouts.filter(({ event }) => event !== 'order.stalled'))) {
				expect(handouts.map(({ attempt }) => attempt)).toEqual(range(handouts.length));
				expect(handouts.length).toBeLessThanOrEqual(options.maxAttempts);
			}
		}),
		{ numRuns: RUNS },
	);
});

test('no duplicate: a stage is reported as stalled once, after the last attempt', () => {
	fc.assert(
		fc.property(optionsWatching([...WAITING, 'order.stalled']), histories('latePoll', 'restart', 'clockBack'), (options, steps) => {
			const world = new World(options);
			world.run(steps);
			waitItOut(world, options);
			for (const handouts of byStage(world.handouts)) {
				const stalled = handouts.findIndex(({ event }) => event === 'order.stalled');
				if (stalled >= 0) expect([stalled, handouts.length]).toEqual([options.maxAttempts, options.maxAttempts + 1]);
			}
			for (const order of world.orders.filter(({ status }) => WAITING_STATUSES.includes(status))) {
				expect(world.handouts).toContainEqual(expect.objectContaining({ order: order.id, stage: order.stage, event: 'order.stalled' }));
			}
		}),
		{ numRuns: RUNS },
	);
});

test.each(DISTURBANCES)('no duplicate, no loss: a finished order is told exactly once, unless it was finished before the first poll, over %s, %s and %s', (...disturbances) => {
	fc.assert(
		fc.property(optionsWatching(['order.completed', 'order.cancelled'], [...WAITING, 'order.delivered']), histories(...disturbances), (options, steps) => {
			const world = new World(options);
			const start: Step[] = [
				{ kind: 'place', status: 'paid', secondsAgo: 700 },
				{ kind: 'place', status: 'pending_quote', secondsAgo: 3 },
				{ kind: 'advance', order: 1, choice: 1 },
			];
			world.run([...start, { kind: 'poll', shuffle: 0, outcome: 'ok' }]);
			const before = world.orders.filter((order) => !isOpen(order)).map(({ id }) => id);
			world.run(steps);
			waitItOut(world, options);
			for (const { id, status } of world.orders) {
				const told = world.handouts.filter(({ order, event }) => order === id && (event === 'order.completed' || event === 'order.cancelled'));
				expect(told.map(({ event }) => event)).toEqual(FINISHED_STATUSES.includes(status) && !before.includes(id) ? [`order.${status}`] : []);
			}
		}),
		{ numRuns: RUNS },
	);
});

test.each(DISTURBANCES)('no duplicate: each delivery is told at most once, over %s, %s and %s', (...disturbances) => {
	fc.assert(
		fc.property(optionsWatching(['order.delivered'], [...WORK, 'order.completed']), histories(...disturbances), (options, steps) => {
			const world = new World(options);
			world.run(steps);
			for (const handouts of byStage(world.handouts.filter(({ event }) => event === 'order.delivered'))) expect(handouts).toHaveLength(1);
		}),
		{ numRuns: RUNS },
	);
});

test('bounded: no more is remembered than orders that are open or were so in the last hour', () => {
	fc.assert(
		fc.property(optionsWatching([], [...WAITING, ...NEWS, 'order.stalled']), histories('latePoll', 'restart'), (options, steps) => {
			const world = new World(options, (remembered, { now, orders }) => {
				const newest = Math.max(0, ...orders.map((order) => Date.parse(order.created_at ?? '')));
				const recent = orders.filter(
					(order) => isOpen(order) || now - order.changedAt <= 60 * MINUTE || newest - Date.parse(order.created_at ?? '') < 10 * MINUTE,
				);
				// Where polls pause, what left the list is noticed with the first poll after the pause.
				if (!steps.some((step) => step.kind === 'wait' && step.minutes > 10)) expect(remembered).toBeLessThanOrEqual(recent.length);
			});
			world.run(steps);
		}),
		{ numRuns: RUNS },
	);
});

test('bounded: when all orders are finished, those of the last ten minutes at most are remembered', () => {
	fc.assert(
		fc.property(optionsWatching(WORK, NEWS), histories(...EVERYTHING_THAT_GOES_WRONG), (options, steps) => {
			const world = new World(options);
			world.run(steps);
			while (world.orders.some(isOpen)) world.take({ kind: 'advance', order: 0, choice: world.orders.length + world.now });
			waitItOut(world, options);
			const newest = Math.max(0, ...world.orders.map((order) => Date.parse(order.created_at ?? '')));
			const watchesFinished = options.events.some((event) => event === 'order.completed' || event === 'order.cancelled');
			const recent = world.orders.filter((order) => newest - Date.parse(order.created_at ?? '') < 10 * MINUTE);
			expect(world.remembered).toBeLessThanOrEqual(watchesFinished ? recent.length : 0);
		}),
		{ numRuns: RUNS },
	);
});

test('the order of the list makes no difference', () => {
	fc.assert(
		fc.property(optionsWatching(WAITING, NEWS), histories('clockBack'), fc.nat(100), (options, steps, shuffle) => {
			const world = new World(options);
			world.run(steps);
			const forwards = decide(undefined, world.orders, options, world.now);
			const rotated = world.orders.map((_, index) => world.orders[(index + shuffle) % world.orders.length]).reverse();
			const backwards = decide(undefined, rotated, options, world.now);
			expect(backwards.emissions).toEqual(forwards.emissions);
			expect(Object.fromEntries(backwards.state.entries)).toEqual(Object.fromEntries(forwards.state.entries));
		}),
	);
});

test('a batch is never exceeded and takes the oldest orders', () => {
	fc.assert(
		fc.property(optionsWatching(WAITING), histories(), (options, steps) => {
			const world = new World(options);
			world.run(steps);
			const { emissions } = decide(undefined, world.orders, options, world.now);
			const waiting = world.orders.filter(({ status }) => WAITING_STATUSES.includes(status));
			expect(emissions).toHaveLength(Math.min(options.batchSize, waiting.length));
			const left = waiting.filter(({ id }) => !emissions.some(({ order }) => order.id === id));
			for (const { order } of emissions) {
				for (const other of left) expect((order.created_at ?? '') <= (other.created_at ?? '')).toBe(true);
			}
		}),
	);
});

function range(count: number): number[] {
	return Array.from({ length: count }, (_, index) => index + 1);
}
