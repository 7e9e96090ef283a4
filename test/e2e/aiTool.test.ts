import type { ScriptedReply } from '../../sandbox/providers/kit/chatScript';
import { fromModel, idFromModel, runAgent, type AtelierTool } from './support/aiAgent';
import { START_LIMIT_MS, TestSandbox } from './support/testSandbox';

let sandbox: TestSandbox;
beforeAll(async () => {
	sandbox = await TestSandbox.start();
	await sandbox.control.setRateLimit(false);
}, START_LIMIT_MS);
afterAll(async () => {
	await sandbox?.stop();
});

const orderId = idFromModel('order_id', 'ID of the order');

const GET_ORDER: AtelierTool = { name: 'Get order', parameters: { resource: 'order', operation: 'get', orderId } };

/** How often the marketplace was asked to do something, whatever it answered. */
async function countCalls(method: string, path: string): Promise<number> {
	return (await sandbox.control.log()).filter((call) => call.method === method && call.path === path).length;
}

describe.each([3.1, 2.2])('n8n’s AI Agent %s', (agentVersion) => {
	const run = async (tools: AtelierTool[], script: ScriptedReply[]) =>
		await runAgent(sandbox, agentVersion, tools, [...script, { text: 'All done.' }]);

	it('reads an order and its messages', async () => {
		const id = await sandbox.placeOrder('A lighthouse on a small island at dusk');
		await sandbox.control.sendMessage(id, 'Please in warm colours.');
		const listMessages = { name: 'List messages', parameters: { resource: 'message', operation: 'getAll', orderId } };
		const { output, calls, descriptions } = await run(
			[GET_ORDER, listMessages],
			[
				{ toolCalls: [{ name: 'Get_order', arguments: { order_id: id } }] },
				{ toolCalls: [{ name: 'List_messages', arguments: { order_id: id } }] },
			],
		);
		expect(output).toBe('All done.');
		expect(calls).toEqual([
			{
				tool: 'Get_order',
				input: { order_id: id },
				answer: [expect.objectContaining({ id, status: 'paid', brief: 'A lighthouse on a small island at dusk' })],
			},
			{
				tool: 'List_messages',
				input: { order_id: id },
				answer: [expect.objectContaining({ sender_type: 'client', content: 'Please in warm colours.' })],
			},
		]);
		expect(descriptions).toEqual({
			Get_order: expect.stringContaining('Read one order: its brief, status, price'),
			List_messages: expect.stringContaining('Read the messages between you and the client of an order'),
		});
	});

	it('lists what is to do', async () => {
		const id = await sandbox.placeOrder('A fox in the snow, from the side');
		const listOrders = { name: 'List orders', parameters: { resource: 'order', operation: 'getAll', returnAll: true } };
		const { calls } = await run([listOrders], [{ toolCalls: [{ name: 'List_orders', arguments: {} }] }]);
		expect(calls[0].answer).toContainEqual(expect.objectContaining({ id, status: 'paid' }));
	});

	it('quotes a price', async () => {
		const service = await sandbox.control.createService(sandbox.agent.id, { title: `Quoted picture v${agentVersion}`, price_type: 'quote' });
		const { id } = await sandbox.control.placeOrder({ service_id: service.id, brief: 'A mural for the hall of a school' });
		const quote = {
			name: 'Quote price',
			parameters: { resource: 'order', operation: 'quote', orderId, price: fromModel('price', 'Price in US dollars') },
		};
		const { calls } = await run([quote], [{ toolCalls: [{ name: 'Quote_price', arguments: { order_id: id, price: '45.50' } }] }]);
		expect(calls[0].answer).toEqual([expect.objectContaining({ id, status: 'quoted', quoted_price_usd: '45.50' })]);
		expect((await sandbox.control.order(id)).order).toMatchObject({ status: 'quoted', quoted_price_usd: '45.50' });
	});

	it('writes to the client, the same twice when the model wants that', async () => {
		const id = await sandbox.placeOrder('A bridge in fog, seen from below');
		const sendMessage = {
			name: 'Send message',
			parameters: { resource: 'message', operation: 'send', orderId, content: fromModel('content', 'The text') },
		};
		const send = { toolCalls: [{ name: 'Send_message', arguments: { order_id: id, content: 'I have started.' } }] };
		const { calls } = await run([sendMessage], [send, send]);
		const sent = [expect.objectContaining({ sender_type: 'agent', content: 'I have started.' })];
		expect(calls.map(({ answer }) => answer)).toEqual([sent, sent]);
		expect((await sandbox.control.messages(id)).map(({ content }) => content)).toEqual(['I have started.', 'I have started.']);
	});

	it('delivers a text and a web address', async () => {
		const [textOrder, urlOrder] = [await sandbox.placeOrder('A poem about rain on a roof'), await sandbox.placeOrder('A page about rain')];
		const deliver = (name: string, parameters: Record<string, unknown>) => ({
			name,
			parameters: { resource: 'order', operation: 'deliver', orderId, ...parameters },
		});
		const { calls } = await run(
			[
				deliver('Deliver text', { source: 'text', text: fromModel('text', 'The work'), fileName: 'poem.md' }),
				deliver('Deliver URL', { source: 'url', urls: fromModel('url', 'Address of the work') }),
			],
			[
				{ toolCalls: [{ name: 'Deliver_text', arguments: { order_id: textOrder, text: 'It rains.' } }] },
				{ toolCalls: [{ name: 'Deliver_URL', arguments: { order_id: urlOrder, url: 'https://example.com/rain' } }] },
			],
		);
		expect(calls.map(({ answer }) => answer[0])).toEqual([
			expect.objectContaining({ id: textOrder, status: 'delivered', deliverable_media_type: 'text' }),
			expect.objectContaining({ id: urlOrder, status: 'delivered', deliverable_url: 'https://example.com/rain' }),
		]);
		const { order } = await sandbox.control.order(textOrder);
		expect(order.status).toBe('delivered');
		expect(await (await fetch(String(calls[0].answer[0].deliverable_url))).text()).toBe('It rains.');
	});

	it('learns what the marketplace refuses, and what to do about it', async () => {
		const id = await sandbox.placeOrder('A hill with a single tree');
		const quote = { name: 'Quote', parameters: { resource: 'order', operation: 'quote', orderId, price: '5' } };
		const { output, calls } = await run([quote], [{ toolCalls: [{ name: 'Quote', arguments: { order_id: id } }] }]);
		const answer = JSON.stringify(calls[0].answer);
		expect(answer).toContain('Atelier answered 400: Cannot quote order with status');
		expect(answer).toContain('Only an order with status pending_quote can be quoted');
		expect(output).toBe('All done.');
	});

	it('is refused what moves money or cannot be undone, whatever it tells the tool', async () => {
		const service = await sandbox.control.createService(sandbox.agent.id, { title: `Kept picture v${agentVersion}` });
		const deactivate = {
			name: 'Deactivate',
			parameters: {
				resource: 'service',
				operation: 'deactivate',
				serviceId: idFromModel('service_id', 'ID of the service'),
				confirmServiceDeactivate: "={{ $fromAI('confirmed', 'Whether it is meant', 'boolean') }}",
				allowServiceDeactivateAsTool: "={{ $fromAI('allowed', 'Whether it is allowed', 'boolean') }}",
			},
		};
		const { output, calls } = await run(
			[deactivate],
			[{ toolCalls: [{ name: 'Deactivate', arguments: { service_id: service.id, confirmed: true, allowed: true } }] }],
		);
		expect(JSON.stringify(calls[0].answer)).toContain('is not allowed for an AI agent');
		expect(await countCalls('DELETE', `/api/services/${service.id}`)).toBe(0);
		expect(output).toBe('All done.');
	});

	it('may do it when the person who built the workflow has allowed it', async () => {
		const service = await sandbox.control.createService(sandbox.agent.id, { title: `Dropped picture v${agentVersion}` });
		const deactivate = {
			name: 'Deactivate',
			parameters: {
				resource: 'service',
				operation: 'deactivate',
				serviceId: idFromModel('service_id', 'ID of the service'),
				confirmServiceDeactivate: true,
				allowServiceDeactivateAsTool: true,
			},
		};
		const { calls } = await run([deactivate], [{ toolCalls: [{ name: 'Deactivate', arguments: { service_id: service.id } }] }]);
		expect(calls[0].answer).toEqual([expect.objectContaining({ id: service.id, active: 0 })]);
	});
});
