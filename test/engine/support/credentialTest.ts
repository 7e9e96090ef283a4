import './environment';

import { ExecuteContext, RoutingNode } from 'n8n-core';
import { createRunExecutionData, Workflow } from 'n8n-workflow';
import type { ICredentialDataDecryptedObject, ICredentialsDecrypted, INodeType, INodeTypes } from 'n8n-workflow';

import { createAdditionalData, createNode } from './engine';
import { builtPackage } from './nodeTypes';

export interface CredentialTestResult {
	status: 'OK' | 'Error';
	message: string;
}

/**
 * Tests a credential as the credential's dialog does after Save: the type's test request is sent by n8n-core's routing
 * node. What n8n itself adds, the judgement by the type's rules, is repeated here.
 */
export async function testCredential(data: ICredentialDataDecryptedObject): Promise<CredentialTestResult> {
	const { name, test } = builtPackage.credential('atelierApi');
	const node = createNode('Temp-Node', 'test.credential', { credentials: { [name]: { id: '1', name: 'Atelier' } } });
	const nodeType: INodeType = {
		description: {
			displayName: 'Credential Test',
			name: 'credential',
			group: [],
			version: 1,
			description: '',
			defaults: { name: 'Temp-Node' },
			inputs: ['main'],
			outputs: ['main'],
			credentials: [{ name, required: true }],
			properties: [{ displayName: 'Temp', name: 'temp', type: 'string', routing: { request: test!.request }, default: '' }],
		},
	};
	const nodeTypes: INodeTypes = { getByName: () => nodeType, getByNameAndVersion: () => nodeType, getKnownTypes: () => ({}) };
	const workflow = new Workflow({ nodes: [node], connections: {}, active: false, nodeTypes });
	const additionalData = createAdditionalData({ [name]: data });
	const withDefaults = await additionalData.credentialsHelper.getDecrypted(additionalData, { id: '1', name }, name, 'internal');
	const decrypted: ICredentialsDecrypted = { id: '1', name: 'Atelier', type: name, data: withDefaults };
	const context = new ExecuteContext(
		workflow,
		node,
		additionalData,
		'internal',
		createRunExecutionData(),
		0,
		[],
		{ main: [[{ json: {} }]] },
		{ node, data: {}, source: null },
		[],
	);
	let body: Record<string, unknown>;
	try {
		const answer = await new RoutingNode(context, nodeType, decrypted).runNode();
		body = answer![0][0].json;
	} catch (error) {
		const { message, cause } = error as Error & { cause?: { response?: { status: number; statusText?: string }; code?: string } };
		const { response } = cause ?? {};
		const words = response ? response.statusText || `Received HTTP status code: ${response.status}` : cause?.code;
		return { status: 'Error', message: words ?? message };
	}
	for (const rule of test!.rules ?? []) {
		if (rule.type !== 'responseSuccessBody') continue;
		if (valueAt(body, rule.properties.key) === rule.properties.value) return { status: 'Error', message: rule.properties.message };
	}
	return { status: 'OK', message: 'Connection successful!' };
}

/** The value at a path such as `data.id`. */
function valueAt(body: unknown, path: string): unknown {
	return path.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], body);
}
