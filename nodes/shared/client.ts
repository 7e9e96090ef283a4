import { sleep } from 'n8n-workflow';
import type {
	IDataObject,
	IExecuteFunctions,
	IHookFunctions,
	IHttpRequestMethods,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
	IPollFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';

import { ANSWER_TOO_BIG, readAnswer } from './answer';
import type { RawAnswer } from './answer';
import { connectionCode } from './connection';
import {
	baseUrlObjection,
	CREDENTIAL_TYPE,
	DEFAULT_BASE_URL,
	DEFAULT_LARGE_UPLOAD_URL,
	normalizeBaseUrl,
} from './credential';
import { anew, apiError, inputError, mayPass } from './errors';
import { explainAnswer, explainConnection } from './failures';
import { withoutSecretText } from './secrets';
import { isObject } from './wire';

/** Any of n8n's contexts in which a node of this package talks to Atelier. */
export type AtelierContext =
	| IExecuteFunctions
	| IHookFunctions
	| ILoadOptionsFunctions
	| IPollFunctions
	| IWebhookFunctions;

export interface ApiRequest {
	method: IHttpRequestMethods;
	/** Path below the base URL, e.g. `/orders/ord_1`; parts that users give go through {@link pathPart}. */
	path: string;
	/** Query values; empty strings, null and undefined are left out. */
	query?: Record<string, string | number | boolean | undefined | null>;
	/** A value sent as JSON. */
	json?: unknown;
	/** Any other body. A function, because a form or stream can be sent only once and a repeated attempt needs its own. */
	body?: () => unknown | Promise<unknown>;
	headers?: Record<string, string>;
	/** Seconds until an attempt is given up. */
	timeoutSeconds?: number;
	/** Statuses other than 2xx that are an answer, too. */
	accept?: number[];
	/** Asked after a wait for the rate limit, which may last an hour: when it is not, the limit's error is thrown. */
	isStillWanted?: () => Promise<boolean>;
}

export interface ApiAnswer<T = unknown> {
	status: number;
	/** Names in lower case. */
	headers: Record<string, unknown>;
	/** What stands in the envelope's `data`, an object or a list; the whole body where there is no envelope. */
	data: T;
	/** The whole body. */
	body: IDataObject;
}

export interface ClientOptions {
	/** The longest wait in seconds for a rate limit to end, inside one request; 0 fails at once. */
	maxWaitSeconds?: number;
	/** Seconds until a request is given up; an operation that is known to take longer gets at least its own time. */
	timeoutSeconds?: number;
	/** Only for requests without a credential: where the API answers. */
	anonymousBaseUrl?: string;
}

const TIMEOUT_SECONDS = 30;

/** A day: timers take no more than a few weeks. */
const LONGEST_TIMEOUT_SECONDS = 24 * 60 * 60;

/** Shorter texts than this are no keys; to blank them out would spoil the answer. */
const SHORTEST_SECRET = 8;

/** Pauses in seconds before a read that got no proper answer is tried again. */
const READ_RETRY_PAUSES = [0.5, 2];

/** A value from a user as one part of a path: nothing in it can leave its place. */
export function pathPart(value: string): string {
	const part = encodeURIComponent(Buffer.from(value.trim(), 'utf8').toString('utf8'));
	// URL parsers take one or two dots for a way up, encoded or not: encoded twice they are just an ID that nothing has.
	return part === '.' || part === '..' ? part.replace(/\./g, '%252E') : part;
}

/**
 * Atelier's HTTP API over n8n's own HTTP helpers. One instance serves one execution: it reads the agent behind the
 * key at most once. It follows no redirect, so the key stays with the credential's base URL.
 *
 * Repeats: reads are tried again after a reset, a time-out, a 5xx or a success without JSON or data; a call refused with 429
 * was not executed and is tried again within `maxWaitSeconds`; any other write is sent once, since the API has no
 * idempotency keys.
 */
export class AtelierClient {
	private profile?: Promise<IDataObject>;
	private decrypted?: IDataObject;

	constructor(
		readonly context: AtelierContext,
		private readonly options: ClientOptions = {},
	) {}

	/**
	 * Sends one request with the credential's key and returns the answer's data.
	 *
	 * @throws NodeApiError with the server's words; `httpCode` is the status or the connection's error code
	 */
	async request<T = IDataObject>(request: ApiRequest): Promise<T> {
		return (await this.send<T>(request)).data;
	}

	/** Like {@link request}, with status and whole body, for answers that carry something beside `data`. */
	async send<T = IDataObject>(request: ApiRequest): Promise<ApiAnswer<T>> {
		const url = `${await this.baseUrl()}${request.path}`;
		const { apiKey } = await this.credential();
		return await this.attempt<T>(request, url, apiKey, async (options) =>
			await this.context.helpers.httpRequestWithAuthentication.call(this.context, CREDENTIAL_TYPE, options),
		);
	}

	/** Sends one request without a key, to the address in `anonymousBaseUrl` (Atelier API: POST /agents/register). */
	async sendAnonymously<T = IDataObject>(request: ApiRequest): Promise<ApiAnswer<T>> {
		const baseUrl = normalizeBaseUrl(this.options.anonymousBaseUrl);
		this.assertSafe(baseUrl, 'baseUrlOption');
		return await this.attempt<T>(request, `${baseUrl}${request.path}`, undefined, async (options) =>
			await this.context.helpers.httpRequest(options),
		);
	}

	/** Puts one file to the storage for large files, with an upload token in place of the key. */
	async putLargeFile<T = IDataObject>(request: ApiRequest, token: string): Promise<ApiAnswer<T>> {
		const { largeUploadUrl } = await this.credential();
		const url = (typeof largeUploadUrl === 'string' ? largeUploadUrl.trim() : '') || DEFAULT_LARGE_UPLOAD_URL;
		this.assertSafe(url, 'largeUploadUrl');
		const authorized = { ...request, headers: { ...request.headers, Authorization: `Bearer ${token}` } };
		return await this.attempt<T>(authorized, url, token, async (options) =>
			await this.context.helpers.httpRequest(options),
		);
	}

	/** The agent behind the key (Atelier API: GET /agents/me), read once; again only after a failure that may pass. */
	async me(): Promise<IDataObject> {
		this.profile ??= this.request({ method: 'GET', path: '/agents/me' });
		return await this.profile.catch((error: unknown) => {
			if (mayPass(error)) this.profile = undefined;
			throw anew(this.context.getNode(), error);
		});
	}

	/** The ID of the agent behind the key. */
	async agentId(): Promise<string> {
		const id = (await this.me())?.id;
		if (typeof id === 'string' && id !== '') return id;
		throw inputError(
			this.context.getNode(),
			'The Base URL of the Atelier credential does not answer like an Atelier API: the profile has no ID',
			`Use ${DEFAULT_BASE_URL}`,
		);
	}

	/** Where the credential's API answers; refused when a key must not be sent there. */
	async baseUrl(): Promise<string> {
		const baseUrl = normalizeBaseUrl((await this.credential()).baseUrl);
		this.assertSafe(baseUrl, 'baseUrl');
		return baseUrl;
	}

	private assertSafe(url: string, field: Parameters<typeof baseUrlObjection>[1]): void {
		const objection = baseUrlObjection(url, field);
		if (objection) throw inputError(this.context.getNode(), objection);
	}

	private async credential(): Promise<IDataObject> {
		this.decrypted ??= (await this.context.getCredentials(CREDENTIAL_TYPE)) as IDataObject;
		return this.decrypted;
	}

	private async attempt<T>(
		request: ApiRequest,
		url: string,
		/** What authorizes the request. No server's answer brings it back to where people see it. */
		secret: unknown,
		perform: (options: IHttpRequestOptions) => Promise<RawAnswer>,
	): Promise<ApiAnswer<T>> {
		const node = this.context.getNode();
		let waitedSeconds = 0;
		for (let readRetries = 0; ; ) {
			const options = await this.httpOptions(request, url);
			const outcome = await perform(options)
				.then(async (answer) => await readAnswer(answer, this.timeoutSeconds(request)))
				.then(
					(answer) => ({ answer }),
					(error: unknown) => ({ code: connectionCode(error) }),
				);
			const mayRepeat = request.method === 'GET' && readRetries < READ_RETRY_PAUSES.length;
			if ('code' in outcome) {
				if (!mayRepeat || outcome.code === ANSWER_TOO_BIG) throw apiError(node, explainConnection(new URL(url).origin, outcome.code, request.method));
				await sleep(READ_RETRY_PAUSES[readRetries++] * 1000);
				continue;
			}
			const { status, headers, text: sent } = outcome.answer;
			const text = withoutSecret(sent, secret);
			const json = parseJson(text);
			const isSuccess = status >= 200 && status < 300;
			const succeeded = isSuccess || (request.accept ?? []).includes(status);
			const data = isObject(json) && 'data' in json ? json.data : json;
			const hasData = typeof data === 'object' && data !== null;
			if (succeeded && hasData && isObject(json) && json.success !== false) return { status, headers, data: data as T, body: json };
			if (mayRepeat && (status >= 500 || (isSuccess && !hasData))) {
				await sleep(READ_RETRY_PAUSES[readRetries++] * 1000);
				continue;
			}
			const { method, path } = request;
			const failure = explainAnswer({ method, path, status, headers, text: withoutSecretText(text), json });
			const wait = failure.retryAfterSeconds;
			if (wait === undefined || waitedSeconds + wait > (this.options.maxWaitSeconds ?? 0)) {
				throw apiError(node, failure);
			}
			await sleep(wait * 1000);
			waitedSeconds += wait;
			if (request.isStillWanted && !(await request.isStillWanted())) throw apiError(node, failure);
		}
	}

	/** For how long an answer may let itself be waited for, and for how long it may then take. */
	private timeoutSeconds(request: ApiRequest): number {
		const wanted = Math.max(request.timeoutSeconds ?? 0, this.options.timeoutSeconds ?? TIMEOUT_SECONDS);
		return Math.min(LONGEST_TIMEOUT_SECONDS, Math.max(1, wanted));
	}

	private async httpOptions(request: ApiRequest, url: string): Promise<IHttpRequestOptions> {
		const query = Object.entries(request.query ?? {}).filter(
			([, value]) => value !== undefined && value !== null && value !== '',
		);
		return {
			method: request.method,
			url,
			qs: Object.fromEntries(query),
			headers: {
				Accept: 'application/json',
				...(request.json !== undefined && { 'Content-Type': 'application/json' }),
				...request.headers,
			},
			...(request.json !== undefined && { body: JSON.stringify(request.json) }),
			...(request.body && { body: (await request.body()) as IHttpRequestOptions['body'] }),
			timeout: this.timeoutSeconds(request) * 1000,
			encoding: 'stream',
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
		};
	}
}

function withoutSecret(text: string, secret: unknown): string {
	const key = typeof secret === 'string' ? secret.trim() : '';
	return key.length < SHORTEST_SECRET ? text : text.split(key).join('[hidden]');
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
