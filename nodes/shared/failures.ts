import type { IDataObject } from 'n8n-workflow';

import { connectionCause, neverConnected } from './connection';
import { withoutSecrets } from './secrets';
import { asNumber, isObject } from './wire';

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
	/** The server's answer without secrets, when it was a JSON object. */
	data?: IDataObject;
}

/** The wait when a 429 does not say how long: the platform's own client assumes the same. */
const DEFAULT_RETRY_AFTER_SECONDS = 60;

/** The longest wait that a 429 is believed to ask for. The platform's own windows are an hour long at most. */
const LONGEST_RETRY_AFTER_SECONDS = 24 * 60 * 60;

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

const NO_ATELIER =
	'Check the Base URL in the Atelier credential: what answers there is not an Atelier API, or something in between changed the answer.';

const LOOK_FIRST = 'Before you try again, look whether it was done all the same.';

const RETRY_ON_FAIL = 'Switch on "Retry On Fail" in the node\'s settings to have it done for you.';

/** What to do about a 5xx. Only reads are certain to have changed nothing. */
function serverAdvice(method: string): string {
	return `Atelier or one of its own suppliers has a difficulty. Try again later. ${method === 'GET' ? RETRY_ON_FAIL : LOOK_FIRST}`;
}

/** The most of an unreadable body that a message quotes, in characters. */
const QUOTED_LENGTH = 120;

/** The most of it that is searched for words: pages without end would keep the search busy. */
const SEARCHED_LENGTH = 10_000;

/** The most of the server's own words that a message repeats, in characters. */
const WORDS_LENGTH = 500;

/** The most of an address or path that a message shows, in characters. */
const ADDRESS_LENGTH = 200;

/**
 * Explains an answer that is not a success, in words for a person who has never seen an API.
 * Survives every body: JSON, HTML, empty, cut off (Atelier API: errors).
 */
export function explainAnswer(answer: FailedAnswer): Failure {
	const httpCode = String(answer.status);
	const data = isObject(answer.json) ? withoutSecrets(answer.json) : undefined;
	const words = serverWords(data);
	const request = `${answer.method} ${answer.path.slice(0, ADDRESS_LENGTH)}`;

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
	if (data !== undefined && data.success !== false && answer.status >= 200 && answer.status < 300) {
		return {
			httpCode,
			message: `Atelier answered ${answer.status} to ${request} with something other than data`,
			description: NO_ATELIER,
			data,
		};
	}
	if (data !== undefined || answer.status === 401 || answer.status === 413) {
		return {
			httpCode,
			message: `Atelier answered ${answer.status} without a reason to ${request}`,
			description: ADVICE[answer.status] ?? serverAdvice(answer.method),
			data,
		};
	}
	return {
		httpCode,
		message: `Atelier answered ${answer.status} without JSON to ${request}: ${quote(answer.text)}`,
		description:
			answer.status >= 500
				? serverAdvice(answer.method)
				: NO_ATELIER,
		data,
	};
}

/** How long a 429 asks to wait, in whole seconds, from 1 to a day. Understands seconds and dates. */
export function readRetryAfter(headers: Record<string, unknown>, now: number = Date.now()): number {
	const value = headers['retry-after'];
	const seconds = asNumber(value);
	if (Number.isFinite(seconds)) return believable(seconds);
	const date = typeof value === 'string' ? Date.parse(value) : Number.NaN;
	if (Number.isFinite(date)) return believable((date - now) / 1000);
	const reset = asNumber(headers['x-ratelimit-reset']);
	if (Number.isFinite(reset) && reset * 1000 > now) return believable(reset - now / 1000);
	return DEFAULT_RETRY_AFTER_SECONDS;
}

function believable(seconds: number): number {
	return Math.min(LONGEST_RETRY_AFTER_SECONDS, Math.max(1, Math.ceil(seconds)));
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
	const words = shortened(onOneLine(sentences[0]), WORDS_LENGTH);
	return isObject(data.data) && typeof data.data.how_to_fund === 'string'
		? `${asSentence(words)} ${shortened(onOneLine(data.data.how_to_fund), WORDS_LENGTH)}`
		: words;
}

function quote(text: string): string {
	const searched = text.slice(0, SEARCHED_LENGTH);
	const plain = onOneLine(searched.replace(/<(script|style)[\s\S]*?<\/\1>/gi, ' ').replace(/<[^>]*>/g, ' '));
	return plain === '' ? 'an empty answer' : `"${shortened(plain, QUOTED_LENGTH)}"`;
}

/** A stranger's text without line breaks and other characters that are not seen. */
function onOneLine(text: string): string {
	return text.slice(0, SEARCHED_LENGTH).replace(/[\s\p{Cc}\p{Cs}]+/gu, ' ').trim();
}

function shortened(text: string, length: number): string {
	return text.length > length ? `${text.slice(0, length)}…` : text;
}

function asSentence(words: string): string {
	return /[.!?]$/.test(words) ? words : `${words}.`;
}

function withoutQuery(url: string): string {
	return url.split(/[?#]/)[0].slice(0, ADDRESS_LENGTH);
}
