import { storyOf, type Observation } from '../../sandbox/demo/story';
import type { Execution, ExecutionStatus } from '../../sandbox/n8n/api';

const ORDER = { id: 'ord_1', brief: 'A "red" bicycle\nat noon', paidAt: new Date('2026-01-01T10:00:00.000Z') };

const at = (second: number) => `2026-01-01T10:00:${String(second).padStart(2, '0')}.000Z`;

const execution = (id: string, second: number, status: ExecutionStatus, orderId = ORDER.id): Execution => ({
	id,
	workflowId: 'w',
	mode: 'trigger',
	status,
	startedAt: at(second),
	stoppedAt: status === 'running' ? undefined : at(second + 9),
	data: {
		resultData: {
			runData: { Trigger: [{ data: { main: [[{ json: { order: { id: orderId } } }]] } }] },
			error: status === 'error' ? { message: 'The model is on strike' } : undefined,
		},
	},
});

const call = (second: number, method: string, path: string, status = 200) => ({
	...{ at: at(second), method, path, route: path, status, milliseconds: 1, ip: '127.0.0.1' },
});

const image = (second: number, prompt: string, status = 200) => ({
	...{ provider: 'openai', method: 'POST', path: '/v1/images/generations', status, body: { prompt }, at: at(second), milliseconds: 250 },
});

const observe = (part: Partial<Observation>): Observation => ({ executions: [], modelCalls: [], marketplaceCalls: [], ...part });

const names = (observation: Observation) => storyOf(ORDER, observation).steps.map(({ name }) => name);

describe('the story of an order', () => {
	it('is empty as long as nothing has happened', () => {
		expect(storyOf(ORDER, observe({}))).toEqual({ steps: [], hasEnded: false });
	});

	it('tells every step with its time, in order', () => {
		const observation = observe({
			executions: [execution('7', 1, 'success')],
			modelCalls: [image(2, `${ORDER.brief}\n\nHigh quality`)],
			marketplaceCalls: [
				call(3, 'POST', '/api/upload'),
				call(4, 'POST', '/api/orders/ord_1/deliver'),
				call(5, 'POST', '/api/orders/ord_1/messages', 201),
			],
		});
		const { steps, hasEnded } = storyOf(ORDER, observation);
		expect(steps.map(({ name, at: time }) => [name, time.toISOString()])).toEqual([
			['picked up', at(1)],
			['image made', at(2)],
			['uploaded', at(3)],
			['delivered', at(4)],
			['client told', at(5)],
		]);
		expect(hasEnded).toBe(true);
	});

	it('tells of models that do not answer with a picture, and of quotes', () => {
		const observation = observe({
			modelCalls: [{ ...image(2, ORDER.brief), provider: 'fal', path: '/queue/fal-ai/flux/dev' }],
			marketplaceCalls: [call(3, 'POST', '/api/orders/ord_1/quote')],
		});
		expect(storyOf(ORDER, observation).steps).toEqual([
			{ name: 'model asked', at: new Date(at(2)), detail: 'at the fal stand-in' },
			{ name: 'quoted', at: new Date(at(3)), detail: 'to the client' },
		]);
	});

	it('leaves out what concerns other orders, came before, or failed', () => {
		const observation = observe({
			executions: [execution('7', 1, 'success', 'ord_2')],
			modelCalls: [image(2, 'A blue bicycle'), image(3, ORDER.brief, 429), { ...image(1, ORDER.brief), at: '2026-01-01T09:59:59.000Z' }],
			marketplaceCalls: [
				call(3, 'POST', '/api/upload'),
				call(4, 'POST', '/api/orders/ord_2/deliver'),
				call(5, 'POST', '/api/orders/ord_1/deliver', 429),
				call(6, 'GET', '/api/orders/ord_1/messages'),
			],
		});
		expect(storyOf(ORDER, observation)).toEqual({ steps: [], hasEnded: false });
	});

	it('takes the upload that came last before the delivery for its own', () => {
		const marketplaceCalls = [
			call(2, 'POST', '/api/upload'),
			call(3, 'POST', '/api/upload'),
			call(4, 'POST', '/api/orders/ord_1/deliver'),
			call(5, 'POST', '/api/upload'),
		];
		const [uploaded] = storyOf(ORDER, observe({ marketplaceCalls })).steps;
		expect(uploaded).toMatchObject({ name: 'uploaded', at: new Date(at(3)) });
	});

	it('tells why a run failed, and goes on while another one works on the order', () => {
		const failed = observe({ executions: [execution('7', 1, 'error')] });
		expect(names(failed)).toEqual(['picked up', 'run failed']);
		expect(storyOf(ORDER, failed).steps[1]?.detail).toBe('The model is on strike');
		expect(storyOf(ORDER, failed).hasEnded).toBe(true);
		const again = observe({ executions: [execution('8', 20, 'running'), execution('7', 1, 'error')] });
		expect(storyOf(ORDER, again).hasEnded).toBe(false);
	});
});
