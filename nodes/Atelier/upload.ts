import { NodeApiError, sleep } from 'n8n-workflow';
import type { IBinaryData, IDataObject } from 'n8n-workflow';

import { pathPart } from '../shared/client';
import { gotNoAnswer } from '../shared/errors';
import { mediaTypeOfMime, mimeTypeOf, ORDER_ONLY_MIME_TYPES, safeFileName, safeMimeType, STORED_ENDINGS } from '../shared/media';
import type { MediaType } from '../shared/media';
import type { OperationCall } from './operations/define';
import { asText } from './operations/values';

/** A file that is about to be uploaded. `open` gives its content afresh, as a stream where n8n keeps files outside memory. */
export interface FileToUpload {
	/** Where it comes from, for messages, e.g. `binary field "data"`. */
	source: string;
	fileName: string;
	mimeType: string;
	bytes: number;
	open(): Promise<Buffer | NodeJS.ReadableStream>;
}

/** A file that Atelier stores. */
export interface UploadedFile extends IDataObject {
	url: string;
	media_type: MediaType;
}

/** The order that a file is for. */
export interface UploadOrder {
	orderId: string;
	/** Whether the order's own upload takes only the few types that the account's refuses, or every file. */
	takes: 'whatTheAccountRefuses' | 'everything';
}

/** How a file travels: chosen by size, as one form, or with a token straight to the storage. */
export type UploadMethod = 'automatic' | 'form' | 'token';

/** The most that Atelier stores in one file. */
export const MAX_BYTES = 50 * 1024 * 1024;

/** The host in front of the API cuts bodies near 4.5 MB; below this a form surely passes. */
const MAX_FORM_BYTES = 4_000_000;

/** Pieces in which a large file is read: eight times the usual, which takes half of the time. */
const LARGE_FILE_CHUNK_BYTES = 512 * 1024;

const UPLOAD_TIMEOUT_SECONDS = 300;

const REFUSED_ADVICE = `Atelier stores ${STORED_ENDINGS} files of up to 50 MB. Convert the file first, or deliver a URL.`;

const BROKEN_OFF_ADVICE =
	'A server that does not want a file may close the connection before it has all of it: leave "Upload Method" on Automatic, and ' +
	'check that the order and the API key belong together. Otherwise run the node again: to upload a file twice does no harm.';

/** What to do when an upload failed, by status or by the connection's code. */
const FILE_ADVICE: Record<string, string | undefined> = {
	'400': REFUSED_ADVICE,
	'413': REFUSED_ADVICE,
	ECONNRESET: BROKEN_OFF_ADVICE,
	EPIPE: BROKEN_OFF_ADVICE,
};

/** An upload that got no answer is made once more: at worst a file is stored twice, and nobody sees the first. */
const UPLOAD_ATTEMPTS = 2;

const UPLOAD_PAUSE_SECONDS = 1;

/**
 * The file in a binary field of an input item.
 *
 * @param field name of the binary field, or the binary value itself, as expressions may give it
 * @throws NodeOperationError when it is missing, empty or too big
 */
export async function fileFromBinary(call: OperationCall, field: string | IBinaryData, itemIndex: number): Promise<FileToUpload> {
	const binary = findBinary(call, field, itemIndex);
	const source = typeof field === 'string' ? `binary field "${field}"` : 'binary field';
	const { helpers } = call.context;
	const stored = binary.id;
	const content = stored ? undefined : Buffer.from(binary.data ?? '', 'base64');
	const bytes = content?.length ?? binary.bytes ?? (await helpers.getBinaryMetadata(stored!)).fileSize;
	const mimeType = safeMimeType(mimeTypeOf(binary.mimeType, binary.fileName));
	const file = {
		source,
		fileName: safeFileName(binary.fileName, mimeType),
		mimeType,
		bytes,
		open: async () => content ?? (await helpers.getBinaryStream(stored!, bytes > MAX_FORM_BYTES ? LARGE_FILE_CHUNK_BYTES : undefined)),
	};
	return checked(call, file, itemIndex);
}

/**
 * A text as a file; its type follows from the file name.
 *
 * @throws NodeOperationError when the text is empty or too long
 */
export function fileFromText(call: OperationCall, text: unknown, fileName: string, itemIndex: number): FileToUpload {
	const content = Buffer.from(asText(text), 'utf8');
	const mimeType = mimeTypeOf(undefined, fileName);
	const file = {
		source: '"Text"',
		fileName: safeFileName(fileName, mimeType),
		mimeType: mimeType === 'application/octet-stream' ? 'text/plain' : mimeType,
		bytes: content.length,
		open: async () => content,
	};
	return checked(call, file, itemIndex);
}

/**
 * Stores a file with Atelier (Atelier API: POST /upload, POST /orders/{id}/upload, POST /upload/token).
 *
 * @param order the order that the file is for, where there is one; files that travel with a token belong to no order
 */
export async function uploadFile(
	call: OperationCall,
	file: FileToUpload,
	method: UploadMethod = 'automatic',
	order?: UploadOrder,
): Promise<UploadedFile> {
	const byToken = method === 'token' || (method === 'automatic' && file.bytes > MAX_FORM_BYTES);
	for (let attempt = 1; ; attempt++) {
		try {
			return byToken ? await uploadByToken(call, file) : await uploadByForm(call, file, order);
		} catch (error) {
			if (attempt === UPLOAD_ATTEMPTS || !gotNoAnswer(error)) throw namingFile(error, file);
		}
		await sleep(UPLOAD_PAUSE_SECONDS * 1000);
	}
}

async function uploadByForm(call: OperationCall, file: FileToUpload, order: UploadOrder | undefined): Promise<UploadedFile> {
	const toOrder = order && (order.takes === 'everything' || ORDER_ONLY_MIME_TYPES.has(file.mimeType));
	const answer = await call.client.request({
		method: 'POST',
		path: toOrder ? `/orders/${pathPart(order.orderId)}/upload` : '/upload',
		body: () => new FileForm(file),
		timeoutSeconds: UPLOAD_TIMEOUT_SECONDS,
	});
	return stored(call, file, answer);
}

/**
 * A form with one file, in the shape in which n8n's HTTP client takes the platform's FormData, and streams. The real one
 * would hold several copies of the file.
 */
class FileForm {
	readonly [Symbol.toStringTag] = 'FormData';

	constructor(private readonly file: FileToUpload) {}

	/** Part of the shape. */
	append(): void {}

	[Symbol.iterator]() {
		return this.entries();
	}

	*entries(): Generator<[string, object]> {
		const { fileName, mimeType, bytes, open } = this.file;
		async function* stream() {
			const content = await open();
			if (Buffer.isBuffer(content)) yield content;
			else yield* content;
		}
		yield ['file', { name: fileName, type: mimeType, size: bytes, stream }];
	}
}

async function uploadByToken(call: OperationCall, file: FileToUpload): Promise<UploadedFile> {
	const { upload_token: token, pathname } = await call.client.request({
		method: 'POST',
		path: '/upload/token',
		json: { content_type: file.mimeType, filename: file.fileName },
	});
	if (typeof token !== 'string' || typeof pathname !== 'string') return call.refuseAnswer('an upload token');
	const { body } = await call.client.putLargeFile(
		{
			method: 'PUT',
			path: 'the storage for large files',
			query: { pathname },
			headers: {
				'Content-Type': file.mimeType,
				'Content-Length': String(file.bytes),
				'x-content-type': file.mimeType,
				'x-api-version': '12',
			},
			body: async () => await file.open(),
			timeoutSeconds: UPLOAD_TIMEOUT_SECONDS,
		},
		token,
	);
	return stored(call, file, { url: body.url, media_type: mediaTypeOfMime(file.mimeType) });
}

/** The answer to an upload, when it says where the file is. */
function stored(call: OperationCall, file: FileToUpload, answer: IDataObject): UploadedFile {
	if (typeof answer?.url === 'string' && answer.url !== '') return answer as UploadedFile;
	return call.refuse(
		`The server took "${file.fileName}" but did not say where it is now`,
		'Check the Base URL in the Atelier credential: what answers there is not an Atelier API.',
	);
}

function findBinary(call: OperationCall, field: string | IBinaryData, itemIndex: number): IBinaryData {
	// What an expression gives holds no content when n8n keeps that outside; n8n 1 then does not take it for a file.
	if (typeof field === 'object' && field !== null && field.id !== undefined && field.mimeType !== undefined) return field;
	try {
		return call.context.helpers.assertBinaryData(itemIndex, field);
	} catch {
		if (typeof field !== 'string') {
			return call.refuse(
				'"Input Binary Field" is neither the name of a binary field nor a file',
				'Write the name of the input field that holds the file, usually data.',
				itemIndex,
			);
		}
		const present = Object.keys(call.context.getInputData()[itemIndex]?.binary ?? {});
		return call.refuse(
			`There is no file in the binary field "${field}"`,
			present.length > 0
				? `The item has these binary fields: ${present.join(', ')}. Put the right one into "Input Binary Field".`
				: 'The item has no file at all. Check that the node before puts one out, and that nothing in between drops it.',
			itemIndex,
		);
	}
}

function checked(call: OperationCall, file: FileToUpload, itemIndex: number): FileToUpload {
	if (file.bytes === 0) {
		call.refuse(`The file in ${file.source} is empty`, 'Check the node that makes it. Nothing was uploaded.', itemIndex);
	}
	if (file.bytes > MAX_BYTES) {
		call.refuse(
			`The file in ${file.source} has ${file.bytes} bytes, and Atelier stores at most 50 MB (${MAX_BYTES} bytes) in one file`,
			'Make it smaller, or put it on a server of your own and deliver its URL. Nothing was uploaded.',
			itemIndex,
		);
	}
	return file;
}

/** The same error, with advice about the file when it was, or may have been, the file that was refused. */
function namingFile(error: unknown, file: FileToUpload): unknown {
	const advice = error instanceof NodeApiError && FILE_ADVICE[error.httpCode ?? ''];
	if (advice) error.description = `"${file.fileName}" in ${file.source} is ${file.mimeType} and has ${file.bytes} bytes. ${advice}`;
	return error;
}
