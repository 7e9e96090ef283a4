import { OrderFeed } from '../../nodes/AtelierTrigger/orderFeed';
import type { ListRequest, OrderList } from '../../nodes/AtelierTrigger/orderFeed';

const ORDERS = [
	{ id: 'a', status: 'paid' },
	{ id: 'b', status: 'disputed' },
	{ id: 'c', status: 'completed' },
];

let seconds: number;
let feed: OrderFeed;
let calls: string[];

beforeEach(() => {
	seconds = 0;
	calls = [];
	feed = new OrderFeed(() => seconds * 1000);
});

/** What a trigger with this name gets, as IDs and the time of the list; undefined when it gets nothing. */
async function read(trigger: string, statuses: string[], changes: Partial<ListRequest> = {}): Promise<string | undefined> {
	const list = await feed.read({ ...request(trigger, statuses), ...changes });
	return list && `${list.orders.map(({ id }) => id).join('')} at ${list.listedAt / 1000} s`;
}

function request(trigger: string, statuses: string[]): ListRequest {
	return {
		account: 'key',
		baseUrl: 'https://api.atelier.test',
		trigger,
		statuses,
		minimumSeconds: 120,
		fetch: async (wanted) => {
			calls.push(wanted.join(','));
			return { orders: ORDERS.filter(({ status }) => wanted.length === 0 || wanted.includes(status)), listedAt: seconds * 1000 };
		},
	};
}

test('calls are as far apart as the trigger wants, give or take a timer\'s half second', async () => {
	expect(await read('one', ['paid'])).toBe('a at 0 s');
	seconds = 119;
	expect(await read('one', ['paid'])).toBeUndefined();
	seconds = 119.6;
	expect(await read('one', ['paid'])).toBe('a at 119.6 s');
	expect(calls).toHaveLength(2);
});

test('a second trigger gets the list of the first while it is fresh, and a new one later', async () => {
	await read('one', ['disputed', 'paid']);
	await read('two', ['paid']);
	seconds = 300;
	await read('one', ['disputed', 'paid']);
	seconds = 310;
	expect(await read('two', ['paid'])).toBe('a at 310 s');
	seconds = 425;
	expect(await read('two', ['paid'])).toBe('a at 425 s');
	expect(calls).toEqual(['disputed,paid', 'disputed,paid', 'disputed,paid']);
});

test('a trigger that comes too early with other statuses is provided for by the next call', async () => {
	await read('one', ['paid']);
	seconds = 20;
	expect(await read('two', ['disputed'])).toBeUndefined();
	seconds = 300;
	expect(await read('one', ['paid'])).toBe('a at 300 s');
	seconds = 320;
	expect(await read('two', ['disputed'])).toBe('b at 320 s');
	expect(calls).toEqual(['paid', 'disputed,paid']);
});

test('no trigger is left out for ever, whenever it polls', async () => {
	const served = { one: 0, two: 0, three: 0 };
	for (let poll = 0; poll < 10; poll++) {
		for (const [offset, trigger, statuses] of [[0, 'one', ['paid']], [15, 'two', []], [40, 'three', ['disputed']]] as const) {
			seconds = poll * 300 + offset;
			if (await read(trigger, [...statuses])) served[trigger]++;
		}
	}
	expect(served).toEqual({ one: 10, two: 9, three: 9 });
	expect(calls).toHaveLength(10);
});

test('a trigger that has not asked for longer than a day is no longer provided for', async () => {
	await read('one', ['paid']);
	await read('two', ['disputed']);
	seconds = 27 * 3600;
	await read('one', ['paid']);
	expect(calls).toEqual(['paid', 'paid']);
});

test('a call that is on its way serves all who want no more than it brings', async () => {
	let answer: (list: OrderList) => void = () => {};
	const first = read('one', ['disputed', 'paid'], { fetch: async () => await new Promise<OrderList>((resolve) => (answer = resolve)) });
	const second = read('two', ['paid']);
	const third = read('three', ['completed']);
	answer({ orders: ORDERS.filter(({ status }) => status !== 'completed'), listedAt: 0 });
	expect(await Promise.all([first, second, third])).toEqual(['ab at 0 s', 'a at 0 s', undefined]);
	expect(calls).toEqual([]);
});

test('a call that fails is told to the one who made it, and counts', async () => {
	const failing = async () => await Promise.reject(new Error('no answer'));
	const first = read('one', ['paid'], { fetch: failing });
	const second = read('two', ['paid']);
	await expect(first).rejects.toThrow('no answer');
	expect(await second).toBeUndefined();
	seconds = 60;
	expect(await read('one', ['paid'])).toBeUndefined();
	seconds = 120;
	expect(await read('one', ['paid'])).toBe('a at 120 s');
});

test('where the list of all orders cannot be had, those who want less get theirs, and share again once it can', async () => {
	const tooLong = { fetch: async () => await Promise.reject(new Error('too long')) };
	await read('work', ['paid']);
	seconds = 120;
	const whole = read('all', [], tooLong);
	expect(await Promise.all([whole.catch(({ message }: Error) => message), read('work', ['paid'])])).toEqual(['too long', undefined]);
	seconds = 121;
	expect(await read('all', [])).toBeUndefined();
	expect(await read('work', ['paid'])).toBe('a at 121 s');
	for (seconds = 300; seconds < 1_000; seconds += 300) {
		await expect(read('all', [], tooLong)).rejects.toThrow('too long');
		expect(await read('work', ['paid'])).toBe(`a at ${seconds} s`);
		expect(await read('work', ['paid'])).toBeUndefined();
	}
	calls = [];
	for (; seconds < 2_000; seconds += 300) {
		expect(await read('all', [])).toBe(`abc at ${seconds} s`);
		expect(await read('work', ['paid'])).toBe(`a at ${seconds} s`);
	}
	expect(calls).toEqual(['', 'paid', '', '']);
});

test('a pause holds for all keys at an address and for no other address', async () => {
	feed.pause('https://api.atelier.test', 600);
	seconds = 599;
	expect(await read('one', ['paid'])).toBeUndefined();
	expect(await read('two', ['paid'], { account: 'another key' })).toBeUndefined();
	expect(await read('three', ['paid'], { baseUrl: 'https://elsewhere.test' })).toBe('a at 599 s');
	expect(feed.pausedSeconds('https://api.atelier.test')).toBe(1);
	seconds = 600;
	expect(await read('two', ['paid'], { account: 'another key' })).toBe('a at 600 s');
});

test('keys do not wait for each other', async () => {
	await read('one', ['paid']);
	expect(await read('two', ['paid'], { account: 'another key' })).toBe('a at 0 s');
});
