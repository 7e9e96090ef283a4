import { setTimeout as sleep } from 'node:timers/promises';

import type { Execution, N8nApi } from '../n8n/api';
import { ProvidersClient } from '../providers/client';
import type { Stack } from '../stack';
import { type Observation, type Step, storyOf } from './story';

/** An order that is being followed. */
export interface FollowedOrder {
	id: string;
	/** What the model is asked for: the brief, or what is to be changed. */
	brief: string;
	/** When it became work to do: paid, a price wanted, or sent back for a revision. */
	paidAt: Date;
}

const LOOK_EVERY_MS = 250;

/** How n8n, providers and marketplace stand, as far as orders since a time are concerned. */
async function observe(stack: Stack, api: N8nApi, workflowId: string, since: Date): Promise<Observation> {
	const [summaries, models, marketplaceCalls] = await Promise.all([
		api.listExecutions(workflowId),
		new ProvidersClient(stack.providers.url).statistics(),
		stack.control.log(),
	]);
	const recent = summaries.filter(({ startedAt }) => new Date(startedAt) >= since);
	const executions: Execution[] = await Promise.all(recent.map(({ id }) => api.readExecution(id)));
	return { executions, modelCalls: models.requests, marketplaceCalls };
}

/**
 * Tells what happens to an order, as it happens, until the run that works on it has ended.
 *
 * @param onStep called once for each step, in the order of their times
 * @returns the steps
 * @throws the signal's reason when it is aborted
 */
export async function followOrder(
	stack: Stack,
	api: N8nApi,
	workflowId: string,
	order: FollowedOrder,
	onStep: (step: Step) => void,
	signal: AbortSignal,
): Promise<Step[]> {
	const told = new Set<string>();
	for (;;) {
		const observation = await observe(stack, api, workflowId, order.paidAt);
		const { steps, hasEnded } = storyOf(order, observation);
		for (const step of steps) {
			if (told.has(step.name)) continue;
			told.add(step.name);
			onStep(step);
		}
		if (hasEnded) return steps;
		await sleep(LOOK_EVERY_MS, undefined, { signal });
	}
}
