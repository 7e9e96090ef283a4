import { sleep } from 'n8n-workflow';
import type { IDataObject, NodeApiError } from 'n8n-workflow';

import type { ApiRequest } from '../shared/client';
import { asThrown, mayHaveBeenDone } from '../shared/errors';
import { withoutSecrets } from '../shared/secrets';
import type { OperationCall } from './operations/define';

/** What is kept of a node's one-time requests for as long as an execution lives, its repetitions included. */
interface Memory extends IDataObject {
	/** Requests whose answer was lost, with when they were sent, in milliseconds since 1970. */
	unanswered: Record<string, number>;
	/** Requests that were answered, by run and item. */
	answered: Record<string, { request: string; answer: IDataObject }>;
}

/** How to find out whether a request whose answer was lost was executed. */
export interface Trace {
	/**
	 * Looks for it.
	 *
	 * @param sentAt when it was sent, in milliseconds since 1970 by this machine's clock
	 * @param known answers of this execution, none of which is the one
	 * @returns the answer that got lost; null when the request was not executed; undefined when that cannot be told
	 */
	find(sentAt: number, known: IDataObject[]): Promise<IDataObject | null | undefined>;
}

/** Pauses in seconds before it is looked whether a request without an answer was executed; then it is sent again. */
const LOOK_PAUSES = [1, 3, 3];

/**
 * Sends a request that must not happen twice (it moves money, cannot be undone, or a client would see it twice), such that
 * nothing can make it happen twice in one execution: neither "Retry On Fail", nor a repeated execution, nor an AI agent
 * that tries again.
 *
 * An item that was answered before gets the same answer again. A request whose answer was lost may have been executed:
 * with a trace it is looked for, and sent again only when it was certainly not; without, it is not sent again, and the
 * error says so, and where to look.
 *
 * @param whereToLook how a person finds out whether it happened, as a sentence
 * @throws NodeApiError when it is refused or the answer is lost
 * @throws NodeOperationError when the same request was sent before and its answer was lost
 */
export async function sendOnce(call: OperationCall, request: ApiRequest, whereToLook: string, trace?: Trace): Promise<IDataObject> {
	const memory = memoryOf(call);
	const wanted = JSON.stringify([request.method, request.path, request.json]);
	const { place } = call;
	const before = memory.answered[place];
	if (before?.request === wanted) return before.answer;

	const noted = (answer: IDataObject): IDataObject => {
		// What is kept stands in the execution data, in plain text.
		const kept = withoutSecrets(answer);
		memory.answered[place] = { request: wanted, answer: kept };
		return kept;
	};
	const look = async (): Promise<IDataObject | null | undefined> => {
		const known = Object.values(memory.answered).map(({ answer }) => answer);
		const found = await trace?.find(memory.unanswered[wanted], known).catch(() => undefined);
		if (found !== undefined) delete memory.unanswered[wanted];
		return found;
	};

	if (wanted in memory.unanswered) {
		const found = await look();
		if (found) return noted(found);
		if (found === undefined) {
			call.refuse(
				'The same was sent before in this execution and got no answer. It may have been done, so it is not sent again',
				`${whereToLook} If it was not done, start the workflow afresh.`,
			);
		}
	}
	for (let attempt = 0; ; attempt++) {
		const sentAt = Date.now();
		try {
			return noted(await call.client.request(request));
		} catch (error) {
			if (!mayHaveBeenDone(error) || isSwitchedOff(error)) throw asThrown(error);
			memory.unanswered[wanted] = sentAt;
			if (trace) await sleep(LOOK_PAUSES[attempt] * 1000);
			const found = await look();
			if (found) return noted(found);
			if (found === undefined) throw unknown(error, whereToLook);
			if (attempt === LOOK_PAUSES.length - 1) throw notDone(error);
		}
	}
}

function unknown(error: NodeApiError, whereToLook: string): NodeApiError {
	error.message = `It is not known whether this was done. ${error.message}`;
	error.description = `It may have been done all the same. ${whereToLook} In this execution it is not sent again.`;
	return error;
}

function notDone(error: NodeApiError): NodeApiError {
	error.description =
		'It was not done. Run the node again later, or switch on "Retry On Fail" in its settings: it looks before it sends again.';
	return error;
}

/** A 503 in Atelier's own words says that the feature is switched off: nothing was done. */
function isSwitchedOff({ httpCode, context }: { httpCode: string | null; context: IDataObject }): boolean {
	return httpCode === '503' && context.data !== undefined;
}

function memoryOf(call: OperationCall): Memory {
	const context = call.context.getContext('node');
	context.atelierSentOnce ??= { unanswered: {}, answered: {} } satisfies Memory;
	return context.atelierSentOnce as Memory;
}
