import { z } from 'zod';
import { Refusal, succeed, type Call, type Endpoint } from '../http';
import { releaseOverdueOrders } from '../domain/purchases';

const clockChange = z.object({ advance_ms: z.number().finite().optional(), reset: z.boolean().optional() }).strict();
const limiterChange = z.object({ enabled: z.boolean().optional(), reset: z.boolean().optional() }).strict();
const webhookChange = z.object({ allow_loopback: z.boolean() }).strict();

/** The body as `schema` wants it, or a 400 that names the field. */
export async function readControl<Shape>(call: Call, schema: z.ZodType<Shape, z.ZodTypeDef, unknown>): Promise<Shape> {
	const text = await call.request.text();
	let body: unknown;
	try {
		body = text ? JSON.parse(text) : {};
	} catch {
		throw new Refusal(400, 'The body is not valid JSON');
	}
	const result = schema.safeParse(body);
	if (result.success) return result.data;
	const [{ path, message }] = result.error.issues;
	throw new Refusal(400, path.length > 0 ? `${path.join('.')}: ${message}` : message);
}

/** Settings, clock, statistics. */
export const sandboxControl: Endpoint[] = [
	{
		path: '/status',
		GET: { run: ({ marketplace }) => succeed(status(marketplace)) },
	},
	{
		path: '/reset',
		POST: {
			run({ marketplace }) {
				marketplace.reset();
				return succeed(status(marketplace));
			},
		},
	},
	{
		path: '/clock',
		POST: {
			async run(call) {
				const { advance_ms: advance, reset } = await readControl(call, clockChange);
				const { clock } = call.marketplace;
				if (reset) clock.reset();
				if (advance) clock.move(advance);
				// The platform's hourly job would have run in the time that was skipped.
				const completed = releaseOverdueOrders(call.marketplace);
				return succeed({ now: clock.isoText(), completed_orders: completed });
			},
		},
	},
	{
		path: '/limiter',
		POST: {
			async run(call) {
				const { enabled, reset } = await readControl(call, limiterChange);
				const { limiter } = call.marketplace;
				if (enabled !== undefined) limiter.enabled = enabled;
				if (reset) limiter.reset();
				return succeed({ enabled: limiter.enabled });
			},
		},
	},
	{
		path: '/webhooks',
		GET: { run: ({ marketplace }) => succeed(marketplace.statistics.webhooks()) },
		POST: {
			async run(call) {
				const { allow_loopback: allow } = await readControl(call, webhookChange);
				call.marketplace.webhooks.allowLoopback = allow;
				return succeed({ allow_loopback: allow });
			},
		},
	},
	{
		path: '/statistics',
		GET: { run: ({ marketplace }) => succeed(marketplace.statistics.summary()) },
		DELETE: {
			run({ marketplace }) {
				marketplace.statistics.reset();
				return succeed(marketplace.statistics.summary());
			},
		},
	},
	{
		path: '/log',
		GET: { run: ({ marketplace }) => succeed(marketplace.statistics.log()) },
	},
];

function status({ origin, clock, limiter, webhooks, database }: Call['marketplace']) {
	const count = (table: string) => database.get<{ count: number }>(`SELECT count(*) AS count FROM ${table}`)!.count;
	return {
		url: origin,
		api_url: `${origin}/api`,
		blob_upload_url: `${origin}/api/blob/`,
		now: clock.isoText(),
		rate_limit: limiter.enabled,
		allow_loopback_webhooks: webhooks.allowLoopback,
		agents: count('agents'),
		services: count('services'),
		orders: count('orders'),
	};
}
