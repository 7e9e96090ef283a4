import { ProvidersClient } from './providersClient';

const server = new ProvidersClient();
beforeAll(async () => await server.start(), 60_000);
afterAll(async () => await server.stop());
beforeEach(async () => await server.reset());

const MODEL = 'gpt-4.1-mini';
const LISTING_SCHEMA = {
	type: 'object',
	properties: {
		title: { type: 'string', maxLength: 40 },
		stars: { type: 'integer', minimum: 1, maximum: 5 },
		kind: { enum: ['image', 'video'] },
		tags: { type: 'array', items: { type: 'string' }, minItems: 3 },
		author: { $ref: '#/$defs/person' },
	},
	required: ['title', 'stars', 'kind', 'tags', 'author'],
	additionalProperties: false,
	$defs: {
		person: { type: 'object', properties: { email: { type: 'string', format: 'email' } }, required: ['email'] },
	},
};
const A_LISTING = {
	title: expect.stringMatching(/^.{1,40}$/),
	stars: expect.any(Number),
	kind: expect.stringMatching(/^(image|video)$/),
	tags: [expect.any(String), expect.any(String), expect.any(String)],
	author: { email: expect.stringMatching(/@/) },
};
const GET_ORDER = {
	name: 'get_order',
	description: 'Reads an order',
	parameters: {
		type: 'object',
		properties: { order_id: { type: 'string' }, full: { type: 'boolean' } },
		required: ['order_id'],
	},
};

interface Completion {
	choices: Array<{
		message: {
			content: string | null;
			tool_calls?: Array<{ id: string; function: { name: string; arguments: string } }>;
		};
		finish_reason: string;
	}>;
	usage: { prompt_tokens: number; completion_tokens: number; total_tokens: number };
}

async function complete(body: Record<string, unknown>): Promise<Completion> {
	const response = await server.post('/openai/v1/chat/completions', { model: MODEL, ...body });
	expect(response.status).toBe(200);
	return (await response.json()) as Completion;
}

const ask = async (content: string, more: Record<string, unknown> = {}) =>
	(await complete({ messages: [{ role: 'user', content }], ...more })).choices[0]!;

/** The `data` of each server-sent event. */
async function readEvents(response: Response): Promise<string[]> {
	expect(response.headers.get('content-type')).toContain('text/event-stream');
	const events = (await response.text()).split('\n\n').filter((event) => event.trim());
	return events.map((event) =>
		event
			.split('\n')
			.find((line) => line.startsWith('data: '))!
			.slice(6),
	);
}

describe('OpenAI: POST /chat/completions', () => {
	it('writes about the prompt, the same each time, and counts it', async () => {
		const [first, second] = [await ask('Write a poem about tidal pools'), await ask('Write a poem about tidal pools')];
		expect(first.message.content).toMatch(/tidal pools/i);
		expect(first.message.content).toBe(second.message.content);
		expect(first.finish_reason).toBe('stop');
		expect((await ask('Write a poem about glaciers')).message.content).not.toBe(first.message.content);
		expect((await server.stats()).generations.openai).toMatchObject({
			text: 3,
			prompts: { 'Write a poem about tidal pools': 2 },
		});
	});

	it('writes the kind of text that is asked for', async () => {
		expect((await ask('Write Python code for a word counter')).message.content).toMatch(
			/^```python\n[\s\S]+def [\s\S]+```$/,
		);
		expect((await ask('Give only the code of a Python word counter')).message.content).not.toContain('```');
		expect((await ask('Write a tagline for a bakery')).message.content).not.toContain('\n');
		expect((await ask('List five ideas for a logo')).message.content).toMatch(/^- .+\n- /);
	});

	it('gives JSON that fits the schema asked for', async () => {
		const { message } = await ask('Write a listing for a mug', {
			response_format: { type: 'json_schema', json_schema: { name: 'listing', schema: LISTING_SCHEMA, strict: true } },
		});
		expect(JSON.parse(message.content!)).toEqual(A_LISTING);
	});

	it('gives some JSON object when only that is asked for', async () => {
		const { message } = await ask('Describe a mug', { response_format: { type: 'json_object' } });
		expect(JSON.parse(message.content!)).toEqual({ answer: expect.stringMatching(/mug/i) });
	});

	it('gives fenced JSON when the prompt itself asks for a schema, as structured output parsers do', async () => {
		const instructions =
			'You must format your output as a JSON value that adheres to a given "JSON Schema" instance.\n\n' +
			`Here is the JSON Schema instance your output must adhere to. Include the enclosing markdown codeblock:\n\`\`\`json\n${JSON.stringify(LISTING_SCHEMA)}\n\`\`\`\n`;
		const { message } = await ask(`Write a listing for a mug\n${instructions}`);
		const [, json] = message.content!.match(/^```json\n([\s\S]+)\n```$/)!;
		expect(JSON.parse(json!)).toEqual(A_LISTING);
		expect(Object.keys((await server.stats()).generations.openai!.prompts)).toEqual(['Write a listing for a mug']);
	});

	describe('tools', () => {
		const tools = [{ type: 'function', function: GET_ORDER }];

		it('calls the tool that the prompt names, with the id that it holds', async () => {
			const { message, finish_reason: reason } = await ask('Please get order ord_81ab and describe it', { tools });
			expect(reason).toBe('tool_calls');
			expect(message.content).toBeNull();
			expect(message.tool_calls).toMatchObject([
				{ id: expect.stringMatching(/^call_/), function: { name: 'get_order' } },
			]);
			expect(JSON.parse(message.tool_calls![0]!.function.arguments)).toEqual({ order_id: 'ord_81ab', full: true });
		});

		it('answers in words once the tool has answered', async () => {
			const call = { id: 'call_1', type: 'function', function: { name: 'get_order', arguments: '{}' } };
			const { choices } = await complete({
				tools,
				messages: [
					{ role: 'user', content: 'Please get order ord_81ab' },
					{ role: 'assistant', content: null, tool_calls: [call] },
					{ role: 'tool', tool_call_id: 'call_1', content: '{"status":"paid"}' },
				],
			});
			expect(choices[0]!.message.tool_calls).toBeUndefined();
			expect(choices[0]!.message.content).toContain('{"status":"paid"}');
		});

		it('calls no tool unasked, any tool when it has to, and none when it may not', async () => {
			expect((await ask('Hello', { tools })).message.tool_calls).toBeUndefined();
			expect((await ask('Hello', { tools, tool_choice: 'required' })).message.tool_calls).toHaveLength(1);
			const named = { type: 'function', function: { name: 'get_order' } };
			expect((await ask('Hello', { tools, tool_choice: named })).message.tool_calls).toHaveLength(1);
			expect((await ask('get order', { tools, tool_choice: 'none' })).message.tool_calls).toBeUndefined();
		});

		it('hands its final answer to the tool for that, after the other tools', async () => {
			const final = { type: 'function', function: { name: 'format_final_json_response', parameters: LISTING_SCHEMA } };
			const { message } = await ask('Describe a mug', { tools: [...tools, final] });
			expect(message.tool_calls![0]!.function.name).toBe('format_final_json_response');
			expect(JSON.parse(message.tool_calls![0]!.function.arguments)).toEqual(A_LISTING);
			expect((await ask('get order ord_9', { tools: [...tools, final] })).message.tool_calls![0]!.function.name).toBe(
				'get_order',
			);
		});
	});

	it('follows the script, each reply once, where it fits the conversation', async () => {
		const replies = [
			{ when: 'second', text: 'for the second' },
			{ text: 'scripted' },
			{ text: 'thinking', toolCalls: [{ name: 'deliver', arguments: { id: 7 } }] },
		];
		expect((await server.post('/sandbox/chat-script', { replies })).status).toBe(201);
		expect((await ask('first')).message.content).toBe('scripted');
		expect((await ask('second')).message.content).toBe('for the second');
		const { message } = await ask('third');
		expect(message).toMatchObject({
			content: 'thinking',
			tool_calls: [{ function: { name: 'deliver', arguments: '{"id":7}' } }],
		});
		expect((await ask('fourth')).message.content).toMatch(/fourth/i);
		expect((await server.post('/sandbox/chat-script', { replies: [{}] })).status).toBe(400);
	});

	it('streams the same answer in pieces', async () => {
		const body = { messages: [{ role: 'user', content: 'Write a poem about tidal pools' }] };
		const whole = (await complete(body)).choices[0]!.message.content;
		const response = await server.post('/openai/v1/chat/completions', {
			model: MODEL,
			...body,
			stream: true,
			stream_options: { include_usage: true },
		});
		const events = await readEvents(response);
		expect(events.at(-1)).toBe('[DONE]');
		const chunks = events
			.slice(0, -1)
			.map(
				(event) =>
					JSON.parse(event) as {
						choices: Array<{ delta: { content?: string }; finish_reason: string | null }>;
						usage?: object;
					},
			);
		expect(chunks.length).toBeGreaterThan(5);
		expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe(whole);
		expect(chunks.at(-2)!.choices[0]!.finish_reason).toBe('stop');
		expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: expect.any(Number) } });
	});

	it.each([
		[{ model: MODEL }, 400, 'messages', 'missing_required_parameter'],
		[{ model: MODEL, messages: [] }, 400, 'messages', 'empty_array'],
		[{ model: MODEL, messages: [{ role: 'boss', content: 'x' }] }, 400, 'messages[0].role', 'invalid_value'],
		[{ messages: [{ role: 'user', content: 'x' }] }, 400, 'model', null],
		[{ model: 'gpt-image-1', messages: [{ role: 'user', content: 'x' }] }, 404, 'model', 'model_not_found'],
	])('refuses %j with %i', async (body, status, param, code) => {
		const response = await server.post('/openai/v1/chat/completions', body);
		expect(response.status).toBe(status);
		expect(await response.json()).toEqual({
			error: { message: expect.any(String), type: 'invalid_request_error', param, code },
		});
	});
});

interface ResponseObject {
	id: string;
	status: string;
	output: Array<{
		type: string;
		name?: string;
		arguments?: string;
		call_id?: string;
		content?: Array<{ text: string }>;
	}>;
	usage: object | null;
	error: { message: string } | null;
}

async function respond(body: Record<string, unknown>): Promise<ResponseObject> {
	const response = await server.post('/openai/v1/responses', { model: MODEL, ...body });
	expect(response.status).toBe(200);
	return (await response.json()) as ResponseObject;
}

const textOf = ({ output }: ResponseObject) => output.find(({ type }) => type === 'message')!.content![0]!.text;

describe('OpenAI: POST /responses', () => {
	it('answers a text and a list of messages alike', async () => {
		const fromText = await respond({ input: 'Write a poem about tidal pools' });
		const fromList = await respond({
			input: [{ role: 'user', content: [{ type: 'input_text', text: 'Write a poem about tidal pools' }] }],
		});
		expect(fromText.status).toBe('completed');
		expect(textOf(fromText)).toMatch(/tidal pools/i);
		expect(textOf(fromList)).toBe(textOf(fromText));
	});

	it('gives JSON that fits the schema asked for', async () => {
		const answer = await respond({
			input: 'A mug',
			text: { format: { type: 'json_schema', name: 'listing', schema: LISTING_SCHEMA } },
		});
		expect(JSON.parse(textOf(answer))).toEqual(A_LISTING);
	});

	it('calls a tool, and answers in words once that has answered', async () => {
		const tools = [{ type: 'function', ...GET_ORDER }];
		const question = { role: 'user', content: 'Get order ord_5 please' };
		const first = await respond({ input: [question], tools });
		const [call] = first.output;
		expect(call).toMatchObject({ type: 'function_call', name: 'get_order', status: 'completed' });
		expect(JSON.parse(call!.arguments!)).toMatchObject({ order_id: 'ord_5' });
		const result = { type: 'function_call_output', call_id: call!.call_id, output: 'paid' };
		expect(textOf(await respond({ input: [question, call, result], tools }))).toContain('paid');
		expect(textOf(await respond({ input: [result], tools, previous_response_id: first.id }))).toContain('paid');
	});

	it('streams its events in order', async () => {
		const whole = textOf(await respond({ input: 'Write a poem about tidal pools' }));
		const response = await server.post('/openai/v1/responses', {
			model: MODEL,
			input: 'Write a poem about tidal pools',
			stream: true,
		});
		const events = (await readEvents(response)).map(
			(event) =>
				JSON.parse(event) as { type: string; delta?: string; sequence_number: number; response?: ResponseObject },
		);
		expect(events.map(({ sequence_number: number }) => number)).toEqual(events.map((_event, index) => index));
		expect(events[0]!.type).toBe('response.created');
		const deltas = events.filter(({ type }) => type === 'response.output_text.delta');
		expect(deltas.map(({ delta }) => delta).join('')).toBe(whole);
		expect(events.at(-1)).toMatchObject({ type: 'response.completed', response: { status: 'completed' } });
		expect(textOf(events.at(-1)!.response!)).toBe(whole);
	});

	it('works in the background when asked to', async () => {
		await server.post('/sandbox/timing', { queuedMs: 0, runningMs: 0, queuedPolls: 1, runningPolls: 1 });
		const { id, status } = await respond({ input: 'Hello', background: true });
		const statuses = [status];
		for (let poll = 0; poll < 3; poll++) {
			statuses.push(((await (await server.get(`/openai/v1/responses/${id}`)).json()) as ResponseObject).status);
		}
		expect(statuses).toEqual(['queued', 'queued', 'in_progress', 'completed']);
	});

	it('does not know a previous response that was never given', async () => {
		const response = await server.post('/openai/v1/responses', {
			model: MODEL,
			input: 'x',
			previous_response_id: 'resp_none',
		});
		expect(response.status).toBe(400);
	});
});

describe('Gemini: text models', () => {
	const url = '/gemini/v1beta/models/gemini-2.5-flash:generateContent?key=k';
	interface Content {
		candidates: Array<{
			content: { parts: Array<{ text?: string; functionCall?: { name: string; args: object } }> };
			finishReason?: string;
		}>;
		usageMetadata: { totalTokenCount: number };
	}
	const contents = (text: string) => [{ role: 'user', parts: [{ text }] }];
	const generate = async (body: object) => (await (await server.post(url, body)).json()) as Content;

	it('writes about the prompt', async () => {
		const { candidates, usageMetadata } = await generate({ contents: contents('Write a poem about tidal pools') });
		expect(candidates[0]!.content.parts[0]!.text).toMatch(/tidal pools/i);
		expect(usageMetadata.totalTokenCount).toBeGreaterThan(10);
	});

	it('gives JSON that fits a schema in the API’s own spelling', async () => {
		const { candidates } = await generate({
			contents: contents('A mug'),
			generationConfig: {
				responseMimeType: 'application/json',
				responseSchema: { type: 'OBJECT', properties: { short_title: { type: 'STRING' }, count: { type: 'INTEGER' } } },
			},
		});
		expect(JSON.parse(candidates[0]!.content.parts[0]!.text!)).toEqual({
			short_title: expect.any(String),
			count: expect.any(Number),
		});
	});

	it('calls a function, and answers in words once that has answered', async () => {
		const tools = [{ function_declarations: [GET_ORDER] }];
		const question = contents('Get order ord_5');
		const first = await generate({ contents: question, tools });
		expect(first.candidates[0]!.content.parts).toEqual([
			{ functionCall: { name: 'get_order', args: { order_id: 'ord_5', full: true } } },
		]);
		const result = { role: 'user', parts: [{ functionResponse: { name: 'get_order', response: { status: 'paid' } } }] };
		const second = await generate({
			contents: [...question, { role: 'model', ...first.candidates[0]!.content }, result],
			tools,
		});
		expect(second.candidates[0]!.content.parts[0]!.text).toContain('paid');
	});

	it('streams the same answer in pieces', async () => {
		const body = { contents: contents('Write a poem about tidal pools') };
		const whole = (await generate(body)).candidates[0]!.content.parts[0]!.text;
		const stream = await server.post(url.replace('generateContent?', 'streamGenerateContent?alt=sse&'), body);
		const chunks = (await readEvents(stream)).map((event) => JSON.parse(event) as Content);
		expect(chunks.length).toBeGreaterThan(5);
		expect(chunks.map(({ candidates }) => candidates[0]!.content.parts[0]!.text).join('')).toBe(whole);
		expect(chunks.map(({ candidates }) => candidates[0]!.finishReason).filter(Boolean)).toEqual(['STOP']);
	});
});
