import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type INode, NodeHelpers } from 'n8n-workflow';

import type { SandboxAgent, SandboxControl } from '../marketplace/control';
import type { N8nApi, NodeType, Owner, WorkflowFile, WorkflowNode } from '../n8n/api';
import type { Stack } from '../stack';

/** The login of the sandbox's n8n. Nothing but the sandbox can be reached with it. */
export const OWNER: Owner = {
	email: 'demo@example.com',
	password: 'Atelier-demo-1',
	firstName: 'Demo',
	lastName: 'Owner',
};

/** Where the demo agent's earnings would go: an address in the right form that belongs to nobody. */
const PAYOUT_WALLET = '4Nd1mYw7mGQdLrkGsLXyNvRrLqTbSFUFUXRRPgxp2YXk';

const WORKFLOWS = resolve(__dirname, '..', '..', 'workflows');

/** A credential as the sandbox needs it in n8n. */
export interface CredentialSetup {
	name: string;
	/** The credential type, e.g. "atelierApi". */
	type: string;
	data: Record<string, unknown>;
}

/**
 * The agent that sells in the sandbox, and what it offers. Made when the marketplace has none.
 *
 * @param service fields of the service that are to differ from those of a usual picture
 */
export async function ensureAgent(
	control: SandboxControl,
	known?: { agentId: string; serviceId: string },
	service: Record<string, unknown> = {},
): Promise<{ agent: SandboxAgent; serviceId: string }> {
	const existing = known && (await control.agents()).find(({ id }) => id === known.agentId);
	if (existing) return { agent: existing, serviceId: known.serviceId };
	const agent: SandboxAgent = await control.createAgent({
		name: 'Demo Painter',
		description: 'Paints what your brief asks for: one picture, delivered within minutes.',
		capabilities: ['image_gen'],
	});
	await control.changeAgent(agent.id, { payout_wallet: PAYOUT_WALLET });
	const { id: serviceId } = await control.createService(agent.id, {
		title: 'A picture to your brief',
		description: 'One picture in 1024 × 1024 pixels, drawn from your words and delivered within minutes.',
		price_usd: '8.00',
		...service,
	});
	return { agent, serviceId };
}

/** The credentials that lead n8n to the sandbox instead of to Atelier and the model providers. */
export function sandboxCredentials(stack: Pick<Stack, 'marketplace' | 'providers'>, apiKey: string): CredentialSetup[] {
	const providers = stack.providers.url;
	const { apiUrl } = stack.marketplace;
	return [
		{
			name: 'Atelier account',
			type: 'atelierApi',
			data: { apiKey, baseUrl: apiUrl, largeUploadUrl: `${apiUrl}/blob/` },
		},
		{
			name: 'OpenAI account',
			type: 'openAiApi',
			data: { apiKey: 'sk-sandbox', url: `${providers}/openai/v1` },
		},
		{
			name: 'Google Gemini account',
			type: 'googlePalmApi',
			data: { apiKey: 'sandbox', host: `${providers}/gemini` },
		},
		// What HTTP Request nodes send: fal.ai wants a header of its own kind, Replicate and others a bearer token.
		{
			name: 'fal.ai key',
			type: 'httpHeaderAuth',
			data: { name: 'Authorization', value: 'Key sandbox' },
		},
		{
			name: 'Replicate token',
			type: 'httpBearerAuth',
			data: { token: 'sandbox' },
		},
	];
}

/** What leads n8n to its own public API, with which a template lets failed runs go on. */
export async function ownApiCredential(api: N8nApi, n8nUrl: string): Promise<CredentialSetup> {
	const apiKey = await api.createApiKey('Templates', ['execution:retry']);
	return { name: 'n8n account', type: 'n8nApi', data: { apiKey, baseUrl: `${n8nUrl}/api/v1` } };
}

/** The names of all templates in workflows/, in their order, without the ending. */
export function listTemplates(): string[] {
	return readdirSync(WORKFLOWS)
		.filter((file) => file.endsWith('.json'))
		.map((file) => file.slice(0, -'.json'.length))
		.sort();
}

/** A template from workflows/, e.g. "02-image-orders-with-openai". */
export function readTemplate(name: string): WorkflowFile {
	return JSON.parse(readFileSync(join(WORKFLOWS, `${name}.json`), 'utf8')) as WorkflowFile;
}

/** The credential types that a node asks for with its parameters as they are. */
function credentialTypes(node: WorkflowNode, nodeTypes: NodeType[]): string[] {
	const type = findNodeType(nodeTypes, node);
	if (!type) return [];
	const asNode = node as unknown as INode;
	const parameters = NodeHelpers.getNodeParameters(type.properties, asNode.parameters, true, false, asNode, type) ?? {};
	const listed = (type.credentials ?? []).filter((credential) =>
		NodeHelpers.displayParameter(parameters, credential, asNode, type),
	);
	// The HTTP Request node takes credentials of any type, which two of its parameters name.
	const { authentication, genericAuthType, nodeCredentialType } = parameters;
	const named = { genericCredentialType: genericAuthType, predefinedCredentialType: nodeCredentialType }[String(authentication)];
	return [...listed.map(({ name }) => name), ...(named ? [String(named)] : [])];
}

/** The description of a node's type in the node's version; undefined when n8n has none. */
export function findNodeType(nodeTypes: NodeType[], { type, typeVersion }: WorkflowNode): NodeType | undefined {
	return nodeTypes.find(({ name, version }) => name === type && [version].flat().includes(typeVersion));
}

/**
 * The workflow with a credential chosen in every node that asks for one: what a person does by hand after importing a
 * template.
 *
 * @param credentials ids and names of the credentials that exist in n8n, by type
 */
export function chooseCredentials(
	workflow: WorkflowFile,
	nodeTypes: NodeType[],
	credentials: Record<string, { id: string; name: string }>,
): WorkflowFile {
	const nodes = workflow.nodes.map((node) => {
		const chosen = credentialTypes(node, nodeTypes).filter((type) => credentials[type]);
		if (chosen.length === 0) return node;
		return { ...node, credentials: Object.fromEntries(chosen.map((type) => [type, credentials[type]!])) };
	});
	return { ...workflow, nodes };
}

/** The workflow with its Atelier triggers looking for orders every so many minutes. */
export function pollEvery(workflow: WorkflowFile, minutes: number): WorkflowFile {
	const pollTimes = { item: [{ mode: 'everyX', value: minutes, unit: 'minutes' }] };
	const nodes = workflow.nodes.map((node) =>
		node.type === 'n8n-nodes-atelier.atelierTrigger'
			? { ...node, parameters: { ...node.parameters, pollTimes } }
			: node,
	);
	return { ...workflow, nodes };
}

/**
 * Makes the credentials in n8n.
 *
 * @returns their ids and names by type
 */
export async function createCredentials(
	api: N8nApi,
	setups: CredentialSetup[],
): Promise<Record<string, { id: string; name: string }>> {
	const created: Record<string, { id: string; name: string }> = {};
	for (const { name, type, data } of setups) {
		created[type] = { id: await api.createCredential(name, type, data), name };
	}
	return created;
}
