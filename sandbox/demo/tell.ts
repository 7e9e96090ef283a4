import { setTimeout as sleep } from 'node:timers/promises';

import type { N8nApi } from '../n8n/api';
import type { Stack } from '../stack';
import { type FollowedOrder, followOrder } from './follow';
import { POLL_MINUTES } from './setup';
import type { Step } from './story';

const PATIENCE_MS = 8_000;
const LOOK_EVERY_MS = 1_000;

const clock = (date = new Date()) => date.toLocaleTimeString('en-GB');

/** Prints a line with the time that it is about; now when left out. */
export const say = (line: string, at?: Date): void => console.log(`${clock(at)}  ${line}`);

/** Says what happens to an order until it has been worked on, and that n8n takes its time if it does. */
export async function tellStory(
	stack: Stack,
	api: N8nApi,
	workflowId: string,
	order: FollowedOrder,
	signal: AbortSignal,
): Promise<Step[]> {
	let isPickedUp = false;
	const hint = setTimeout(() => {
		if (!isPickedUp) say(`order ${order.id}: waiting, n8n looks for orders every ${POLL_MINUTES} minutes`);
	}, PATIENCE_MS);
	try {
		return await followOrder(stack, api, workflowId, order, ({ name, at, detail }) => {
			isPickedUp = true;
			say(`order ${order.id}: ${name} ${detail}`, at);
		}, signal);
	} finally {
		clearTimeout(hint);
	}
}

/** Tells the story of every order of the demo's buyer that becomes work, and every other change of an order. */
export async function watchOrders(stack: Stack, api: N8nApi, workflowId: string, signal: AbortSignal): Promise<void> {
	const statuses = new Map((await stack.control.orders()).map(({ id, status }) => [id, status]));
	for (;;) {
		await sleep(LOOK_EVERY_MS, undefined, { signal });
		for (const { id, status, brief } of await stack.control.orders()) {
			if (statuses.get(id) === status) continue;
			statuses.set(id, status);
			const isWork = status === 'paid' || status === 'revision_requested';
			// The story itself tells of deliveries.
			if (status !== 'delivered') say(`order ${id}: ${status.replace('_', ' ')}`);
			if (isWork) void tellStory(stack, api, workflowId, { id, brief, paidAt: new Date() }, signal).catch(() => undefined);
		}
	}
}
