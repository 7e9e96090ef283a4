import type { N8nApi } from '../n8n/api';
import type { Stack } from '../stack';
import { chooseCredentials, createCredentials, pollEvery, readTemplate, sandboxCredentials } from './desk';
import type { DemoState } from './state';

const TEMPLATE = '02-image-orders-with-openai';

/** Often enough not to bore, rarely enough to leave most of the 30 limited calls an hour to uploads and deliveries. */
export const POLL_MINUTES = 3;

/** Brings n8n's credentials and workflow to where they have to be. */
export async function setUpN8n(
	stack: Stack,
	api: N8nApi,
	apiKey: string,
	known: DemoState | undefined,
): Promise<Pick<DemoState, 'credentials' | 'workflowId'>> {
	const setups = sandboxCredentials(stack, apiKey);
	if (known) {
		const isNew = ({ type }: { type: string }) => !known.credentials[type];
		try {
			for (const { name, type, data } of setups.filter((setup) => !isNew(setup))) {
				await api.updateCredential(known.credentials[type]!.id, name, type, data);
			}
			await api.readWorkflow(known.workflowId);
		} catch (error) {
			throw new Error(
				`The demo's workflow or a credential of it is gone from n8n; start with --fresh to make them anew. ` +
					(error instanceof Error ? error.message : String(error)),
			);
		}
		const credentials = { ...known.credentials, ...(await createCredentials(api, setups.filter(isNew))) };
		return { credentials, workflowId: known.workflowId };
	}
	const credentials = await createCredentials(api, setups);
	const template = pollEvery(readTemplate(TEMPLATE), POLL_MINUTES);
	const { id } = await api.createWorkflow(chooseCredentials(template, await api.readNodeTypes(), credentials));
	return { credentials, workflowId: id };
}

/** Publishes the workflow; one that is published already starts anew when the addresses in its credentials changed. */
export async function publish(api: N8nApi, workflowId: string, addressesChanged: boolean): Promise<void> {
	const { status } = await api.waitForPublication(workflowId);
	if (status === 'published' && !addressesChanged) return;
	if (status === 'published') await api.unpublish(workflowId);
	await api.publish(workflowId);
}
