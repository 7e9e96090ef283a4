// The whole thing on one machine, for somebody who has just cloned the project: `npm start`.
//
// Starts the marketplace, the model providers and a real n8n with the packed package and a template in it, places a
// paid order and tells what happens to it; then runs until Ctrl-C. `--template N` shows another one of workflows/.

import { setTimeout as sleep } from 'node:timers/promises';

import { followDelivery } from './demo/delivery';
import { ensureAgent, OWNER } from './demo/desk';
import { invitation, launch } from './demo/launch';
import { type DemoOptions, readOptions, USAGE } from './demo/options';
import { POLL_MINUTES, publish, setUpN8n } from './demo/setup';
import { showTemplate } from './demo/showTemplate';
import { claimDataFolder, readState, wipe, writeState } from './demo/state';
import { say, watchOrders } from './demo/tell';
import type { Stack } from './stack';

const BRIEF = 'A lighthouse on a small island at dusk, calm sea, warm light in the windows, in the style of a woodcut';

/** How long after something went wrong it may show that a process had ended. */
const LOSS_SHOWS_WITHIN_MS = 1_500;

async function run(options: DemoOptions, stop: AbortSignal, onStack: (stack: Stack) => void): Promise<void> {
	const { dataFolder } = options;
	claimDataFolder(dataFolder);
	if (options.template) return await showTemplate(options.template, options, stop, onStack);
	const known = options.fresh ? undefined : readState(dataFolder);
	// Also what a start left that did not come to its end.
	if (!known) wipe(dataFolder);
	const stack = await launch(options, dataFolder, known?.ports, stop, onStack);
	const { ports } = stack;

	const { agent, serviceId } = await ensureAgent(stack.control, known);
	say(`Agent "${agent.name}" sells a service on the marketplace`);
	const paidAt = new Date();
	const order = await stack.control.placeOrder({ service_id: serviceId, brief: BRIEF, pay: true });
	say(`order ${order.id}: paid by the demo's buyer, "${BRIEF}"`);

	say('Starting n8n, which takes up to a minute');
	await stack.startN8n();
	stop.throwIfAborted();
	const api = await stack.signIn(OWNER);
	const { credentials, workflowId } = await setUpN8n(stack, api, agent.api_key, known);
	const addressesChanged = known !== undefined && JSON.stringify(known.ports) !== JSON.stringify(ports);
	writeState(dataFolder, { ports, agentId: agent.id, serviceId, credentials, workflowId });
	say(known ? 'n8n is ready with its workflow of the last start' : 'n8n is ready; publishing the template workflow');
	await publish(api, workflowId, addressesChanged);

	const delivery = followDelivery({ stack, api, workflowId, stop }, agent, { id: order.id, brief: BRIEF, paidAt });
	if (options.once) {
		const delivered = await delivery;
		await stack.stop();
		console.log(JSON.stringify(delivered));
		return;
	}
	await delivery.catch((error: unknown) => {
		if (stop.aborted || !(error instanceof Error)) throw error;
		say(error.message);
	});
	console.log(invitation(stack, workflowId, `The demo's workflow looks for orders every ${POLL_MINUTES} minutes.`, OWNER));
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
