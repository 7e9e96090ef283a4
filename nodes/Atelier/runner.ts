import { NodeApiError } from 'n8n-workflow';
import type { IDataObject, IExecuteFunctions, INodeExecutionData, NodeOperationError, OnError } from 'n8n-workflow';

import { AtelierClient } from '../shared/client';
import { asThrown, toNodeError } from '../shared/errors';
import { withoutSecrets } from '../shared/secrets';
import { asNumber, bounded, clean, isObject } from '../shared/wire';
import { answersWithErrors, isTool } from './asTool';
import { DEFAULT_CONCURRENCY, runConcurrently } from './concurrency';
import { checkGuard } from './guard';
import { findOperation } from './operations';
import { ItemsWithBinary, OperationCall } from './operations/define';
import type { Operation, OperationResult } from './operations/define';
import { withRetries } from './retries';
import { summarizeRows } from './summary';

/** Seconds that a run waits for a rate limit to end, unless the option says otherwise. */
export const DEFAULT_MAX_WAIT_SECONDS = 60;

type ItemIndexes = readonly [number, ...number[]];

/**
 * Runs the chosen operation over all input items: groups those that belong together, keeps independent ones going side
 * by side, pairs outputs with inputs and turns failures into n8n's errors. Knows no endpoint.
 */
export async function runOperation(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const operation = findOperation(
		this.getNodeParameter('resource', 0) as string,
		this.getNodeParameter('operation', 0) as string,
	);
	const options = this.getNodeParameter('options', 0, {}) as IDataObject;
	const client = new AtelierClient(this, {
		maxWaitSeconds: numberOr(options.waitWhenRateLimited, DEFAULT_MAX_WAIT_SECONDS),
		timeoutSeconds: numberOr(options.timeout, undefined),
		anonymousBaseUrl: options.baseUrl as string | undefined,
	});
	const callFor = (indexes: ItemIndexes) => new OperationCall(this, client, indexes);

	const runs = planRuns(this.getInputData().length, operation, callFor);
	const outputs = await runConcurrently(
		runs.map(({ call, sequence }) => ({
			sequence,
			run: async () => {
				try {
					checkGuard(call, operation);
					const result = await withRetries(this, async () => await operation.run(call));
					return present(call, operation, result).map((item) => paired(item, call.itemIndexes));
				} catch (error) {
					const nodeError = explained(toNodeError(this.getNode(), error), operation, call);
					if (!this.continueOnFail() && !answersWithErrors(this)) throw asThrown(nodeError);
					return [errorItem(nodeError, call.itemIndexes, this.getNode().onError)];
				}
			},
		})),
		Math.max(1, Math.floor(numberOr(options.concurrency, operation.concurrency ?? DEFAULT_CONCURRENCY))),
	);
	return [outputs.flat()];
}

interface PlannedRun {
	call: OperationCall;
	sequence?: string;
}

/** Which items go together, and which runs must wait for each other. An item whose key cannot be read runs alone and says why. */
function planRuns(
	count: number,
	operation: Operation,
	callFor: (indexes: ItemIndexes) => OperationCall,
): PlannedRun[] {
	const runs: PlannedRun[] = [];
	/** The item indexes of each group's call, which grow as its items are found. */
	const groups = new Map<string, number[]>();
	for (let index = 0; index < count; index++) {
		const indexes: [number, ...number[]] = [index];
		const call = callFor(indexes);
		const group = keyOf(operation.groupBy, call);
		const existing = group === undefined ? undefined : groups.get(group);
		if (existing) {
			existing.push(index);
			continue;
		}
		runs.push({ call, sequence: keyOf(operation.sequenceBy, call) });
		if (group !== undefined) groups.set(group, indexes);
	}
	return runs;
}

function keyOf(read: ((call: OperationCall) => string | undefined) | undefined, call: OperationCall): string | undefined {
	try {
		return read?.(call);
	} catch {
		return undefined;
	}
}

/** An operation's result as items, in the shape that Simplify and Raw Response ask for. */
function present(call: OperationCall, operation: Operation, result: OperationResult): INodeExecutionData[] {
	if (result instanceof ItemsWithBinary) return result.items;
	const isRaw = call.option('rawResponse', false);
	const simplify = operation.simplified && call.parameter('simplify', true) === true;
	const rows = (Array.isArray(result) ? result : [result]).map((raw) => {
		if (!isObject(raw)) return call.refuseAnswer('an object');
		const shown = operation.showsSecrets ? (bounded(raw) as IDataObject) : withoutSecrets(raw);
		return isRaw ? shown : clean<IDataObject>(shown);
	});
	return (simplify && !isRaw ? summarizeRows(rows, operation.simplified!) : rows).map((json) => ({ json }));
}

function paired(item: INodeExecutionData, indexes: ItemIndexes): INodeExecutionData {
	const pairedItem = indexes.map((index) => ({ item: index }));
	return { ...item, pairedItem: pairedItem.length === 1 ? pairedItem[0] : pairedItem };
}

/** The item that goes on, or to the error output, in place of a result. */
function errorItem(error: NodeApiError | NodeOperationError, indexes: ItemIndexes, onError: OnError | undefined): INodeExecutionData {
	const { retryAfterSeconds } = error.context;
	const json: IDataObject = {
		error: error.message,
		advice: error.description ?? null,
		httpCode: error instanceof NodeApiError ? error.httpCode : null,
		...(typeof retryAfterSeconds === 'number' && { retryAfterSeconds }),
	};
	const item = paired({ json }, indexes);
	// n8n moves an item with an `error` to the error output, and cuts the data of one that still has it afterwards down to
	// the message. Not enumerable, it is seen by the first and lost before the second, so that all fields arrive.
	return onError === 'continueErrorOutput' ? Object.defineProperty(item, 'error', { value: error }) : item;
}

/**
 * The error with the operation's own advice, and with its item in the message and where n8n looks for it. A model gets to
 * see the message alone, so that it holds the advice.
 */
function explained<T extends NodeApiError | NodeOperationError>(error: T, operation: Operation, call: OperationCall): T {
	if (error instanceof NodeApiError) error.description = operation.advise?.(call, error.httpCode) ?? error.description;
	error.context.itemIndex ??= call.itemIndex;
	error.message = isTool(call.context)
		? [error.message.replace(/[^.!?]$/, '$&.'), error.description].filter(Boolean).join(' ')
		: `${error.message} [item ${String(error.context.itemIndex)}]`;
	return error;
}

function numberOr<T>(value: unknown, fallback: T): number | T {
	const number = asNumber(value);
	return Number.isFinite(number) ? number : fallback;
}
