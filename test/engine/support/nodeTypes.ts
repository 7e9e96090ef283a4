import './environment';

import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { PackageDirectoryLoader } from 'n8n-core';
import { NodeConnectionTypes, NodeHelpers } from 'n8n-workflow';
import type { ICredentialType, IDataObject, IExecuteFunctions, INodeExecutionData, INodeType, INodeTypes } from 'n8n-workflow';

import { PROJECT_ROOT } from '../../../scripts/support/paths';

/** A file in a test's input item: content that the test makes, or a path for what is too big to hold. */
export type TestFile = { fileName?: string; mimeType?: string } & ({ content: string | Buffer } | { path: string });

/** An input item of a test. */
export interface TestItem {
	json?: IDataObject;
	files?: Record<string, TestFile>;
}

export const PACKAGE_NAME = 'n8n-nodes-atelier';

/** Type of the node that feeds a test's items into a workflow. */
export const INPUT_TYPE = 'test.input';

/** The built package, loaded as n8n loads it. A node is loaded when a test first uses it. */
class BuiltPackage {
	private readonly loader = new PackageDirectoryLoader(PROJECT_ROOT);

	private readonly registered = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')).n8n as {
		nodes: string[];
		credentials: string[];
	};

	/** The newest version, or the given one, of the node with this name, e.g. `atelier`. */
	node(name: string, version?: number): INodeType {
		if (!(name in this.loader.nodeTypes)) this.loader.loadNodeFromFile(this.file(this.registered.nodes, `${name}.node.js`));
		return NodeHelpers.getVersionedNodeType(this.loader.nodeTypes[name].type, version);
	}

	credential(name: string): ICredentialType {
		if (!(name in this.loader.credentialTypes)) {
			this.loader.loadCredentialFromFile(this.file(this.registered.credentials, `${name}.credentials.js`));
		}
		return this.loader.credentialTypes[name].type;
	}

	private file(files: string[], name: string): string {
		const found = files.find((file) => basename(file).toLowerCase() === name.toLowerCase());
		if (!found) throw new Error(`package.json registers no ${name}`);
		return found;
	}
}

export const builtPackage = new BuiltPackage();

/**
 * The node types of a test workflow: those of the built package, the node that feeds `items` in, and any others given.
 *
 * @param others further node types by their full name
 */
export function nodeTypesWith(items: TestItem[], others: Record<string, INodeType> = {}): INodeTypes {
	const find = (fullName: string, version?: number): INodeType => {
		if (fullName in others) return others[fullName];
		if (fullName === INPUT_TYPE) return inputNode(items);
		const [packageName, name] = fullName.split('.');
		if (packageName !== PACKAGE_NAME) throw new Error(`Tests have no node type ${fullName}`);
		return name.endsWith('Tool') ? toolTwin(builtPackage.node(name.slice(0, -'Tool'.length), version)) : builtPackage.node(name, version);
	};
	return { getByName: find, getByNameAndVersion: find, getKnownTypes: () => ({}) };
}

/** The twin that n8n offers an AI Agent for a node with `usableAsTool`; here it keeps its normal input and output. */
function toolTwin(type: INodeType): INodeType {
	return Object.create(type, {
		description: { value: { ...type.description, name: `${type.description.name}Tool` } },
	}) as INodeType;
}

function inputNode(items: TestItem[]): INodeType {
	return {
		description: {
			displayName: 'Input',
			name: 'input',
			group: ['input'],
			version: 1,
			description: "Puts a test's items into a workflow",
			defaults: { name: 'Input' },
			inputs: [NodeConnectionTypes.Main],
			outputs: [NodeConnectionTypes.Main],
			properties: [],
		},
		async execute(this: IExecuteFunctions) {
			return [await Promise.all(items.map(async (item, index) => await toItem(this, item, index)))];
		},
	};
}

async function toItem(context: IExecuteFunctions, { json = {}, files }: TestItem, index: number): Promise<INodeExecutionData> {
	const item: INodeExecutionData = { json, pairedItem: { item: index } };
	if (!files) return item;
	const stored = Object.entries(files).map(async ([field, file]) => {
		const { fileName = `${field}.png`, mimeType = 'image/png' } = file;
		const binary =
			'path' in file
				? await context.nodeHelpers.copyBinaryFile(file.path, fileName, mimeType)
				: await context.helpers.prepareBinaryData(Buffer.from(file.content), fileName, mimeType);
		return [field, binary] as const;
	});
	return { ...item, binary: Object.fromEntries(await Promise.all(stored)) };
}
