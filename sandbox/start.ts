// The whole thing on one machine, for somebody who has just cloned the project: `npm start`.
//
// Starts the marketplace, the model providers and a real n8n with the packed package and a template in it, places a
// paid order and tells what happens to it; then runs until Ctrl-C.

import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import getPort from 'get-port';

import { ensureBuilt } from '../scripts/support/dist';
import { packInto } from '../scripts/support/pack';
import { PROJECT_ROOT } from '../scripts/support/paths';
import {
	chooseCredentials,
	createCredentials,
	ensureAgent,
	OWNER,
	pollEvery,
	readTemplate,
	sandboxCredentials,
} from './demo/desk';
import { type FollowedOrder, followOrder } from './demo/follow';
import { claimDataFolder, type DemoState, readState, wipe, writeState } from './demo/state';
import type { Step } from './demo/story';
import type { N8nApi } from './n8n/api';
import { ensureN8n } from './n8n/install';
import { isPortFree } from './processes';
import { type Ports, Stack } from './stack';

const TEMPLATE = '02-image-orders-with-openai';
const BRIEF = 'A lighthouse on a small island at dusk, calm sea, warm light in the windows, in the style of a woodcut';
const USUAL_PORTS: Ports = { n8n: 5678, marketplace: 4111, providers: 5801 };

/** Often enough not to bore, rarely enough to leave most of the 30 limited calls an hour to uploads and deliveries. */
const POLL_MINUTES = 3;
const DELIVERED_WITHIN_MS = 10 * 60_000;
const PATIENCE_MS = 8_000;
const LOOK_EVERY_MS = 1_000;

const USAGE = `Usage: npm start -- [options]
  --once                end after the first delivery; the last line of the output is JSON
  --fresh               forget agents, orders, workflows and files of earlier starts
  --port-n8n N          port of n8n (else ${USUAL_PORTS.n8n}, or a free one)
  --port-marketplace N  port of the marketplace (else ${USUAL_PORTS.marketplace}, or a free one)
  --port-providers N    port of the model providers (else ${USUAL_PORTS.providers}, or a free one)
  --data FOLDER         where everything is kept (else .sandbox in the project)
  --help                show this`;

const wordsOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

const clock = (date = new Date()) => date.toLocaleTimeString('en-GB');
const say = (line: string, at?: Date) => console.log(`${clock(at)}  ${line}`);

function readOptions() {
	const { values } = parseArgs({
		options: {
			once: { type: 'boolean', default: false },
			fresh: { type: 'boolean', default: false },
			'port-n8n': { type: 'string' },
			'port-marketplace': { type: 'string' },
			'port-providers': { type: 'string' },
			data: { type: 'string', default: join(PROJECT_ROOT, '.sandbox') },
			help: { type: 'boolean', default: false },
		},
	});
	const port = (name: 'n8n' | 'marketplace' | 'providers') => {
		const text = values[`port-${name}`];
		if (text === undefined) return undefined;
		const number = Number(text);
		if (Number.isInteger(number) && number > 0 && number < 65_536) return number;
		throw new Error(`--port-${name} has to be a number from 1 to 65535, not "${text}".`);
	};
	return {
		once: values.once,
		fresh: values.fresh,
		help: values.help,
		dataFolder: resolve(values.data),
		ports: { n8n: port('n8n'), marketplace: port('marketplace'), providers: port('providers') },
	};
}

/**
 * The ports to use: the one that was asked for, or else the last or the usual one if it is free, or any free one.
 *
 * @throws Error with one sentence when a port that was asked for is in use
 */
async function choosePorts(wanted: Partial<Ports>, last: Ports | undefined): Promise<Ports> {
	const choose = async (name: keyof Ports) => {
		const port = wanted[name];
		if (port === undefined) return await getPort({ port: [last?.[name] ?? USUAL_PORTS[name], USUAL_PORTS[name]] });
		if (await isPortFree(port)) return port;
		throw new Error(`Port ${port} is in use: stop the program that uses it, or give another one with --port-${name}.`);
	};
	return { n8n: await choose('n8n'), marketplace: await choose('marketplace'), providers: await choose('providers') };
}

/** Builds and packs the package as it would be published. */
function packProject(dataFolder: string): string {
	ensureBuilt();
	const folder = join(dataFolder, 'package');
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	return packInto(folder).tarball;
}

/** Brings n8n's credentials and workflow to where they have to be. */
async function setUpN8n(
	stack: Stack,
	api: N8nApi,
	apiKey: string,
	known: DemoState | undefined,
): Promise<Pick<DemoState, 'credentials' | 'workflowId'>> {
	const setups = sandboxCredentials(stack, apiKey);
	if (known) {
		try {
			for (const { name, type, data } of setups) await api.updateCredential(known.credentials[type]!.id, name, type, data);
			await api.readWorkflow(known.workflowId);
			return known;
		} catch (error) {
			throw new Error(`The demo's workflow or a credential of it is gone; start with --fresh to make them anew. ${wordsOf(error)}`);
		}
	}
	const nodeTypes = await api.readNodeTypes();
	const credentials = await createCredentials(api, setups);
	const template = pollEvery(readTemplate(TEMPLATE), POLL_MINUTES);
	const { id } = await api.createWorkflow(chooseCredentials(template, nodeTypes, credentials));
	return { credentials, workflowId: id };
}

/** Publishes the workflow; one that is published already starts anew when the addresses in its credentials changed. */
async function publish(api: N8nApi, workflowId: string, addressesChanged: boolean): Promise<void> {
	const { status } = await api.waitForPublication(workflowId);
	if (status === 'published' && !addressesChanged) return;
	if (status === 'published') await api.unpublish(workflowId);
	await api.publish(workflowId);
}

/** Says what happens to an order until it has been worked on, and that n8n takes its time if it does. */
async function tellStory(
	stack: Stack,
	api: N8nApi,
	workflowId: string,
	order: FollowedOrder,
	signal: AbortSignal,
): Promise<Step[]> {
	let isPickedUp = false;
	const hint = setTimeout(() => {
		if (isPickedUp) return;
		say(`order ${order.id}: waiting, n8n looks for orders every ${POLL_MINUTES} minutes (at the latest at ` +
			`${clock(new Date(Date.now() + POLL_MINUTES * 60_000))})`);
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
async function watchOrders(stack: Stack, api: N8nApi, workflowId: string, signal: AbortSignal): Promise<void> {
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

/** The delivered file's address and size, as the agent sees it. */
async function readDelivery(stack: Stack, apiKey: string, orderId: string): Promise<{ url: string; bytes: number }> {
	const response = await fetch(`${stack.marketplace.apiUrl}/orders/${orderId}`, {
		headers: { authorization: `Bearer ${apiKey}` },
	});
	const { data } = (await response.json()) as { data: { order: { deliverable_url: string } } };
	const url = data.order.deliverable_url;
	return { url, bytes: (await (await fetch(url)).arrayBuffer()).byteLength };
}

async function run(options: ReturnType<typeof readOptions>, stop: AbortSignal, onStack: (stack: Stack) => void): Promise<void> {
	const { dataFolder } = options;
	claimDataFolder(dataFolder);
	const known = options.fresh ? undefined : readState(dataFolder);
	// Also what a start left that did not come to its end.
	if (!known) wipe(dataFolder);

	const ports = await choosePorts(options.ports, known?.ports);
	const n8nInstallation = await ensureN8n(say);
	stop.throwIfAborted();
	say('Packing the package as it would be published');
	const packageTarball = packProject(dataFolder);

	say('Starting the marketplace and the model providers');
	const stack = await Stack.start({
		dataFolder,
		n8nInstallation,
		packageTarball,
		ports,
		// Lets the story tell that an order was picked up while the run still goes on.
		n8nEnvironment: { EXECUTIONS_DATA_SAVE_ON_PROGRESS: 'true' },
	});
	onStack(stack);
	stop.throwIfAborted();

	const { agent, serviceId } = await ensureAgent(stack.control, known);
	say(`Agent "${agent.name}" sells a service on the marketplace`);
	const paidAt = new Date();
	const order = await stack.control.placeOrder({ service_id: serviceId, brief: BRIEF, pay: true });
	say(`order ${order.id}: paid by the demo's buyer, "${BRIEF}"`);

	say('Starting n8n, which takes some 15 seconds');
	const { url: editor } = await stack.startN8n();
	stop.throwIfAborted();
	const api = await stack.signIn(OWNER);
	const { credentials, workflowId } = await setUpN8n(stack, api, agent.api_key, known);
	const addressesChanged = known !== undefined && JSON.stringify(known.ports) !== JSON.stringify(ports);
	writeState(dataFolder, { ports, agentId: agent.id, serviceId, credentials, workflowId });
	say(known ? 'n8n is ready with its workflow of the last start' : 'n8n is ready; publishing the template workflow');
	await publish(api, workflowId, addressesChanged);

	const limit = AbortSignal.any([stop, AbortSignal.timeout(DELIVERED_WITHIN_MS)]);
	const steps = await tellStory(stack, api, workflowId, { id: order.id, brief: BRIEF, paidAt }, limit).catch((error: unknown) => {
		if (stop.aborted) throw error;
		throw new Error(`The order was not delivered within ${DELIVERED_WITHIN_MS / 60_000} minutes; see ${editor}/workflow/${workflowId}/executions.`);
	});
	const delivered = steps.find(({ name }) => name === 'delivered');
	const failed = steps.find(({ name }) => name === 'run failed');
	if (failed || !delivered) {
		const problem = `The run in n8n did not deliver the order: ${failed?.detail ?? 'no delivery arrived'}`;
		if (options.once) throw new Error(problem);
		say(problem);
	}

	if (options.once) {
		const { status } = (await stack.control.order(order.id)).order;
		const { url, bytes } = await readDelivery(stack, agent.api_key, order.id);
		const seconds = (delivered!.at.getTime() - paidAt.getTime()) / 1000;
		await stack.stop();
		console.log(
			JSON.stringify({ order: order.id, status, seconds, deliverable_url: url, deliverable_bytes: bytes }),
		);
		return;
	}

	console.log(`
  Marketplace  ${stack.marketplace.url}/   see the delivery, place orders of your own
  n8n editor   ${editor}/workflow/${workflowId}
  Login        ${OWNER.email}   ${OWNER.password}

  The demo's workflow looks for orders every ${POLL_MINUTES} minutes. Nothing here is real, and nothing leaves this machine.
  Stop everything with Ctrl-C.
`);
	await watchOrders(stack, api, workflowId, stop);
}

async function main(): Promise<void> {
	const options = readOptions();
	if (options.help) return console.log(USAGE);

	const interrupted = new AbortController();
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
		process.on(signal, () => interrupted.abort(new Error(`stopped by ${signal}`)));
	}
	const stopped = new Promise<never>((_resolve, reject) => {
		interrupted.signal.addEventListener('abort', () => reject(interrupted.signal.reason));
	});
	let stack: Stack | undefined;
	const lost = new Promise<never>((_resolve, reject) => {
		void (async () => {
			while (!stack) await sleep(LOOK_EVERY_MS, undefined, { ref: false });
			reject(new Error(`${await stack.waitForLoss()} has ended although nobody stopped it, so the sandbox ends as well.`));
		})();
	});
	try {
		const work = run(options, interrupted.signal, (started) => (stack = started));
		await Promise.race([work, stopped, lost]);
	} catch (error) {
		if (!interrupted.signal.aborted) throw error;
		say('Stopping everything');
	} finally {
		await stack?.stop();
	}
	if (interrupted.signal.aborted) say('Stopped');
}

main().then(
	() => process.exit(0),
	(error: unknown) => {
		console.error(wordsOf(error));
		process.exit(1);
	},
);
