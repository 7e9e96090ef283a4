import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import type { IDataObject, INode, JsonObject } from 'n8n-workflow';

import { neverConnected } from './connection';
import type { Failure } from './failures';

/** What n8n's pollers read to decide when to try again; older hosts ignore it. */
type DeclaredCause =
	| { cause: 'rate-limited' | 'temporarily-unavailable'; retryAfterMs?: number }
	| { cause: 'credential-invalid' | 'configuration-invalid' };

/**
 * The error of a request that failed. It is built afresh, without the request in it, so that no key can travel along.
 * `context.data` holds the server's answer, `context.retryAfterSeconds` the wait that a 429 asks for.
 */
export function apiError(node: INode, failure: Failure): NodeApiError {
	const { message, description, httpCode, retryAfterSeconds, data } = failure;
	const options = { message, description, httpCode, failure: declaredCause(failure) };
	const error = new NodeApiError(node, { message, ...(data && { data }) } as JsonObject, options);
	// n8n swaps a message that happens to contain a system error code for a text of its own.
	error.message = message;
	error.description = description;
	error.context.data = data;
	if (retryAfterSeconds !== undefined) error.context.retryAfterSeconds = retryAfterSeconds;
	return error;
}

/** The error of a value that the user has to change before anything is sent. */
export function inputError(node: INode, message: string, description?: string, itemIndex?: number): NodeOperationError {
	return new NodeOperationError(node, message, { description, itemIndex, level: 'warning' });
}

/** The same error once more, for another item that it ends: each is to name its own item. */
export function anew(node: INode, error: unknown): unknown {
	if (error instanceof NodeOperationError) return inputError(node, error.message, error.description ?? undefined);
	if (!(error instanceof NodeApiError)) return error;
	const { message, description, httpCode, context } = error;
	return apiError(node, {
		message,
		description: description ?? '',
		httpCode: httpCode ?? '',
		retryAfterSeconds: context.retryAfterSeconds as number | undefined,
		data: context.data as IDataObject | undefined,
	});
}

/** Any thrown value as an error that n8n shows well; errors of n8n's own kind stay what they are. */
export function toNodeError(node: INode, error: unknown): NodeApiError | NodeOperationError {
	if (error instanceof NodeApiError || error instanceof NodeOperationError) return error;
	return new NodeOperationError(node, error instanceof Error ? error : String(error));
}

/** Whether no proper answer came: no connection, a broken one, or a 5xx. */
export function gotNoAnswer(error: unknown): error is NodeApiError {
	return error instanceof NodeApiError && !/^[34]/.test(error.httpCode ?? '');
}

/** Whether a request that failed may have been executed all the same, so that to send it again may do it twice. */
export function mayHaveBeenDone(error: unknown): error is NodeApiError {
	return gotNoAnswer(error) && !neverConnected(error.httpCode);
}

/**
 * Whether the same request may well succeed a little later: nothing came back, a 5xx, or an answer that is not in the API's
 * own words but from something in between. A 429 says itself when it ends, and has been waited for if that was allowed.
 */
export function mayPass(error: unknown): error is NodeApiError {
	if (!(error instanceof NodeApiError) || error.httpCode === '429') return false;
	return error.context.data === undefined || gotNoAnswer(error);
}

/** The error as it is: verification lets a catch block throw only what a function returned. */
export function asThrown<T>(error: T): T {
	return error;
}

function declaredCause({ httpCode, retryAfterSeconds }: Failure): DeclaredCause {
	if (httpCode === '429') return { cause: 'rate-limited', retryAfterMs: (retryAfterSeconds ?? 60) * 1000 };
	if (httpCode === '401' || httpCode === '403') return { cause: 'credential-invalid' };
	if (/^[34]/.test(httpCode)) return { cause: 'configuration-invalid' };
	return { cause: 'temporarily-unavailable' };
}
