import './useN8n';

import { PollContext } from 'n8n-core';
import { Workflow } from 'n8n-workflow';
import type { IDataObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';

import { createAdditionalData, createNode } from '../../test/engine/support/engine';
import { builtPackage, nodeTypesWith, PACKAGE_NAME } from '../../test/engine/support/nodeTypes';
import { API_KEY } from '../server/orders';

/** The polling trigger of a published workflow. */
export interface PollingTrigger {
	/** One poll, as n8n makes it. */
	poll(): Promise<INodeExecutionData[][] | null>;
	/** When the last byte of the last answer had come, by performance.now(); NaN before there was one. */
	receivedAt(): number;
	/** What the trigger keeps between polls: n8n writes it to its database as JSON. */
	staticData: IDataObject;
}

/** Publishes a workflow with the polling trigger, without n8n's timer: the caller polls. */
export async function createPollingTrigger(apiUrl: string, parameters: INodeParameters): Promise<PollingTrigger> {
	const node = createNode('Atelier Trigger', `${PACKAGE_NAME}.atelierTrigger`, {
		parameters,
		credentials: { atelierApi: { id: '1', name: 'Atelier' } },
	});
	const workflow = new Workflow({ id: 'bench', nodes: [node], connections: {}, active: true, nodeTypes: nodeTypesWith([]), staticData: {} });
	await workflow.expression.acquireIsolate();
	const credentials = { atelierApi: { apiKey: API_KEY, baseUrl: apiUrl } };
	const context = new PollContext(workflow, node, createAdditionalData(credentials, 'trigger'), 'trigger', 'activate');
	let receivedAt = Number.NaN;
	const { helpers } = context;
	const { httpRequestWithAuthentication } = helpers;
	helpers.httpRequestWithAuthentication = async function (...request) {
		const answer = (await httpRequestWithAuthentication.apply(this, request)) as { body: NodeJS.ReadableStream };
		answer.body.once('end', () => (receivedAt = performance.now()));
		return answer;
	};
	const { poll } = builtPackage.node('atelierTrigger');
	return {
		poll: async () => await poll!.call(context),
		receivedAt: () => receivedAt,
		staticData: workflow.getStaticData('node', node),
	};
}
