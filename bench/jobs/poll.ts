import { once } from 'node:events';
import { Agent, get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import { startEngine } from '../engine/engine';
import { createPollingTrigger } from '../engine/poll';
import type { PrepareJob } from '../measure/job';
import { settle } from '../measure/memory';
import { median } from '../measure/rounds';
import { configureServer } from '../server/control';
import { AGENT_ID, API_KEY } from '../server/orders';

export interface PollOptions {
	apiUrl: string;
	/** How many orders the list holds. All are paid and wait. */
	orders: number;
	/** How many of them the trigger has not seen yet. */
	fresh: number;
	/** How many polls are measured. */
	polls: number;
}

export interface PollResult {
	/** Median of one poll, from its call to its return, with the transfer of the list. */
	pollMs: number;
	/** Median of what a poll took once the list's last byte had come. */
	afterReceiptMs: number;
	/** Median of JSON.parse of the same list, in the same process. */
	parseMs: number;
	/** Median of what Node.js's own HTTP client takes for the list and JSON.parse of it, with nothing else. */
	floorMs: number;
	/** The same in processor time. */
	pollCpuMs: number;
	parseCpuMs: number;
	/** Length of the list's body. */
	bodyBytes: number;
	/** What the trigger keeps in n8n's database for each order that is open. */
	stateBytesPerOpenOrder: number;
}

/** More than the least time that the trigger can be told to leave between two calls. */
const PAUSE_MS = 600;

/** Polls of a list that the trigger knows but for a few orders, JSON.parse of that list, and the floor, in turn. */
export const prepare: PrepareJob<PollOptions, PollResult> = async ({ apiUrl, orders, fresh, polls }) => {
	await startEngine();
	const trigger = await createPollingTrigger(apiUrl, {
		events: ['order.paid'],
		options: { batchSize: orders, minimumSeconds: 1 },
	});
	await configureServer(apiUrl, { latencyMs: 0, listedOrders: orders - fresh });
	await trigger.poll();
	const known = trigger.staticData.ledger;
	await configureServer(apiUrl, { latencyMs: 0, listedOrders: orders });
	const response = await fetch(`${apiUrl}/agents/${AGENT_ID}/orders`, { headers: { authorization: `Bearer ${API_KEY}` } });
	const body = await response.text();

	const agent = new Agent({ keepAlive: true });
	const receive = async (): Promise<string> => {
		const request = get(`${apiUrl}/agents/${AGENT_ID}/orders`, { agent, headers: { authorization: `Bearer ${API_KEY}` } });
		const [answer] = (await once(request, 'response')) as [IncomingMessage];
		const parts: Buffer[] = [];
		answer.on('data', (part: Buffer) => parts.push(part));
		await once(answer, 'end');
		return Buffer.concat(parts).toString('utf8');
	};
	const timed = async (work: () => unknown): Promise<{ ms: number; ended: number; cpuMs: number; result: unknown }> => {
		await sleep(PAUSE_MS);
		await settle();
		const cpuBefore = process.cpuUsage();
		const started = performance.now();
		const result = await work();
		const ended = performance.now();
		const { user, system } = process.cpuUsage(cpuBefore);
		return { ms: ended - started, ended, cpuMs: (user + system) / 1000, result };
	};
	const pollOnce = async () => {
		trigger.staticData.ledger = known;
		const times = await timed(trigger.poll);
		const emitted = (times.result as Awaited<ReturnType<typeof trigger.poll>>)?.[0].length ?? 0;
		if (emitted !== fresh) throw new Error(`The trigger handed out ${emitted} orders in place of ${fresh}.`);
		return { ...times, afterReceiptMs: times.ended - trigger.receivedAt() };
	};
	const floorOnce = async () => await timed(async () => JSON.parse(await receive()));
	const parseOnce = async () => await timed(() => JSON.parse(body));

	return {
		warmUp: async () => {
			for (let round = 0; round < 3; round++) {
				await pollOnce();
				await parseOnce();
				await floorOnce();
			}
		},
		run: async () => {
			const polled: Awaited<ReturnType<typeof pollOnce>>[] = [];
			const parsed: Awaited<ReturnType<typeof parseOnce>>[] = [];
			const floor: typeof parsed = [];
			for (let round = 0; round < polls; round++) {
				polled.push(await pollOnce());
				parsed.push(await parseOnce());
				floor.push(await floorOnce());
			}
			return {
				pollMs: median(polled.map(({ ms }) => ms)),
				afterReceiptMs: median(polled.map(({ afterReceiptMs }) => afterReceiptMs)),
				parseMs: median(parsed.map(({ ms }) => ms)),
				floorMs: median(floor.map(({ ms }) => ms)),
				pollCpuMs: median(polled.map(({ cpuMs }) => cpuMs)),
				parseCpuMs: median(parsed.map(({ cpuMs }) => cpuMs)),
				bodyBytes: Buffer.byteLength(body),
				stateBytesPerOpenOrder: Buffer.byteLength(JSON.stringify(trigger.staticData)) / orders,
			};
		},
	};
};
