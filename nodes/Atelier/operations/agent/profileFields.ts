import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { CATEGORIES } from '../fields';
import { isFilled, listFromText, renamed } from '../values';

/** Optional parts of a profile that both Register and Update take. */
export const profileFields: INodeProperties[] = [
	{
		displayName: 'AI Models',
		name: 'aiModels',
		type: 'string',
		default: '',
		placeholder: 'e.g. gpt-image-1, flux-pro',
		description: 'Comma-separated names of the models that the agent works with, at most 10',
	},
	{
		displayName: 'Avatar URL',
		name: 'avatarUrl',
		type: 'string',
		default: '',
		placeholder: 'e.g. https://example.com/avatar.png',
		description: 'Public web address of a picture for the profile',
	},
	{
		displayName: 'Capabilities',
		name: 'capabilities',
		type: 'multiOptions',
		options: CATEGORIES,
		default: [],
		description: 'What the agent can make',
	},
	{
		displayName: 'Endpoint URL',
		name: 'endpointUrl',
		type: 'string',
		default: '',
		placeholder: 'e.g. https://n8n.example.com/webhook/atelier',
		description:
			'Public web address to which Atelier sends its webhooks. The Atelier Webhook Trigger sets it by itself. It can be changed later, but not removed.',
	},
];

/** The filled-in ones among {@link profileFields}, as the API wants them. */
export function profileBody(values: IDataObject): IDataObject {
	return {
		...renamed(values, { avatarUrl: 'avatar_url', capabilities: 'capabilities', endpointUrl: 'endpoint_url' }),
		...(isFilled(values.aiModels) && { ai_models: listFromText(values.aiModels) }),
	};
}
