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
		subtitle: '={{ $parameter["events"].join(", ") }}',
		description: 'Starts the workflow the moment something happens to an Atelier order. Needs an n8n that the internet can reach.',
		defaults: { name: 'Atelier Webhook Trigger' },
		eventTriggerDescription: 'Waiting for an event from Atelier',
		activationMessage: 'Atelier now sends the events of this agent here.',
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
