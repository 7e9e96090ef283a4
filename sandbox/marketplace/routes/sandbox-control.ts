import { z } from 'zod';
import { FAULT_PROFILES, REQUEST_FAULTS, WEBHOOK_FAULTS, type FaultMix, type FaultProfile } from '../faults';
import { Refusal, succeed, type Call, type Endpoint } from '../http';
import { releaseOverdueOrders } from '../domain/purchases';

const clockChange = z.object({ advance_ms: z.number().finite().optional(), reset: z.boolean().optional() }).strict();
const limiterChange = z.object({ enabled: z.boolean().optional(), reset: z.boolean().optional() }).strict();
const webhookChange = z.object({ allow_loopback: z.boolean() }).strict();

const milliseconds = z.number().int().nonnegative();
const probabilities = Object.fromEntries(
	[...REQUEST_FAULTS, ...WEBHOOK_FAULTS].map((fault) => [fault, z.number().min(0).max(1).optional()]),
);
const sumOf = (mix: FaultMix, names: readonly (keyof FaultMix)[]) =>
	names.reduce((total, name) => total + (mix[name] ?? 0), 0);
const faultsChange = z
	.object({
		profile: z.enum(Object.keys(FAULT_PROFILES) as [FaultProfile, ...FaultProfile[]]).optional(),
		mix: (z.object(probabilities).strict() as z.ZodType<FaultMix>).optional(),
		seed: z.number().int().optional(),
		routes: z.array(z.string()).optional(),
		slow_ms: milliseconds.optional(),
		hang_ms: milliseconds.optional(),
		storm_requests: z.number().int().positive().optional(),
		retry_after_seconds: z.number().int().nonnegative().optional(),
		redirect_to: z.string().url().optional(),
		skew_ms: milliseconds.optional(),
		webhook_late_ms: milliseconds.optional(),
	})
	.strict();

const plannedFault = z.object({ route: z.string(), path: z.string().optional(), fault: z.enum(REQUEST_FAULTS) }).strict();

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
		path: '/faults',
		GET: { run: ({ marketplace: { faults } }) => succeed({ mix: faults.mix, ...faults.settings }) },
		POST: {
			async run(call) {
				const { profile = 'none', mix: changes, ...settings } = await readControl(call, faultsChange);
				const mix: FaultMix = { ...FAULT_PROFILES[profile], ...changes };
				for (const names of [REQUEST_FAULTS, WEBHOOK_FAULTS]) {
					if (sumOf(mix, names) > 1 + Number.EPSILON * names.length) {
						throw new Refusal(400, `mix: the probabilities of ${names[0]} to ${names.at(-1)} add up to more than 1`);
					}
				}
				const { faults } = call.marketplace;
				faults.set(mix, settings);
				return succeed({ mix: faults.mix, ...faults.settings });
			},
		},
	},
	{
		path: '/faults/planned',
		GET: { run: ({ marketplace: { faults } }) => succeed(faults.planned) },
		POST: {
			async run(call) {
				const { faults } = call.marketplace;
				faults.plan(await readControl(call, plannedFault));
				return succeed(faults.planned);
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
