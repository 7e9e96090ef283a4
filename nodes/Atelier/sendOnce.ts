import type { IDataObject } from 'n8n-workflow';

import type { ApiRequest } from '../shared/client';
import { mayHaveBeenDone } from '../shared/errors';
import type { OperationCall } from './operations/define';

/** What is kept of a node's one-time requests for as long as an execution lives, its repetitions included. */
interface Memory extends IDataObject {
	/** Requests whose answer was lost. */
	unanswered: string[];
	/** Requests that were answered, by run and item. */
	answered: Record<string, { request: string; answer: IDataObject }>;
}

/**
 * Sends a request that must not happen twice (it moves money, cannot be undone, or a client would see it twice), such that
 * nothing can make it happen twice in one execution: neither "Retry On Fail", nor a repeated execution, nor an AI agent
 * that tries again.
 *
 * An item that was answered before gets the same answer again. A request whose answer was lost may have been executed,
 * so it is not sent again; the error says so, and where to look.
 *
 * @param whereToLook how a person finds out whether it happened, as a sentence
 * @throws NodeApiError when it is refused or the answer is lost
 * @throws NodeOperationError when the same request was sent before and its answer was lost
 */
export async function sendOnce(call: OperationCall, request: ApiRequest, whereToLook: string): Promise<IDataObject> {
	const memory = memoryOf(call);
	const wanted = JSON.stringify([request.method, request.path, request.json]);
	const place = `${call.context.getWorkflowDataProxy(call.itemIndex).$runIndex}:${call.itemIndex}`;
	const before = memory.answered[place];
	if (before?.request === wanted) return before.answer;
	if (memory.unanswered.includes(wanted)) {
		call.refuse(
			'The same was sent before in this execution and got no answer. It may have been done, so it is not sent again',
			`${whereToLook} If it was not done, start the workflow afresh.`,
		);
	}
	return await call.client.request(request).then(
		(answer) => {
			memory.answered[place] = { request: wanted, answer };
			return answer;
		},
		(error: unknown) => {
			if (mayHaveBeenDone(error) && !isSwitchedOff(error)) {
				memory.unanswered.push(wanted);
				error.message = `It is not known whether this was done. ${error.message}`;
				error.description = `It may have been done all the same. ${whereToLook} In this execution it is not sent again.`;
			}
			throw error;
		},
	);
}

/** A 503 in Atelier's own words says that the feature is switched off: nothing was done. */
function isSwitchedOff({ httpCode, context }: { httpCode: string | null; context: IDataObject }): boolean {
	return httpCode === '503' && context.data !== undefined;
}

function memoryOf(call: OperationCall): Memory {
	const context = call.context.getContext('node');
	context.atelierSentOnce ??= { unanswered: [], answered: {} } satisfies Memory;
	return context.atelierSentOnce as Memory;
}
