import type { IDataObject } from 'n8n-workflow';

import { connectionCause, neverConnected } from './connection';

/** One HTTP answer, as far as its failure can be explained from it. */
export interface FailedAnswer {
	method: string;
	/** Path below the base URL, e.g. /orders/ord_1/deliver. */
	path: string;
	status: number;
	/** Header names in lower case. */
	headers: Record<string, unknown>;
	/** The body as it came. */
	text: string;
	/** The body as JSON, undefined when it is none. */
	json: unknown;
}

/** What n8n needs to know of a failure, and what a person does. */
export interface Failure {
	/** What happened, with the server's own words. */
	message: string;
	/** What to do about it. */
	description: string;
	httpCode: string;
	/** When the server said that it may go on, in seconds from now; only for a 429. */
	retryAfterSeconds?: number;
	/** The server's answer, when it was a JSON object. */
	data?: IDataObject;
}

/** The wait when a 429 does not say how long: the platform's own client assumes the same. */
const DEFAULT_RETRY_AFTER_SECONDS = 60;

const ADVICE: Record<number, string> = {
	400: 'Change what the sentence above names and run the node again. Nothing was changed on Atelier.',
	401: 'Check the API Key in the Atelier credential: it must be complete, and the agent must be active: Agent > Set Availability switches one on again.',
	402: 'Put the needed amount into the wallet that the answer names, then run the node again.',
	403: 'This order, service or agent belongs to somebody else, or the account may not do this. Check that the ID and the credential belong together; a wrong API Key gets this answer for orders, too.',
	404: 'Check the ID: it may be mistyped, or belong to another Base URL.',
	405: 'Check the Base URL in the Atelier credential.',
	409: 'Somebody or something was faster: read the current state and decide again.',
	413: 'The file is too big for this way of uploading. Leave "Upload Method" on Automatic, or make the file smaller.',
	422: 'Set a payout wallet with Agent > Update, then try again.',
	429: 'Atelier counts all order lists, uploads, quotes and deliveries of one internet address together, about 30 an hour. Wait, or set "Wait When Rate Limited" in the options.',
};

const LOOK_FIRST = 'Before you try again, look whether it was done all the same.';

const RETRY_ON_FAIL = 'Switch on "Retry On Fail" in the node\'s settings to have it done for you.';

/** What to do about a 5xx. Only reads are certain to have changed nothing. */
function serverAdvice(method: string): string {
	return `Atelier or one of its own suppliers has a difficulty. Try again later. ${method === 'GET' ? RETRY_ON_FAIL : LOOK_FIRST}`;
}

/** The most of an unreadable body that a message quotes, in characters. */
const QUOTED_LENGTH = 120;

/**
 * Explains an answer that is not a success, in words for a person who has never seen an API.
 * Survives every body: JSON, HTML, empty, cut off (Atelier API: errors).
 */
export function explainAnswer(answer: FailedAnswer): Failure {
	const httpCode = String(answer.status);
	const data = isObject(answer.json) ? answer.json : undefined;
	const words = serverWords(data);

	if (answer.status >= 300 && answer.status < 400) {
		const location = typeof answer.headers.location === 'string' ? answer.headers.location : '';
		return {
			httpCode,
			message: `The Base URL leads elsewhere: the server answered ${answer.status}${location ? ` and points to ${withoutQuery(location)}` : ''}`,
			description: 'Put the final address into Base URL of the Atelier credential. The API key was not sent there.',
		};
	}
	if (answer.status === 429) {
		const retryAfterSeconds = readRetryAfter(answer.headers);
		return {
			httpCode,
			message: `Atelier's rate limit is reached: ${asSentence(words ?? 'too many requests')} It goes on in ${retryAfterSeconds} seconds`,
			description: ADVICE[429],
			retryAfterSeconds,
			data,
		};
	}
	if (words !== undefined) {
		return {
			httpCode,
			message: `Atelier answered ${answer.status}: ${words}`,
			description: ADVICE[answer.status] ?? (answer.status >= 500 ? serverAdvice(answer.method) : ADVICE[400]),
			data,
		};
	}
	if (data !== undefined || answer.status === 401 || answer.status === 413) {
		return {
			httpCode,
			message: `Atelier answered ${answer.status} without a reason to ${answer.method} ${answer.path}`,
			description: ADVICE[answer.status] ?? serverAdvice(answer.method),
			data,
		};
	}
	return {
		httpCode,
		message: `Atelier answered ${answer.status} without JSON to ${answer.method} ${answer.path}: ${quote(answer.text)}`,
		description:
			answer.status >= 500
				? serverAdvice(answer.method)
				: 'Check the Base URL in the Atelier credential: what answers there is not an Atelier API, or something in between changed the answer.',
		data,
	};
}

/** How long a 429 asks to wait, in whole seconds, at least 1. Understands seconds and dates. */
export function readRetryAfter(headers: Record<string, unknown>, now: number = Date.now()): number {
	const value = headers['retry-after'];
	const seconds = asNumber(value);
	if (Number.isFinite(seconds)) return Math.max(1, Math.ceil(seconds));
	const date = typeof value === 'string' ? Date.parse(value) : Number.NaN;
	if (Number.isFinite(date)) return Math.max(1, Math.ceil((date - now) / 1000));
	const reset = asNumber(headers['x-ratelimit-reset']);
	if (Number.isFinite(reset) && reset * 1000 > now) return Math.max(1, Math.ceil(reset - now / 1000));
	return DEFAULT_RETRY_AFTER_SECONDS;
}

/** A header as a number; anything else that n8n may hand over, a list for instance, is none. */
function asNumber(value: unknown): number {
	return typeof value === 'number' || (typeof value === 'string' && value.trim() !== '') ? Number(value) : Number.NaN;
}

/** Explains a request that got no answer at all: refused, reset, timed out, unknown host. */
export function explainConnection(origin: string, code: string | undefined, method: string = 'GET'): Failure {
	const isHarmless = method === 'GET' || neverConnected(code);
	return {
		httpCode: code ?? 'NO_ANSWER',
		message: `Atelier could not be reached at ${origin}: ${connectionCause(code)}`,
		description: `Check the Base URL in the Atelier credential and the internet connection of n8n, then try again. ${isHarmless ? RETRY_ON_FAIL : LOOK_FIRST}`,
	};
}

/** The server's sentence in a failed answer: the longer `message` where there is one beside a short code. */
function serverWords(data: IDataObject | undefined): string | undefined {
	if (!data) return undefined;
	const sentences = [data.message, data.error]
		.map((value) => (isObject(value) ? value.message : value))
		.filter((value): value is string => typeof value === 'string' && value.trim() !== '');
	if (sentences.length === 0) return undefined;
	const words = sentences[0].trim();
	return isObject(data.data) && typeof data.data.how_to_fund === 'string'
		? `${words.replace(/[^.!?]$/, '$&.')} ${data.data.how_to_fund}`
		: words;
}

function quote(text: string): string {
	const plain = text.replace(/<(script|style)[\s\S]*?<\/\1>/gi, ' ').replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ').trim();
	if (plain === '') return 'an empty answer';
	return plain.length > QUOTED_LENGTH ? `"${plain.slice(0, QUOTED_LENGTH)}…"` : `"${plain}"`;
}

function asSentence(words: string): string {
	return /[.!?]$/.test(words) ? words : `${words}.`;
}

function withoutQuery(url: string): string {
	return url.split(/[?#]/)[0];
}

function isObject(value: unknown): value is IDataObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
