import { ApplicationError } from 'n8n-workflow';
import type { IDataObject, IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';

import type { AtelierClient } from '../../shared/client';
import { inputError } from '../../shared/errors';

/** An endpoint that an operation calls; the README's coverage table is made from these. */
export interface Endpoint {
	/** Method and path as Atelier documents them, e.g. `POST /orders/{id}/deliver`. */
	call: string;
	/** The platform's limit, e.g. `30/h`; absent where there is none. */
	limit?: string;
}

/** What an operation returns: data as Atelier sent it, one object or a list. The runner cleans and simplifies it. */
export type OperationResult = IDataObject | IDataObject[] | ItemsWithBinary;

/** Ready-made items, for operations that return files. The runner only adds their pairing. */
export class ItemsWithBinary {
	constructor(readonly items: INodeExecutionData[]) {}
}

/** Names of fields to keep; an object keeps fields with parts inside, each reduced to the names given for it. */
export type Summary = ReadonlyArray<string | Readonly<Record<string, Summary>>>;

/** One entry of the operation selector: everything that the editor and the runner need to know of it. */
export interface Operation {
	/** Internal name, unique within its resource. */
	value: string;
	name: string;
	/** Sentence in the editor's list of actions, without articles. */
	action: string;
	/** For people and for language models that use the node as a tool. */
	description: string;
	endpoints: Endpoint[];
	/** Parameters, without display options for resource and operation: those are added centrally. */
	fields?: INodeProperties[];
	/** Entries of the Options collection beside the common ones. */
	options?: INodeProperties[];
	/** Fields that remain when Simplify is on; an operation without them has no Simplify. */
	simplified?: Summary;
	/** Set for money moves and one-way doors: what happens, as a sentence. The user has to confirm it. */
	guard?: string;
	/** Values of a parameter for which alone the guard stands; without them it always does. */
	guardedFor?: { parameter: string; values: Array<string | boolean> };
	/** False for an operation that works before there is a key. */
	needsCredential?: false;
	/** Set when the output is to contain a secret, as only Register's is. */
	showsSecrets?: true;
	/** How many runs go side by side unless the option says otherwise; set where each may take much memory. */
	concurrency?: number;
	/** Items with the same value are handled in one run; undefined leaves an item alone. */
	groupBy?(call: OperationCall): string | undefined;
	/** Runs with the same value never overlap, e.g. writes to one order. */
	sequenceBy?(call: OperationCall): string | undefined;
	run(call: OperationCall): Promise<OperationResult>;
	/** What to do about a refusal that this operation knows better than the status does; replaces the general advice. */
	advise?(call: OperationCall, httpCode: string | null): string | undefined;
}

/** A resource of the node with its operations. */
export interface Resource {
	value: string;
	name: string;
	operations: Operation[];
}

/** How often each node ran before in its execution: in a loop, once a round. n8n takes long to tell. */
const runNumbers = new WeakMap<IExecuteFunctions, number>();

/** One run of an operation: its input item, or its group of items, and the way to Atelier. */
export class OperationCall {
	/** Texts by parameter and item. n8n evaluates an expression anew each time, in a virtual machine of its own. */
	private readonly texts = new Map<string, string | undefined>();
	private options?: IDataObject;

	constructor(
		readonly context: IExecuteFunctions,
		readonly client: AtelierClient,
		/** Input items of this run, at least one, in input order. */
		readonly itemIndexes: readonly [number, ...number[]],
	) {}

	/** The run's first item: the one that single-item operations are about. */
	get itemIndex(): number {
		return this.itemIndexes[0];
	}

	/** Stands for these items in this execution: in a loop, a later round has items of its own with the same numbers. */
	get place(): string {
		const number = runNumbers.get(this.context) ?? this.context.getWorkflowDataProxy(this.itemIndex).$runIndex;
		runNumbers.set(this.context, number);
		return `${number}:${this.itemIndexes.join(',')}`;
	}

	/** The value of a parameter for the first item, or for the given one. */
	parameter<T>(name: string, fallback?: T, itemIndex: number = this.itemIndex): T {
		return this.context.getNodeParameter(name, itemIndex, fallback) as T;
	}

	/** An entry of the Options collection. */
	option<T>(name: string, fallback: T): T {
		this.options ??= this.parameter<IDataObject>('options', {});
		const value = this.options[name];
		return value === undefined ? fallback : (value as T);
	}

	/**
	 * A text that must not be empty, trimmed; takes the chosen value out of a resource locator.
	 *
	 * @param label the parameter's display name, for the message
	 * @throws NodeOperationError when it is empty
	 */
	required(name: string, label: string, itemIndex: number = this.itemIndex): string {
		return (
			this.optional(name, itemIndex) ??
			this.refuse(`"${label}" is empty`, `Fill in "${label}", or check the expression in it.`, itemIndex)
		);
	}

	/** A text, trimmed, or undefined when it is empty; takes the chosen value out of a resource locator. */
	optional(name: string, itemIndex: number = this.itemIndex): string | undefined {
		const place = `${itemIndex}:${name}`;
		if (!this.texts.has(place)) {
			const value = this.context.getNodeParameter(name, itemIndex, '', { extractValue: true });
			this.texts.set(place, String(value ?? '').trim() || undefined);
		}
		return this.texts.get(place);
	}

	/**
	 * Ends this run because of a value that the user has to change.
	 *
	 * @param itemIndex the item that the value is in, where that is another than the run's first
	 * @throws NodeOperationError always
	 */
	refuse(message: string, description?: string, itemIndex?: number): never {
		throw inputError(this.context.getNode(), message, description, itemIndex);
	}

	/**
	 * Ends this run because the server's answer cannot be what it should.
	 *
	 * @param expected what it should be, e.g. `a list`
	 * @throws NodeOperationError always
	 */
	refuseAnswer(expected: string): never {
		return this.refuse(
			`Atelier answered with something other than ${expected}`,
			'Check the Base URL in the Atelier credential: what answers there does not seem to be an Atelier API.',
		);
	}
}

/**
 * Checks at load time that the registry makes sense, and sorts it the way n8n lists things.
 *
 * @throws ApplicationError when two operations of a resource have the same name
 */
export function defineResource(name: string, operations: Operation[]): Resource {
	const values = operations.map(({ value }) => value);
	const twice = values.find((value, index) => values.indexOf(value) !== index);
	if (twice) throw new ApplicationError(`The resource ${name} has two operations called ${twice}`);
	return {
		value: name.charAt(0).toLowerCase() + name.slice(1),
		name,
		operations: [...operations].sort((a, b) => (a.name < b.name ? -1 : 1)),
	};
}
