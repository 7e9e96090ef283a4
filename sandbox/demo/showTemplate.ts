import { rmSync } from 'node:fs';
import { join } from 'node:path';

import type { SandboxAgent } from '../marketplace/control';
import type { Stack } from '../stack';
import { createCredentials, ensureAgent, OWNER, ownApiCredential, sandboxCredentials } from './desk';
import { invitation, launch } from './launch';
import type { DemoOptions } from './options';
import { say, watchOrders } from './tell';
import { SCENARIOS } from './templates';
import type { Scenario } from './templates/scenario';
import { Stage } from './templates/stage';

/** Stands in for the key of an agent that is not registered yet. */
const NO_KEY = `atelier_${'0'.repeat(48)}`;

async function createSeller(stack: Stack, { service }: Scenario): Promise<{ agent: SandboxAgent; serviceId: string }> {
	if (service === null) return { agent: { api_key: NO_KEY } as SandboxAgent, serviceId: '' };
	const seller = await ensureAgent(stack.control, undefined, service);
	say(`Agent "${seller.agent.name}" sells a service on the marketplace`);
	return seller;
}

/**
 * Shows one template at work, from nothing: in a new marketplace and a new n8n.
 *
 * With `--once` it ends with the outcome as a line of JSON, else it goes on until it is stopped.
 *
 * @param template its name, e.g. "02-image-orders-with-openai"
 * @throws Error with one sentence when the template does not do what it is there for
 */
export async function showTemplate(
	template: string,
	options: DemoOptions,
	stop: AbortSignal,
	onStack: (stack: Stack) => void,
): Promise<void> {
	// Apart from the data of `npm start` alone, which goes on where it was.
	const dataFolder = join(options.dataFolder, 'template');
	rmSync(dataFolder, { recursive: true, force: true, maxRetries: 3 });
	const stack = await launch(options, dataFolder, undefined, stop, onStack);
	const scenario = SCENARIOS[template]!;
	const seller = await createSeller(stack, scenario);

	say('Starting n8n, which takes up to a minute');
	await stack.startN8n();
	stop.throwIfAborted();
	const api = await stack.signIn(OWNER);
	const setups = [...sandboxCredentials(stack, seller.agent.api_key), await ownApiCredential(api, stack.n8n!.url)];
	const credentials = await createCredentials(api, setups);
	const stage = new Stage({ ...seller, template, stack, api, credentials, once: options.once, stop });
	const outcome = await scenario.play(stage);

	if (options.once) {
		await stack.stop();
		console.log(JSON.stringify({ template, ...outcome }));
		return;
	}
	console.log(invitation(stack, stage.workflowId, scenario.next, OWNER));
	await Promise.all([stage.tellMessages(), stage.orderTaker && watchOrders(stack, api, stage.orderTaker, stop)]);
}
