import { readState, writeState } from '../../nodes/AtelierTrigger/ledgerState';
import type { LedgerState } from '../../nodes/AtelierTrigger/ledgerState';
import { decide, statusesToList } from '../../nodes/AtelierTrigger/orderLedger';
import type { LedgerOptions } from '../../nodes/AtelierTrigger/orderLedger';
import type { OrderEvent, OrderFacts } from '../../nodes/shared/orderEvents';

const START = Date.parse('2026-07-01T12:00:00Z');
const MINUTE = 60_000;

const DEFAULTS: LedgerOptions = {
	events: ['order.paid', 'order.in_progress', 'order.revision_requested'],
	retryAfterMinutes: 60,
	maxAttempts: 3,
	batchSize: 10,
	emitWaitingAtStart: true,
	skipWorkspaces: true,
	serviceIds: [],
	minimumPriceUsd: 0,
	briefContains: '',
};

function order(id: string, status: string, more: Partial<OrderFacts> = {}): OrderFacts {
	return {
		id,
		status,
		brief: 'A logo for a bakery',
		quoted_price_usd: '25.00',
		revision_count: 0,
		created_at: '2026-07-01T11:00:00.000Z',
		delivered_at: null,
		workspace_expires_at: null,
		service_id: 'svc_1',
		...more,
	};
}

/** A ledger with its memory, polled at given minutes; what it hands out comes back as short text. */
class Trigger {
	state?: LedgerState;

	constructor(private readonly options: LedgerOptions) {}

	static with(options: Partial<LedgerOptions> = {}): Trigger {
		return new Trigger({ ...DEFAULTS, ...options });
	}

	poll(minute: number, ...orders: OrderFacts[]): string[] {
		const { state, emissions } = decide(this.state, orders, this.options, START + minute * MINUTE);
		// What is stored is what comes back.
		this.state = readState(JSON.parse(JSON.stringify(writeState(state))));
		return emissions.map(({ event, order: { id }, attempt, previousStatus }) => `${event} ${id} #${attempt} after ${previousStatus}`);
	}

	get remembered(): string[] {
		return [...(this.state?.entries.keys() ?? [])];
	}
}

describe('work', () => {
	test('a paid order is handed out once, and what happens to it next is not new work', () => {
		const trigger = Trigger.with();
		expect(trigger.poll(0, order('a', 'paid'))).toEqual(['order.paid a #1 after null']);
		expect(trigger.poll(5, order('a', 'paid'))).toEqual([]);
		expect(trigger.poll(10, order('a', 'in_progress'))).toEqual([]);
		expect(trigger.poll(15, order('a', 'paid'))).toEqual([]);
	});

	test('an order first seen in progress is handed out as such', () => {
		const trigger = Trigger.with();
		expect(trigger.poll(0, order('a', 'in_progress'))).toEqual(['order.in_progress a #1 after null']);
		expect(trigger.poll(5, order('a', 'paid'))).toEqual([]);
	});

	test('with only "in progress" watched, a paid order becomes work when it is in progress', () => {
		const trigger = Trigger.with({ events: ['order.in_progress'] });
		expect(trigger.poll(0, order('a', 'paid'))).toEqual([]);
		expect(trigger.poll(5, order('a', 'in_progress'))).toEqual(['order.in_progress a #1 after null']);
		expect(trigger.poll(70, order('a', 'paid'))).toEqual(['order.in_progress a #2 after in_progress']);
	});

	test('each requested revision is new work with attempt 1', () => {
		const trigger = Trigger.with();
		const delivered = { delivered_at: '2026-07-01T12:10:00.000Z' };
		const deliveredAgain = { delivered_at: '2026-07-01T13:10:00.000Z' };
		trigger.poll(0, order('a', 'paid'));
		const revision = order('a', 'revision_requested', { ...delivered, revision_count: 1 });
		expect(trigger.poll(20, revision)).toEqual(['order.revision_requested a #1 after paid']);
		expect(trigger.poll(25, revision)).toEqual([]);
		expect(trigger.poll(80, revision)).toEqual(['order.revision_requested a #2 after revision_requested']);
		expect(trigger.poll(85, order('a', 'revision_requested', { ...deliveredAgain, revision_count: 2 }))).toEqual([
			'order.revision_requested a #1 after revision_requested',
		]);
	});

	test('a revision after another delivery is new work, even if the count did not move', () => {
		const trigger = Trigger.with();
		const revision = (delivered_at: string) => order('a', 'revision_requested', { delivered_at, revision_count: 1 });
		trigger.poll(0, revision('2026-07-01T11:30:00.000Z'));
		expect(trigger.poll(5, revision('2026-07-01T12:03:00.000Z'))).toEqual([
			'order.revision_requested a #1 after revision_requested',
		]);
	});

	test('a revision that is counted is new work, even if the delivery is none that can be told from the last', () => {
		const trigger = Trigger.with();
		const revision = (revision_count: number) => order('a', 'revision_requested', { delivered_at: '2026-07-01T11:30:00.000Z', revision_count });
		trigger.poll(0, revision(1));
		expect(trigger.poll(5, revision(2))).toEqual(['order.revision_requested a #1 after revision_requested']);
	});

	test('the oldest orders come first and the rest with the next polls', () => {
		const trigger = Trigger.with({ batchSize: 2 });
		const orders = [
			order('d', 'paid', { created_at: '2026-07-01T11:00:03.000Z' }),
			order('b', 'paid', { created_at: '2026-07-01T11:00:01.000Z' }),
			order('c', 'revision_requested', { created_at: '2026-07-01T11:00:01.000Z', revision_count: 1 }),
			order('a', 'in_progress', { created_at: '2026-07-01T11:00:02.000Z' }),
		];
		expect(trigger.poll(0, ...orders)).toEqual(['order.paid b #1 after null', 'order.revision_requested c #1 after null']);
		expect(trigger.poll(5, ...orders)).toEqual(['order.in_progress a #1 after null', 'order.paid d #1 after null']);
		expect(trigger.poll(10, ...orders)).toEqual([]);
	});
});

describe('repeats', () => {
	test('an order that still waits is handed out again up to the limit, then reported as stalled once', () => {
		const trigger = Trigger.with({ events: [...DEFAULTS.events, 'order.stalled'] });
		const handedOut = Array.from({ length: 100 }, (_, index) => trigger.poll(index * 5, order('a', 'paid')));
		expect(handedOut.flatMap((emissions, index) => emissions.map((emission) => `${index * 5} min: ${emission}`))).toEqual([
			'0 min: order.paid a #1 after null',
			'60 min: order.paid a #2 after paid',
			'120 min: order.paid a #3 after paid',
			'180 min: order.stalled a #3 after paid',
		]);
	});

	test('without "stalled" watched, the last repeat is the end', () => {
		const trigger = Trigger.with({ maxAttempts: 1 });
		expect([0, 60, 120, 180].flatMap((minute) => trigger.poll(minute, order('a', 'paid')))).toEqual(['order.paid a #1 after null']);
	});

	test('more attempts allowed later are made use of', () => {
		const trigger = Trigger.with({ maxAttempts: 1, events: ['order.paid', 'order.stalled'] });
		trigger.poll(0, order('a', 'paid'));
		expect(trigger.poll(60, order('a', 'paid'))).toEqual(['order.stalled a #1 after paid']);
		const patient = Trigger.with({ maxAttempts: 2, events: ['order.paid', 'order.stalled'] });
		patient.state = trigger.state;
		expect(patient.poll(120, order('a', 'paid'))).toEqual(['order.paid a #2 after paid']);
		expect(patient.poll(180, order('a', 'paid'))).toEqual(['order.stalled a #2 after paid']);
	});

	test('quote requests and disputes wait for the agent as well', () => {
		const trigger = Trigger.with({ events: ['order.created', 'order.disputed'] });
		const waiting = [order('a', 'pending_quote', { quoted_price_usd: null }), order('b', 'disputed', { delivered_at: '2026-07-01T11:30:00.000Z' })];
		expect(trigger.poll(0, ...waiting)).toEqual(['order.created a #1 after null', 'order.disputed b #1 after null']);
		expect(trigger.poll(60, ...waiting)).toEqual(['order.created a #2 after pending_quote', 'order.disputed b #2 after disputed']);
	});

	test('a second dispute after another delivery is new', () => {
		const trigger = Trigger.with({ events: ['order.disputed'] });
		trigger.poll(0, order('a', 'disputed', { delivered_at: '2026-07-01T11:30:00.000Z' }));
		expect(trigger.poll(5, order('a', 'disputed', { delivered_at: '2026-07-01T12:02:00.000Z' }))).toEqual([
			'order.disputed a #1 after disputed',
		]);
	});

	test('a clock that is set back delays a repeat by no more than the time between attempts', () => {
		const trigger = Trigger.with();
		trigger.poll(600, order('a', 'paid'));
		expect(trigger.poll(0, order('a', 'paid'))).toEqual([]);
		expect(trigger.poll(59, order('a', 'paid'))).toEqual([]);
		expect(trigger.poll(60, order('a', 'paid'))).toEqual(['order.paid a #2 after paid']);
	});
});

describe('lists that are out of date', () => {
	test('an order that is missing for a while and comes back unchanged is not new', () => {
		const trigger = Trigger.with();
		trigger.poll(0, order('a', 'paid'));
		expect(trigger.poll(100)).toEqual([]);
		expect(trigger.poll(105, order('a', 'paid'))).toEqual([]);
	});

	test('an earlier stage is not new, unless it stays', () => {
		const trigger = Trigger.with();
		const delivered_at = '2026-07-01T11:30:00.000Z';
		trigger.poll(0, order('a', 'revision_requested', { delivered_at, revision_count: 1 }));
		expect(trigger.poll(5, order('a', 'paid'))).toEqual([]);
		expect(trigger.poll(60, order('a', 'paid'))).toEqual(['order.paid a #1 after revision_requested']);
	});
});

describe('the first poll', () => {
	test('waiting work can be left alone; its next stage is work again', () => {
		const trigger = Trigger.with({ emitWaitingAtStart: false });
		expect(trigger.poll(0, order('a', 'paid'), order('b', 'revision_requested', { revision_count: 1 }))).toEqual([]);
		expect(trigger.poll(300, order('a', 'paid'), order('c', 'paid'))).toEqual(['order.paid c #1 after null']);
		expect(trigger.poll(305, order('a', 'revision_requested', { revision_count: 1, delivered_at: '2026-07-01T17:00:00.000Z' }))).toEqual([
			'order.revision_requested a #1 after paid',
		]);
	});

	test('what was delivered or finished before is history', () => {
		const trigger = Trigger.with({ events: ['order.delivered', 'order.completed', 'order.cancelled'] });
		const delivered_at = '2026-07-01T11:30:00.000Z';
		const before = [order('a', 'delivered', { delivered_at }), order('b', 'completed', { delivered_at }), order('c', 'cancelled')];
		expect(trigger.poll(0, ...before)).toEqual([]);
		expect(trigger.poll(5, ...before)).toEqual([]);
	});

	test('a lost memory costs a repeat and no order', () => {
		const trigger = Trigger.with();
		trigger.poll(0, order('a', 'paid'));
		trigger.state = undefined;
		expect(trigger.poll(5, order('a', 'paid'))).toEqual(['order.paid a #1 after null']);
	});
});

describe('filters', () => {
	test.each<[string, Partial<LedgerOptions>, Partial<OrderFacts>]>([
		['service', { serviceIds: ['svc_2', 'svc_3'] }, { service_id: 'svc_3' }],
		['minimum price', { minimumPriceUsd: 30 }, { quoted_price_usd: '30.00' }],
		['no price yet', { minimumPriceUsd: 30 }, { quoted_price_usd: null }],
		['brief', { briefContains: ' BAKERY in ' }, { brief: 'Logo for a bakery in Lyon' }],
		['workspace', {}, {}],
	])('%s', (_, options, passing) => {
		const trigger = Trigger.with(options);
		const excluded = order('a', 'paid', { workspace_expires_at: _ === 'workspace' ? '2026-07-08T12:00:00.000Z' : null });
		expect(trigger.poll(0, excluded, order('b', 'paid', passing))).toEqual(['order.paid b #1 after null']);
		expect(trigger.remembered).toEqual(['b']);
	});

	test.each([DEFAULTS.events, [...DEFAULTS.events, 'order.completed' as const]])('an order that a changed filter lets through is handed out then (%s, %s, %s, %s)', (...events) => {
		const strict = Trigger.with({ events, minimumPriceUsd: 50 });
		expect(strict.poll(0, order('a', 'paid'))).toEqual([]);
		const open = Trigger.with({ events });
		open.state = strict.state;
		expect(open.poll(5, order('a', 'paid'))).toEqual([expect.stringMatching(/^order\.paid a #1 /)]);
	});

	test('a paid order that turns into a platform-run workspace is not repeated', () => {
		const trigger = Trigger.with();
		trigger.poll(0, order('a', 'paid'));
		expect(trigger.poll(60, order('a', 'in_progress', { workspace_expires_at: '2026-07-08T12:00:00.000Z' }))).toEqual([]);
	});
});

describe('news of finished orders', () => {
	const events: OrderEvent[] = ['order.delivered', 'order.completed', 'order.cancelled'];
	const delivered_at = '2026-07-01T12:20:00.000Z';

	test('each is told once, with the status before', () => {
		const trigger = Trigger.with({ events });
		trigger.poll(0, order('a', 'paid'), order('b', 'quoted'));
		expect(trigger.poll(20, order('a', 'delivered', { delivered_at }), order('b', 'quoted'))).toEqual(['order.delivered a #1 after paid']);
		const end = [order('a', 'completed', { delivered_at }), order('b', 'cancelled')];
		expect(trigger.poll(40, ...end)).toEqual(['order.completed a #1 after delivered', 'order.cancelled b #1 after quoted']);
		for (const minute of [45, 200, 1000]) expect(trigger.poll(minute, ...end)).toEqual([]);
		expect(trigger.remembered.length).toBeLessThanOrEqual(2);
	});

	test('an order that came and finished between two polls is told, in whatever second it was created', () => {
		const trigger = Trigger.with({ events });
		trigger.poll(0, order('a', 'paid'));
		const end = [order('a', 'paid'), order('b', 'cancelled'), order('c', 'completed', { created_at: '2026-07-01T10:59:00.000Z' })];
		expect(trigger.poll(5, ...end)).toEqual(['order.completed c #1 after null', 'order.cancelled b #1 after null']);
		expect(trigger.poll(10, ...end)).toEqual([]);
	});

	test('those beyond a batch are told with the next polls', () => {
		const trigger = Trigger.with({ events, batchSize: 2 });
		trigger.poll(0);
		const cancelled = ['a', 'b', 'c', 'd', 'e'].map((id, index) => order(id, 'cancelled', { created_at: `2026-07-01T12:0${index}:00.000Z` }));
		const later = order('z', 'quoted', { created_at: '2026-07-01T15:00:00.000Z' });
		const told = [200, 205, 210, 215].map((minute) => trigger.poll(minute, later, ...cancelled).map((text) => text.split(' ')[1]));
		expect(told).toEqual([['a', 'b'], ['c', 'd'], ['e'], []]);
	});

	test('20,000 finished orders take no memory', () => {
		const trigger = Trigger.with({ events: [...DEFAULTS.events, ...events] });
		const finished = Array.from({ length: 20_000 }, (_, index) =>
			order(`ord_${index}`, index % 3 ? 'completed' : 'cancelled', { created_at: new Date(START - (index + 20) * MINUTE).toISOString() }),
		);
		const open = order('new', 'paid', { created_at: new Date(START).toISOString() });
		expect(trigger.poll(0, open, ...finished)).toEqual(['order.paid new #1 after null']);
		expect(trigger.poll(5, open, ...finished)).toEqual([]);
		expect(trigger.remembered).toEqual(['new']);
	});

	test('to watch them later tells of none from before', () => {
		const work = Trigger.with();
		work.poll(0, order('a', 'paid'));
		const all = Trigger.with({ events: [...DEFAULTS.events, ...events] });
		all.state = work.state;
		const old = order('x', 'completed', { delivered_at });
		expect(all.poll(5, order('a', 'paid'), old, order('y', 'delivered', { delivered_at }))).toEqual([]);
		expect(all.poll(10, order('a', 'cancelled'), old)).toEqual(['order.cancelled a #1 after paid']);
	});
});

describe('what a poll lists', () => {
	test('only the statuses of the events', () => {
		expect(statusesToList(DEFAULTS.events)).toEqual(['in_progress', 'paid', 'revision_requested']);
		expect(statusesToList(['order.disputed', 'order.created', 'order.stalled'])).toEqual(['disputed', 'pending_quote']);
	});

	test('both statuses of paid work together', () => {
		expect(statusesToList(['order.paid'])).toEqual(['in_progress', 'paid']);
	});

	test('everything for finished orders', () => {
		expect(statusesToList(['order.paid', 'order.completed'])).toEqual([]);
	});

	test('rows that are no orders, or have a status that is not known, do no harm', () => {
		const trigger = Trigger.with();
		const rows = [null, {}, { id: 7, status: 'paid' }, { id: 'x', status: 'teleported' }, order('a', 'paid', { created_at: 'soon', revision_count: null })];
		expect(trigger.poll(0, ...(rows as OrderFacts[]))).toEqual(['order.paid a #1 after null']);
	});
});
