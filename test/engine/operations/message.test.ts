import { byId, runNode } from '../support/engine';
import { mockAtelier } from '../support/mockAtelier';

const atelier = mockAtelier();

const MESSAGE = {
	id: 'msg_1',
	order_id: 'ord_1',
	sender_type: 'client',
	sender_id: '7xKX',
	sender_name: 'Ada',
	user_id: null,
	content: 'How is it going?',
	created_at: '2026-07-01 13:00:00',
};

describe('Message > Get Many', () => {
	it('reads the conversation, oldest first', async () => {
		atelier.answers('GET /orders/ord_1/messages', [MESSAGE, { ...MESSAGE, id: 'msg_2' }]);
		const { items } = await runNode({ parameters: { resource: 'message', operation: 'getAll', orderId: byId('ord_1') } });
		expect(atelier.requests()).toEqual([{ call: 'GET /orders/ord_1/messages' }]);
		const cleaned = { ...MESSAGE, created_at: '2026-07-01T13:00:00.000Z' };
		expect(items).toEqual([cleaned, { ...cleaned, id: 'msg_2' }]);
	});
});

describe('Message > Send', () => {
	it('sends the text of each item to its order', async () => {
		atelier.answers('POST /orders/ord_1/messages', MESSAGE);
		atelier.answers('POST /orders/ord_2/messages', { ...MESSAGE, id: 'msg_2' });
		const { items } = await runNode({
			parameters: { resource: 'message', operation: 'send', orderId: byId('={{ $json.order }}'), content: '={{ $json.text }}' },
			items: [{ json: { order: 'ord_1', text: ' Hello ' } }, { json: { order: 'ord_2', text: 'Done' } }],
		});
		expect(atelier.requests()).toEqual([
			{ call: 'POST /orders/ord_1/messages', body: { content: 'Hello' } },
			{ call: 'POST /orders/ord_2/messages', body: { content: 'Done' } },
		]);
		expect(items.map(({ id }) => id)).toEqual(['msg_1', 'msg_2']);
	});

	describe('after a lost answer', () => {
		const call = 'POST /orders/ord_1/messages';
		const parameters = { resource: 'message', operation: 'send', orderId: byId('ord_1'), content: 'Your cover is ready' };
		const secondsAgo = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString().slice(0, 19).replace('T', ' ');
		const own = (changes: object = {}) => ({
			...MESSAGE,
			id: 'msg_7',
			sender_type: 'agent',
			content: 'Your cover is ready',
			created_at: secondsAgo(0),
			...changes,
		});
		const calls = () => atelier.requests().map((request) => request.call);
		const LOOK = 'GET /orders/ord_1/messages';

		it('finds the message that arrived, and does not send it again', async () => {
			atelier.replies(call, { status: 502, body: '<h1>Bad Gateway</h1>' });
			atelier.answers(LOOK, [MESSAGE, own()]);
			const { items } = await runNode({ parameters });
			expect(calls()).toEqual([call, LOOK]);
			expect(items).toEqual([expect.objectContaining({ id: 'msg_7', content: 'Your cover is ready' })]);
		});

		it.each([
			['nothing', () => []],
			['the same from an hour ago', () => [own({ created_at: secondsAgo(3600) })]],
			["the client's own words", () => [own({ sender_type: 'client' })]],
			['another text', () => [own({ content: 'Your cover is ready!' })]],
		])('sends it again when it did not arrive: there is %s', async (_what, messages) => {
			atelier.replies(call, { body: 'cut off' });
			atelier.answers(LOOK, messages());
			atelier.answers(call, own({ id: 'msg_8' }));
			const { items } = await runNode({ parameters });
			expect(calls()).toEqual([call, LOOK, call]);
			expect(items.map(({ id }) => id)).toEqual(['msg_8']);
		});

		it.each([
			['the server is behind', 3600, -3600],
			['the time in its answer is ahead', 0, 3600],
		])('is found although the clocks differ: %s', async (_what, age, offBySeconds) => {
			atelier.replies(call, { status: 502, body: '' });
			atelier.replies(LOOK, {
				body: { success: true, data: [own({ created_at: secondsAgo(age) })] },
				headers: { date: new Date(Date.now() + offBySeconds * 1000).toUTCString() },
			});
			const { items } = await runNode({ parameters });
			expect(items.map(({ id }) => id)).toEqual(['msg_7']);
		});

		it('is found although the look takes long', async () => {
			const sent = own();
			atelier.replies(call, { status: 502, body: '' });
			atelier.refuses(LOOK, 429, 'Too many requests', { 'retry-after': '4' });
			atelier.answers(LOOK, [sent]);
			const { items } = await runNode({ parameters });
			expect(calls()).toEqual([call, LOOK, LOOK]);
			expect(items.map(({ id }) => id)).toEqual(['msg_7']);
		});

		it('does not take the message of the item before for it', async () => {
			atelier.answers(call, own({ id: 'msg_6' }));
			atelier.replies(call, { status: 502, body: '' });
			atelier.answers(LOOK, [own({ id: 'msg_6' })]);
			atelier.answers(call, own({ id: 'msg_7' }));
			const { items } = await runNode({ parameters, items: [{}, {}] });
			expect(calls()).toEqual([call, call, LOOK, call]);
			expect(items.map(({ id }) => id)).toEqual(['msg_6', 'msg_7']);
		});

		it('gives up after three times, and says that it did not arrive', async () => {
			for (let time = 0; time < 3; time++) {
				atelier.replies(call, { status: 502, body: '' });
				atelier.answers(LOOK, []);
			}
			const { error } = await runNode({ parameters });
			expect(error?.message).toMatch(/^Atelier answered 502/);
			expect(error?.description).toMatch(/^It was not done\. /);
		});

		it.each([
			['the look fails', { status: 403, body: { success: false, error: 'Not yours' } }],
			['the newest messages cannot be read', { body: { success: true, data: Array.from({ length: 50 }, () => MESSAGE) } }],
		])('is not sent again when %s', async (_what, look) => {
			atelier.replies(call, { status: 502, body: '' });
			atelier.replies(LOOK, look);
			const { error } = await runNode({ parameters });
			expect(calls()).toEqual([call, LOOK]);
			expect(error?.message).toMatch(/^It is not known whether this was done\. /);
		});

		it('is found by a repetition of the node, when it can be looked for again', async () => {
			atelier.replies(call, { status: 502, body: '' });
			atelier.refuses(LOOK, 403, 'Not yours');
			atelier.answers(LOOK, [own()]);
			const { items } = await runNode({ parameters, node: { retryOnFail: true, maxTries: 2, waitBetweenTries: 0 } });
			expect(calls()).toEqual([call, LOOK, LOOK]);
			expect(items.map(({ id }) => id)).toEqual(['msg_7']);
		});
	});

	it('says how long a refused text is', async () => {
		atelier.refuses('POST /orders/ord_1/messages', 400, 'Message must be 1-2000 characters');
		const { error } = await runNode({
			parameters: { resource: 'message', operation: 'send', orderId: byId('ord_1'), content: 'x'.repeat(2001) },
		});
		expect(error?.message).toBe('Atelier answered 400: Message must be 1-2000 characters [item 0]');
		expect(error?.description).toContain('"Message" has 2001 characters; Atelier takes 1 to 2,000');
	});

	it.each([
		['Order', { orderId: byId('={{ "" }}') }],
		['Message', { content: ' \n ' }],
	])('asks for an empty %s before it sends anything', async (label, emptied) => {
		const { error } = await runNode({
			parameters: { resource: 'message', operation: 'send', orderId: byId('ord_1'), content: 'Hello', ...emptied },
		});
		expect(error?.message).toBe(`"${label}" is empty [item 0]`);
	});
});
