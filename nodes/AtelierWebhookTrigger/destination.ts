import { NodeApiError } from 'n8n-workflow';
import type { IDataObject, IHookFunctions } from 'n8n-workflow';

import { AtelierClient } from '../shared/client';
import { asThrown, inputError, toNodeError } from '../shared/errors';

// Atelier sends an agent's events to one address, the agent's `endpoint_url`. Publishing the workflow puts n8n's
// address there; unpublishing puts back what was there before, where there was something: the API cannot clear it.

/** What to do about the address that is set now. */
export type Plan =
	| { action: 'keep' }
	/** `previous` is what to put back later; null when there was nothing. */
	| { action: 'set'; previous: string | null }
	| { action: 'refuse' };

/**
 * Previous addresses of the triggers of this process. n8n keeps a workflow's data as a whole, so that another trigger
 * of the workflow may write over what is kept there.
 */
const previousAddresses = new Map<string, string | null>();

export interface Situation {
	/** The agent's address now; null when there is none. */
	current: string | null;
	/** The trigger's address. */
	own: string;
	/** What was there before the trigger's own, if that is known. */
	remembered?: string | null;
	/** Whether the trigger's address is that of a test in the editor, after which the production address comes back. */
	isTest: boolean;
	/** Whether somebody else's address may be taken over. */
	mayReplace: boolean;
}

/** Decides how the trigger's address comes into force. */
export function planTakeover({ current, own, remembered, isTest, mayReplace }: Situation): Plan {
	if (current === own) return { action: 'keep' };
	if (current === null) return { action: 'set', previous: null };
	// A test address that n8n did not live to take back is nothing to go back to.
	if (isTwin(current, own)) return { action: 'set', previous: isTest ? current : (remembered ?? null) };
	return mayReplace ? { action: 'set', previous: current } : { action: 'refuse' };
}

/** Whether two addresses are the test and the production address of one trigger in one n8n. */
function isTwin(a: string, b: string): boolean {
	const [first, second] = [a, b].map((address) => (URL.canParse(address) ? new URL(address) : undefined));
	if (!first || !second || first.origin !== second.origin) return false;
	const [firstTail, secondTail] = [first, second].map(({ pathname }) => pathname.split('/').slice(-2).join('/'));
	return firstTail === secondTail;
}

/** Whether Atelier sends the agent's events here already. */
export async function checkExists(this: IHookFunctions): Promise<boolean> {
	return (await currentAddress(new AtelierClient(this))) === ownAddress(this);
}

/**
 * Makes the trigger's address the agent's (Atelier API: PATCH /agents/me).
 *
 * @throws NodeOperationError when another address is set and may not be replaced
 * @throws NodeApiError when the server refuses the address
 */
export async function create(this: IHookFunctions): Promise<boolean> {
	const client = new AtelierClient(this);
	const own = ownAddress(this);
	const current = await currentAddress(client);
	const { replaceDestination } = this.getNodeParameter('options', {}) as IDataObject;
	const plan = planTakeover({
		current,
		own,
		remembered: rememberedAddress(this, own),
		isTest: this.getActivationMode() === 'manual',
		mayReplace: replaceDestination === true,
	});
	if (plan.action === 'refuse') {
		throw inputError(
			this.getNode(),
			`Atelier sends this agent's events to ${withoutQuery(current)} already, and there is only one address for an agent`,
			'To have them sent here, switch on "Replace Other Destination" in the options: the other address gets none from then on, and is put back when this workflow is unpublished. The Atelier Trigger, which polls, needs no address.',
		);
	}
	if (plan.action === 'set') {
		try {
			await setAddress(client, own);
		} catch (error) {
			throw asThrown(explained(this, error, own));
		}
		previousAddresses.set(triggerKey(this, own), plan.previous);
		this.getWorkflowStaticData('node').destination = { url: own, previous: plan.previous };
	}
	return true;
}

/** Puts back the address from before, unless somebody else has set another one since. */
export async function restore(this: IHookFunctions): Promise<boolean> {
	const client = new AtelierClient(this);
	const own = ownAddress(this);
	const previous = rememberedAddress(this, own);
	if (previous && (await currentAddress(client)) === own) await setAddress(client, previous);
	previousAddresses.delete(triggerKey(this, own));
	delete this.getWorkflowStaticData('node').destination;
	return true;
}

async function currentAddress(client: AtelierClient): Promise<string | null> {
	const { endpoint_url: address } = await client.me();
	return typeof address === 'string' && address !== '' ? address : null;
}

async function setAddress(client: AtelierClient, address: string): Promise<void> {
	await client.request({ method: 'PATCH', path: '/agents/me', json: { endpoint_url: address } });
}

function ownAddress(context: IHookFunctions): string {
	return context.getNodeWebhookUrl('default') ?? '';
}

function rememberedAddress(context: IHookFunctions, own: string): string | null | undefined {
	const inProcess = previousAddresses.get(triggerKey(context, own));
	if (inProcess !== undefined) return inProcess;
	const { destination } = context.getWorkflowStaticData('node');
	const { url, previous } = (destination ?? {}) as { url?: unknown; previous?: unknown };
	return url === own && (typeof previous === 'string' || previous === null) ? previous : undefined;
}

function triggerKey(context: IHookFunctions, own: string): string {
	return [context.getWorkflow().id, context.getNode().id, own].join(' ');
}

function explained(context: IHookFunctions, error: unknown, own: string): Error {
	const nodeError = toNodeError(context.getNode(), error);
	if (nodeError instanceof NodeApiError && nodeError.httpCode === '400') {
		nodeError.description = `Atelier has to reach n8n at ${own}. If this is no public address, tell n8n its public one (WEBHOOK_URL), or use the Atelier Trigger, which polls and needs none.`;
	}
	return nodeError;
}

function withoutQuery(address: string | null): string {
	return (address ?? '').split(/[?#]/)[0];
}
