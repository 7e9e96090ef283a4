// The whole thing on one machine, for somebody who has just cloned the project: `npm start`.
//
// Starts the marketplace, the model providers and a real n8n with the packed package and a template in it, places a
// paid order and tells what happens to it; then runs until Ctrl-C.

import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { ensureBuilt } from '../scripts/support/dist';
import { packInto } from '../scripts/support/pack';
import { ensureAgent, OWNER } from './demo/desk';
import { checkPorts, choosePorts, type DemoOptions, readOptions, USAGE } from './demo/options';
import { POLL_MINUTES, publish, setUpN8n } from './demo/setup';
import { claimDataFolder, readState, wipe, writeState } from './demo/state';
import { say, tellStory, watchOrders } from './demo/tell';
import { ensureN8n } from './n8n/install';
import { Stack } from './stack';

const BRIEF = 'A lighthouse on a small island at dusk, calm sea, warm light in the windows, in the style of a woodcut';
const DELIVERED_WITHIN_MS = 10 * 60_000;

/** How long after something went wrong it may show that a process had ended. */
const LOSS_SHOWS_WITHIN_MS = 1_500;

/** Builds and packs the package as it would be published. */
function packProject(dataFolder: string): string {
	ensureBuilt();
	const folder = join(dataFolder, 'package');
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	return packInto(folder).tarball;
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

async function run(options: DemoOptions, stop: AbortSignal, onStack: (stack: Stack) => void): Promise<void> {
	const { dataFolder } = options;
	claimDataFolder(dataFolder);
	const known = options.fresh ? undefined : readState(dataFolder);
	// Also what a start left that did not come to its end.
	if (!known) wipe(dataFolder);

	await checkPorts(options.ports);
	const n8nInstallation = await ensureN8n(say);
	stop.throwIfAborted();
	say('Packing the package as it would be published');
	const packageTarball = packProject(dataFolder);

	say('Starting the marketplace and the model providers');
	const ports = await choosePorts(options.ports, known?.ports);
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

	say('Starting n8n, which takes up to a minute');
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
		if (stop.aborted || !limit.aborted) throw error;
		const executions = `${editor}/workflow/${workflowId}/executions`;
		throw new Error(`The order was not delivered within ${DELIVERED_WITHIN_MS / 60_000} minutes; see ${executions}.`);
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
			while (!stack) await sleep(LOSS_SHOWS_WITHIN_MS, undefined, { ref: false });
			const name = await stack.waitForLoss();
			const log = name === 'n8n' ? ` Its log: ${stack.n8n?.logFile}` : '';
			reject(new Error(`A part of the sandbox, ${name}, has ended although nobody stopped it, so everything else is stopped as well.${log}`));
		})();
	});
	try {
		const work = run(options, interrupted.signal, (started) => (stack = started));
		await Promise.race([work, stopped, lost]);
	} catch (error) {
		if (!interrupted.signal.aborted) {
			// A connection may have failed because a process was lost; then that is what to say.
			if (error instanceof TypeError) await Promise.race([lost, sleep(LOSS_SHOWS_WITHIN_MS)]);
			throw error;
		}
		say('Stopping everything');
	} finally {
		await stack?.stop();
	}
	if (interrupted.signal.aborted) say('Stopped');
}

main().then(
	() => process.exit(0),
	(error: unknown) => {
		console.error(error instanceof Error ? error.message : String(error));
		process.exit(1);
	},
);
