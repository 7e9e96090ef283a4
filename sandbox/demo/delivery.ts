import type { SandboxAgent } from '../marketplace/control';
import type { N8nApi } from '../n8n/api';
import type { Stack } from '../stack';
import type { FollowedOrder } from './follow';
import { tellStory } from './tell';

const DONE_WITHIN_MS = 10 * 60_000;

/** What became of an order, as the last line of `npm start -- --once` has it. */
export interface DeliveredOrder {
	order: string;
	status: string;
	/** From the payment, or the wish for a revision, to the delivery. */
	seconds: number;
	deliverable_url: string;
	deliverable_bytes: number;
}

/** Where an order is followed: the sandbox, its n8n and the workflow that works on it. */
export interface Desk {
	stack: Stack;
	api: N8nApi;
	workflowId: string;
	/** Aborted when everything is to stop. */
	stop: AbortSignal;
}

/**
 * Tells the story of an order until the run that works on it has ended.
 *
 * @param limitMs how long that may take; for ever when a person has to do something for it
 * @returns when the step was reached that was waited for
 * @throws Error with one sentence when it was not
 */
export async function followTo(
	step: 'delivered' | 'quoted',
	{ stack, api, workflowId, stop }: Desk,
	order: FollowedOrder,
	limitMs: number | undefined = DONE_WITHIN_MS,
): Promise<Date> {
	const limit = limitMs === Infinity ? stop : AbortSignal.any([stop, AbortSignal.timeout(limitMs)]);
	const steps = await tellStory(stack, api, workflowId, order, limit).catch((error: unknown) => {
		if (stop.aborted || !limit.aborted) throw error;
		const executions = `${stack.n8n!.url}/workflow/${workflowId}/executions`;
		throw new Error(`The order was not ${step} within ${DONE_WITHIN_MS / 60_000} minutes; see ${executions}.`);
	});
	const reached = steps.find(({ name }) => name === step);
	const failed = steps.find(({ name }) => name === 'run failed');
	if (reached && !failed) return reached.at;
	const aim = { delivered: 'deliver the order', quoted: 'quote a price' }[step];
	throw new Error(`The run in n8n did not ${aim}: ${failed?.detail ?? 'it ended without that'}`);
}

/** What the agent gets to read (Atelier API). */
export async function readAsAgent<T>(stack: Stack, apiKey: string, path: string): Promise<T> {
	const response = await fetch(`${stack.marketplace.apiUrl}${path}`, { headers: { authorization: `Bearer ${apiKey}` } });
	return ((await response.json()) as { data: T }).data;
}

/** Follows an order to its delivery and reads the delivered file, as the agent sees it. */
export async function followDelivery(desk: Desk, agent: SandboxAgent, order: FollowedOrder, limitMs?: number): Promise<DeliveredOrder> {
	const deliveredAt = await followTo('delivered', desk, order, limitMs);
	const { order: after } = await readAsAgent<{ order: { status: string; deliverable_url: string } }>(desk.stack, agent.api_key, `/orders/${order.id}`);
	return {
		order: order.id,
		status: after.status,
		seconds: (deliveredAt.getTime() - order.paidAt.getTime()) / 1000,
		deliverable_url: after.deliverable_url,
		deliverable_bytes: (await (await fetch(after.deliverable_url)).arrayBuffer()).byteLength,
	};
}
