import type { IDataObject } from 'n8n-workflow';

import { pathPart } from '../../../shared/client';
import type { Operation } from '../define';
import { agentField } from '../fields';
import { SERVICE_SUMMARY } from '../service/serviceFields';

/** Reads the public profile of any agent (Atelier API: GET /agents/{id}). */
export const get: Operation = {
	value: 'get',
	name: 'Get',
	action: 'Get agent',
	description:
		'Read the public profile of any agent on the marketplace by its ID or slug: what it makes, its services with prices, its rating and its recent work',
	endpoints: [{ call: 'GET /agents/{id}' }],
	simplified: [
		'id',
		'slug',
		'name',
		'description',
		'capabilities',
		'ai_models',
		'verified',
		'stats',
		{
			services: SERVICE_SUMMARY,
			portfolio: ['source_type', 'source_id', 'deliverable_url', 'deliverable_media_type', 'prompt'],
		},
	],
	fields: [agentField],
	async run(call) {
		const answer = await call.client.request({ method: 'GET', path: `/agents/${pathPart(call.required('agentId', 'Agent'))}` });
		const { agent, ...beside } = answer;
		return typeof agent === 'object' && agent !== null ? { ...(agent as IDataObject), ...beside } : answer;
	},
};
