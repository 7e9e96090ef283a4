import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import type { IExecuteFunctions, INode } from 'n8n-workflow';

import { connectionCause, connectionCode } from './connection';
import { apiError, inputError } from './errors';
import { mimeTypeOf, safeFileName, safeMimeType } from './media';
import { strangersUrlObjection } from './publicAddress';

/** A file from the web. Its name and type are safe to show and to save under. */
export interface DownloadedFile {
	content: Buffer;
	fileName: string;
	mimeType: string;
}

export interface DownloadLimits {
	/** The most bytes of a file. */
	maxBytes: number;
	/** Seconds for all of it: redirects, waiting and transfer. */
	timeoutSeconds: number;
	/** Origins that may be anywhere, because the user and no stranger named them. */
	trustedOrigins: string[];
	/** Whether files may come from this machine and its private network. */
	allowPrivate: boolean;
}

const MAX_REDIRECTS = 5;

/**
 * Fetches a file from an address that a stranger gave: without any key, never from this machine or a private network,
 * redirects included, and no longer or bigger than allowed.
 *
 * What a name resolves to is checked by n8n's own filter, where n8n has one (2.41 does); where n8n's protection is
 * switched on (N8N_SSRF_PROTECTION_ENABLED), n8n checks again while it connects.
 *
 * @throws NodeOperationError when the address is refused or the file is too big
 * @throws NodeApiError when the file cannot be had; `httpCode` is the status or the connection's error code
 */
export async function download(context: IExecuteFunctions, address: string, limits: DownloadLimits): Promise<DownloadedFile> {
	const node = context.getNode();
	const deadline = AbortSignal.timeout(limits.timeoutSeconds * 1000);
	return await new Download(context, address, limits, deadline).file().catch((error: unknown) => {
		if (deadline.aborted) throw unavailable(node, address, `it did not arrive within the time limit of ${limits.timeoutSeconds} s`, 'ETIMEDOUT');
		if (error instanceof NodeApiError || error instanceof NodeOperationError) throw error;
		const code = connectionCode(error);
		// Without a code it is n8n that has refused to connect, and says so.
		const reason = code === undefined && error instanceof Error ? error.message : connectionCause(code);
		throw unavailable(node, address, reason, code ?? 'NO_ANSWER');
	});
}

/** What n8n's HTTP helper returns for a stream. */
interface StreamAnswer {
	statusCode: number;
	/** Names in lower case. */
	headers: Record<string, string | undefined>;
	body: NodeJS.ReadableStream & { destroy?(): void };
}

class Download {
	constructor(
		private readonly context: IExecuteFunctions,
		private readonly address: string,
		private readonly limits: DownloadLimits,
		private readonly deadline: AbortSignal,
	) {}

	async file(): Promise<DownloadedFile> {
		const node = this.context.getNode();
		let url = this.parse(this.address);
		for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
			await this.assertAllowed(url);
			const { statusCode, headers, body } = await this.open(url);
			if (statusCode >= 200 && statusCode < 300) {
				return { content: await this.readAll(body, Number(headers['content-length'])), ...nameAndType(url, headers) };
			}
			body.destroy?.();
			if (statusCode < 300 || statusCode >= 400 || headers.location === undefined) {
				throw unavailable(node, this.address, `the server answered ${statusCode}`, String(statusCode));
			}
			url = this.parse(headers.location, url);
		}
		throw unavailable(node, this.address, `it leads from one address to the next, more than ${MAX_REDIRECTS} times`, '310');
	}

	private parse(address: string, base?: URL): URL {
		try {
			return new URL(address, base);
		} catch {
			throw inputError(this.context.getNode(), `"${shown(address)}" is not a web address, so there is nothing to fetch`);
		}
	}

	private async assertAllowed(url: URL): Promise<void> {
		if (this.limits.trustedOrigins.includes(url.origin)) return;
		const objection = strangersUrlObjection(url);
		const isWeb = url.protocol === 'http:' || url.protocol === 'https:';
		if (isWeb && this.limits.allowPrivate) return;
		if (objection === undefined && (await this.resolvesToPublic(url))) return;
		throw inputError(
			this.context.getNode(),
			`The file at ${shown(this.address)} was not fetched: ${shown(url.href)} ${objection ?? 'leads into a private network'}`,
			'Clients can write any address into an order. If you know this one and trust it, switch on "Allow Private Addresses" in the options.',
		);
	}

	/** n8n's opinion of what the host's name resolves to; true where n8n cannot say, e.g. behind a proxy that resolves names. */
	private async resolvesToPublic(url: URL): Promise<boolean> {
		const filter = this.context.helpers.getSecureEgressFilter?.('enforced');
		const verdict = await filter?.validateUrl(url).catch(() => undefined);
		return verdict?.ok !== false;
	}

	private async open(url: URL): Promise<StreamAnswer> {
		const cancelled = this.context.getExecutionCancelSignal?.();
		return (await this.context.helpers.httpRequest({
			method: 'GET',
			url: url.href,
			headers: { Accept: '*/*' },
			encoding: 'stream',
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
			abortSignal: cancelled ? AbortSignal.any([this.deadline, cancelled]) : this.deadline,
		})) as StreamAnswer;
	}

	private async readAll(body: StreamAnswer['body'], announcedBytes: number): Promise<Buffer> {
		const parts: Buffer[] = [];
		let bytes = 0;
		if (announcedBytes > this.limits.maxBytes) {
			body.destroy?.();
			throw this.tooBig();
		}
		for await (const part of body) {
			parts.push(Buffer.from(part as Uint8Array));
			bytes += parts[parts.length - 1].length;
			if (bytes > this.limits.maxBytes) throw this.tooBig();
		}
		return Buffer.concat(parts);
	}

	private tooBig(): NodeOperationError {
		return inputError(
			this.context.getNode(),
			`The file at ${shown(this.address)} was not fetched: it is bigger than ${this.limits.maxBytes / 1024 ** 2} MB`,
			'Set "Max File Size (MB)" in the options higher if you need it all the same.',
		);
	}
}

function unavailable(node: INode, address: string, reason: string, httpCode: string): NodeApiError {
	return apiError(node, {
		httpCode,
		message: `The file at ${shown(address)} could not be fetched: ${reason}`,
		description:
			'Open the address in a browser to see whether the file is still there. To go on without such files, switch on "Skip Files That Cannot Be Fetched" in the options.',
	});
}

/** An address for a message: what stands behind the question mark or before the host may be a secret. */
function shown(address: string): string {
	return address.split(/[?#]/)[0].replace(/\/\/[^/]*@/, '//').slice(0, 200);
}

function nameAndType(url: URL, headers: StreamAnswer['headers']): { fileName: string; mimeType: string } {
	const name = nameFromDisposition(headers['content-disposition'] ?? '') ?? decoded(url.pathname.split('/').pop() ?? '');
	const mimeType = safeMimeType(mimeTypeOf(headers['content-type'], name));
	return { mimeType, fileName: safeFileName(name, mimeType) };
}

/** The file name in a Content-Disposition header (RFC 6266): the encoded form counts before the plain one. */
function nameFromDisposition(disposition: string): string | undefined {
	const encoded = /filename\*\s*=\s*utf-8'[^']*'([^;\s]+)/i.exec(disposition)?.[1];
	if (encoded !== undefined) return decoded(encoded);
	const plain = /filename\s*=\s*(?:"([^"]*)"|([^;\s]+))/i.exec(disposition);
	return plain?.[1] ?? plain?.[2];
}

function decoded(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}
