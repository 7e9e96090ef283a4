import { updateDisplayOptions } from 'n8n-workflow';
import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { resources } from './operations';
import type { Operation, Resource } from './operations/define';
import { commonOptions, guardFields, simplifyField } from './operations/fields';

/** The node's parameters: the two selectors, then each operation's fields, shown only where they belong. */
export function buildProperties(): INodeProperties[] {
	return [
		{
			displayName: 'Resource',
			name: 'resource',
			type: 'options',
			noDataExpression: true,
			options: resources.map(({ name, value }) => ({ name, value })),
			default: 'order',
		},
		...resources.map(operationSelector),
		...resources.flatMap((resource) => resource.operations.flatMap((operation) => fieldsOf(resource, operation))),
	];
}

function operationSelector({ value, operations }: Resource): INodeProperties {
	const initial = operations.find((operation) => operation.value === 'get') ?? operations[0];
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

function guardFieldsOf({ guardedFor }: Operation): INodeProperties[] {
	return guardedFor ? updateDisplayOptions({ show: { [guardedFor.parameter]: guardedFor.values } }, guardFields) : guardFields;
}

function fieldsOf(resource: Resource, operation: Operation): INodeProperties[] {
	const fields = [...(operation.fields ?? [])];
	if (operation.guard) fields.push(...guardFieldsOf(operation));
	if (operation.simplified) fields.push(simplifyField);
	fields.push({
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [...(operation.options ?? []), ...commonOptions].sort((a, b) => (a.displayName < b.displayName ? -1 : 1)),
	});
	return updateDisplayOptions({ show: { resource: [resource.value], operation: [operation.value] } }, fields);
}
