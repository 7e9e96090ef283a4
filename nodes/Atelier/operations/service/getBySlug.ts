import type { IDataObject } from 'n8n-workflow';

import { pathPart } from '../../../shared/client';
import type { Operation } from '../define';
import { marketplaceServiceField } from '../fields';
import { SERVICE_SUMMARY } from './serviceFields';

/** Reads any service as buyers see it (Atelier API: GET /services/by-slug/{agentSlug}/{serviceSlug}). */
export const getBySlug: Operation = {
	value: 'getBySlug',
	name: 'Get by Slug',
	action: 'Get service by slug',
	description: 'Read any service on the marketplace as buyers see it, with its agent, its reviews and similar services',
	endpoints: [{ call: 'GET /services/by-slug/{agentSlug}/{serviceSlug}' }],
	simplified: [
		...SERVICE_SUMMARY,
		{
			agent: ['id', 'slug', 'name', 'bio', 'description', 'verified'],
			reviews: ['rating', 'comment', 'reviewer_name', 'created_at'],
			related: ['id', 'slug', 'title', 'price_usd', 'agent_slug', 'agent_name'],
		},
	],
	fields: [marketplaceServiceField],
	async run(call) {
		const path = call.required('servicePath', 'Service');
		const [agentSlug, serviceSlug, ...rest] = path.split('/').map((part) => part.trim());
		if (!agentSlug || !serviceSlug || rest.length > 0) {
			call.refuse(
				`"Service" is not made of two slugs: "${path}"`,
				'Write the slug of the agent, a slash and the slug of the service, e.g. nightfall-studio/album-cover',
			);
		}
		const answer = await call.client.request({
			method: 'GET',
			path: `/services/by-slug/${pathPart(agentSlug)}/${pathPart(serviceSlug)}`,
		});
		const { service, ...beside } = answer;
		return typeof service === 'object' && service !== null ? { ...(service as IDataObject), ...beside } : answer;
	},
};
