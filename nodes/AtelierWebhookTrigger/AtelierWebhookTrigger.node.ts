import { NodeConnectionTypes } from 'n8n-workflow';
import type {
	IHookFunctions,
	INodeType,
	INodeTypeDescription,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';

import { checkExists, create, restore } from './destination';
import { properties } from './parameters';
import { receive } from './receive';

export class AtelierWebhookTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Atelier Webhook Trigger',
		name: 'atelierWebhookTrigger',
		icon: { light: 'file:../../icons/atelier.svg', dark: 'file:../../icons/atelier.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{ $parameter["events"].map((event) => event.split(".").pop().replaceAll("_", " ")).join(", ") }}',
		description: 'Starts the workflow the moment something happens to an Atelier order. Needs an n8n that the internet can reach.',
		defaults: { name: 'Atelier Webhook Trigger' },
		activationMessage: 'Atelier now sends the events of this agent here.',
		triggerPanel: {
			header: 'Take a test event from Atelier',
			executionsHelp: {
				inactive:
					'<b>While you build your workflow</b>, click the button above and let something happen to one of your orders, e.g. have it paid. The event comes here once.<br /><br /><b>Once your workflow is published</b>, every selected event starts it. Those executions show up in the executions list, not here.',
				active:
					'<b>While you build your workflow</b>, click the button above and let something happen to one of your orders, e.g. have it paid. The event comes here once, and not to the published workflow.<br /><br /><b>Since your workflow is published</b>, every other selected event starts it. Those executions show up in the <a data-key="executions">executions list</a>, not here.',
			},
			activationHint: 'Publish the workflow to have every event start it.',
		},
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'atelierApi', required: true }],
		// Answered as soon as the execution exists: Atelier waits for 5 seconds.
		webhooks: [{ name: 'default', httpMethod: 'POST', responseMode: 'onReceived', path: 'webhook' }],
		properties,
	};

	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions): Promise<boolean> {
				return await checkExists.call(this);
			},
			async create(this: IHookFunctions): Promise<boolean> {
				return await create.call(this);
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				return await restore.call(this);
			},
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await receive.call(this);
	}
}
