import type { Context } from 'hono';
import { readUploadToken } from '../domain/upload-tokens';
import type { Marketplace } from '../marketplace';

/** Path of the stand-in for the blob host's upload address (`https://vercel.com/api/blob/`). */
export const BLOB_PATH = '/api/blob';

/** `PUT /api/blob/?pathname=…` with an upload token: stores the body, whatever its size up to the token's limit. */
export async function putBlob(marketplace: Marketplace, request: Request): Promise<Response> {
	const url = new URL(request.url);
	const token = /^Bearer (.+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
	const permit = token && readUploadToken(marketplace, token);
	if (!permit) return refuse(403, 'forbidden', 'Access denied, please provide a valid token for this resource.');
	if (url.searchParams.get('pathname') !== permit.pathname) {
		return refuse(400, 'client_token_pathname_mismatch', 'The pathname does not match the one in the token.');
	}
	const contentType = request.headers.get('x-content-type') ?? request.headers.get('content-type') ?? '';
	if (!permit.allowedContentTypes.includes(contentType)) {
		return refuse(400, 'content_type_not_allowed', `Content type "${contentType}" is not allowed by the token.`);
	}
	const bytes = new Uint8Array(await request.arrayBuffer());
	if (bytes.byteLength > permit.maximumSizeInBytes) {
		return refuse(400, 'file_too_large', `The file is larger than ${permit.maximumSizeInBytes} bytes.`);
	}
	const stored = await marketplace.storage.put(permit.pathname, bytes, contentType);
	marketplace.statistics.countUpload();
	return Response.json({
		url: stored,
		downloadUrl: `${stored}?download=1`,
		pathname: permit.pathname,
		contentType,
		contentDisposition: `inline; filename="${permit.pathname.split('/').at(-1)}"`,
	});
}

function refuse(status: number, code: string, message: string): Response {
	return Response.json({ error: { code, message } }, { status });
}

// Uploaded text must not run as a page of the sandbox's own origin.
const UNTRUSTED = {
	'Content-Security-Policy':
		"sandbox; default-src 'none'; img-src 'self' data:; media-src 'self'; style-src 'unsafe-inline'",
	'X-Content-Type-Options': 'nosniff',
};

/** Serves a file of the public store. */
export async function getStoredFile(marketplace: Marketplace, context: Context): Promise<Response> {
	const url = new URL(context.req.url);
	const file = await marketplace.storage.get(marketplace.storage.pathnameOf(url));
	if (!file) return new Response('The requested file was not found', { status: 404 });
	const isPage = /html|svg|xml|javascript/.test(file.contentType) || url.searchParams.get('download') === '1';
	return new Response(file.bytes, {
		headers: {
			...UNTRUSTED,
			'Content-Type': file.contentType,
			'Content-Disposition': isPage ? 'attachment' : 'inline',
			'Cache-Control': 'public, max-age=31536000, immutable',
			'Access-Control-Allow-Origin': '*',
		},
	});
}
