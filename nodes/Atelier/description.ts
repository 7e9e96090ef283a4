import type { IDisplayOptions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { guardFields } from './guard';
import { resources } from './operations';
import type { Operation, Resource } from './operations/define';
import { commonOptions, simplifyField } from './operations/fields';

/** The node's parameters: the two selectors, then each operation's fields, shown only where they belong. */
export function buildProperties(): INodeProperties[] {
	return [
		...forEachOperation(toolDescriptionsOf),
		{
			displayName: 'Resource',
			name: 'resource',
			type: 'options',
			noDataExpression: true,
			options: resources.map(({ name, value }) => ({ name, value })),
			default: 'order',
		},
		...resources.map(operationSelector),
		...forEachOperation(fieldsOf),
	];
}

function forEachOperation(make: (operation: Operation, resource: Resource) => INodeProperties[]): INodeProperties[] {
	return resources.flatMap((resource) =>
		resource.operations.flatMap((operation) =>
			shownFor({ resource: [resource.value], operation: [operation.value] }, make(operation, resource)),
		),
	);
}

/**
 * The fields, shown under one more condition. n8n's own `updateDisplayOptions` merges deeply, which took most of the
 * time that loading the package takes.
 */
function shownFor(condition: NonNullable<IDisplayOptions['show']>, fields: INodeProperties[]): INodeProperties[] {
	return fields.map((field) => ({
		...field,
		displayOptions: { ...field.displayOptions, show: { ...condition, ...field.displayOptions?.show } },
	}));
}

/**
 * What an AI model reads of the node when it is a tool. n8n would add a field of this name by itself, and fill it with no
 * more than the operation's action.
 */
function toolDescriptionsOf({ description }: Operation): INodeProperties[] {
	const field: INodeProperties = {
		displayName: 'Tool Description',
		name: 'toolDescription',
		type: 'string',
		typeOptions: { rows: 4 },
		displayOptions: { show: { '@tool': [true] } },
		default: '',
		description: 'What the AI model reads to decide when to use this tool',
	};
	return [{ ...field, default: description }];
}

function operationSelector({ value, operations }: Resource): INodeProperties {
	const initial =
		operations.find((operation) => operation.value === 'get') ??
		operations.find((operation) => operation.value.startsWith('get')) ??
		operations[0];
	const selector: INodeProperties = {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: [value] } },
		options: operations.map(asOption),
		default: '',
	};
	return { ...selector, default: initial.value };
}

function asOption({ name, value, action, description }: Operation): INodePropertyOptions {
	return { name, value, action, description };
}

function commonOptionsOf({ concurrency }: Operation): INodeProperties[] {
	if (concurrency === undefined) return commonOptions;
	return commonOptions.map((option) => (option.name === 'concurrency' ? { ...option, default: concurrency } : option));
}

function fieldsOf(operation: Operation, resource: Resource): INodeProperties[] {
	const fields = [...(operation.fields ?? []), ...guardFields(resource, operation)];
	if (operation.simplified) fields.push(simplifyField);
	fields.push({
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [...(operation.options ?? []), ...commonOptionsOf(operation)].sort((a, b) => (a.displayName < b.displayName ? -1 : 1)),
	});
	return fields;
}
