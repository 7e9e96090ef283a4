import { Hono } from 'hono';
import { faultSchema } from './kit/faults';
import type { Sandbox } from './kit/sandbox';

/**
 * The sandbox's own routes, under `/sandbox`: `GET /stats`, `POST /reset`, and `GET`, `POST`, `DELETE /faults`.
 * No provider has them; tests and demonstrations look and steer through them.
 */
export function controlRoutes(sandbox: Sandbox): Hono {
	const routes = new Hono();

	routes.get('/stats', (c) => c.json(sandbox.ledger.read()));

	routes.post('/reset', (c) => {
		sandbox.ledger.reset();
		sandbox.faults.reset();
		sandbox.files.reset();
		return c.json({ reset: true });
	});

	routes.get('/faults', (c) => c.json({ faults: sandbox.faults.list() }));
	routes.post('/faults', async (c) => {
		const fault = faultSchema.safeParse(await c.req.json().catch(() => undefined));
		if (!fault.success) return c.json({ error: fault.error.issues }, 400);
		sandbox.faults.add(fault.data);
		return c.json({ fault: fault.data }, 201);
	});
	routes.delete('/faults', (c) => {
		sandbox.faults.reset();
		return c.json({ faults: [] });
	});

	return routes;
}
