import { Hono, type Context } from 'hono';
import type { z } from 'zod';
import { chatScriptSchema } from './kit/chatScript';
import { faultSchema } from './kit/faults';
import { timingSchema } from './kit/jobs';
import type { Sandbox } from './kit/sandbox';

/** Reads the request's JSON with the schema, hands it to `use`, and answers with what that gives; 400 when it does not fit. */
async function take<Schema extends z.ZodTypeAny>(c: Context, schema: Schema, use: (value: z.output<Schema>) => object) {
	const value = schema.safeParse(await c.req.json().catch(() => undefined));
	return value.success ? c.json(use(value.data as z.output<Schema>), 201) : c.json({ error: value.error.issues }, 400);
}

/**
 * The sandbox's own routes, under `/sandbox`, through which tests and demonstrations look and steer; no provider has them.
 *
 * - `GET /stats`: what was made, by provider and prompt, and the latest requests
 * - `GET`, `POST`, `DELETE /faults`: disturb the next calls (kit/faults.ts)
 * - `GET`, `POST`, `DELETE /chat-script`: the text models' next answers (kit/chatScript.ts)
 * - `POST /timing`: how long queued jobs take (kit/jobs.ts)
 * - `POST /reset`: everything back to the start (app.ts)
 */
export function controlRoutes(sandbox: Sandbox): Hono {
	const routes = new Hono();
	routes.get('/stats', (c) => c.json(sandbox.ledger.read()));

	routes.get('/faults', (c) => c.json({ faults: sandbox.faults.list() }));
	routes.post(
		'/faults',
		async (c) =>
			await take(c, faultSchema, (fault) => {
				sandbox.faults.add(fault);
				return { fault };
			}),
	);
	routes.delete('/faults', (c) => {
		sandbox.faults.clear();
		return c.json({ faults: [] });
	});

	routes.get('/chat-script', (c) => c.json({ replies: sandbox.chatScript.list() }));
	routes.post(
		'/chat-script',
		async (c) =>
			await take(c, chatScriptSchema, ({ replies }) => {
				sandbox.chatScript.add(replies);
				return { replies: sandbox.chatScript.list() };
			}),
	);
	routes.delete('/chat-script', (c) => {
		sandbox.chatScript.clear();
		return c.json({ replies: [] });
	});

	routes.post(
		'/timing',
		async (c) =>
			await take(c, timingSchema, (timing) => {
				sandbox.timing.set(timing);
				return { timing };
			}),
	);
	return routes;
}
