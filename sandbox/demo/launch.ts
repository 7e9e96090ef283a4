import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { ensureBuilt } from '../../scripts/support/dist';
import { packInto } from '../../scripts/support/pack';
import { ensureN8n } from '../n8n/install';
import { type Ports, Stack } from '../stack';
import { checkPorts, choosePorts, type DemoOptions } from './options';
import { say } from './tell';

/** Builds and packs the package as it would be published. */
function packProject(dataFolder: string): string {
	ensureBuilt();
	const folder = join(dataFolder, 'package');
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	return packInto(folder).tarball;
}

/**
 * Packs the package and starts marketplace and providers; n8n follows with Stack.startN8n.
 *
 * @param dataFolder keeps the data of all three
 * @param lastPorts the ports of an earlier start on the same data
 * @param onStack gets the stack at once, so that it can be stopped
 * @throws Error with one sentence when a port is in use; the signal's reason when it is aborted
 */
export async function launch(
	options: DemoOptions,
	dataFolder: string,
	lastPorts: Ports | undefined,
	stop: AbortSignal,
	onStack: (stack: Stack) => void,
): Promise<Stack> {
	await checkPorts(options.ports);
	const n8nInstallation = await ensureN8n(say);
	stop.throwIfAborted();
	say('Packing the package as it would be published');
	const packageTarball = packProject(dataFolder);

	say('Starting the marketplace and the model providers');
	const stack = await Stack.start({
		dataFolder,
		n8nInstallation,
		packageTarball,
		ports: await choosePorts(options.ports, lastPorts),
		// Lets the story tell that an order was picked up while the run still goes on.
		n8nEnvironment: { EXECUTIONS_DATA_SAVE_ON_PROGRESS: 'true' },
	});
	onStack(stack);
	stop.throwIfAborted();
	return stack;
}

/** What the person who watches may open, and how to end it all. */
export function invitation(stack: Stack, workflowId: string | undefined, sentence: string, login: { email: string; password: string }): string {
	return `
  Marketplace  ${stack.marketplace.url}/   see the delivery, place orders of your own
  n8n editor   ${stack.n8n!.url}/workflow/${workflowId}
  Login        ${login.email}   ${login.password}

  ${sentence} Nothing here is real, and nothing leaves this machine.
  Stop everything with Ctrl-C.
`;
}
