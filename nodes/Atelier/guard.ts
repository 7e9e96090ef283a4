import type { INodeProperties } from 'n8n-workflow';

import { isTool } from './asTool';
import type { Operation, OperationCall, Resource } from './operations/define';

// Money moves and one-way doors: what stands between a click and them.

/** The names of a guarded operation's switches: its own, so that what was switched on for one is off for the next. */
export function switchesOf(resource: string, operation: string): { confirm: string; allow: string } {
	const name = [resource, operation].map((part) => `${part.charAt(0).toUpperCase()}${part.slice(1)}`).join('');
	return { confirm: `confirm${name}`, allow: `allow${name}AsTool` };
}

/** What an operation asks for before it runs: the confirmation, under which stands what is confirmed, and a tool's permission. */
export function guardFields({ value: resource }: Resource, { value, guard, guardedFor }: Operation): INodeProperties[] {
	if (guard === undefined) return [];
	const { confirm, allow } = switchesOf(resource, value);
	const onlyFor = guardedFor && { [guardedFor.parameter]: guardedFor.values };
	return [
		{
			displayName: 'I Know What This Does',
			name: confirm,
			type: 'boolean',
			default: false,
			description: 'Whether to really do this. It moves money or cannot be undone, so nothing is sent while this is off.',
			hint: `${guard.charAt(0).toUpperCase()}${guard.slice(1)}`,
			...(onlyFor && { displayOptions: { show: onlyFor } }),
		},
		{
			displayName: 'Allow AI Agent to Do This',
			name: allow,
			type: 'boolean',
			noDataExpression: true,
			default: false,
			description: 'Whether the AI agent may really do this whenever it decides to. While this is off, the tool refuses.',
			displayOptions: { show: { ...onlyFor, '@tool': [true] } },
		},
	];
}

/**
 * Lets a guarded operation pass only when it is confirmed, and for a language model only when it is allowed.
 *
 * @throws NodeOperationError when it is not
 */
export function checkGuard(call: OperationCall, operation: Operation): void {
	const { guard, guardedFor } = operation;
	if (guard === undefined || (guardedFor && !guardedFor.values.includes(call.parameter(guardedFor.parameter)))) return;
	const { confirm, allow } = switchesOf(call.parameter('resource'), operation.value);
	// The model itself must not allow it, hence no expression counts.
	if (isTool(call.context) && call.context.getNode().parameters[allow] !== true) {
		call.refuse(
			`"${operation.name}" is not allowed for an AI agent: ${guard}`,
			'Switch on "Allow AI Agent to Do This" in the tool to allow it.',
		);
	}
	if (call.parameter<boolean>(confirm, false) !== true) {
		call.refuse(
			`"${operation.name}" was not confirmed: ${guard}`,
			'Switch on "I Know What This Does" to go on. Nothing was sent.',
		);
	}
}
