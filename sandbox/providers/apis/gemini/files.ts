import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { originOf, readJsonObject, Refusal } from '../../kit/api';
import type { StoredFile } from '../../kit/files';
import type { Sandbox } from '../../kit/sandbox';

const LIFETIME_MS = 48 * 3_600_000;

/** The file object of the API; `uri` is what a request names the file by. */
function toFileObject(file: StoredFile, origin: string) {
	const time = file.createdAt.toISOString();
	return {
		name: `files/${file.id}`,
		displayName: file.name,
		mimeType: file.mimeType,
		sizeBytes: String(file.content.length),
		createTime: time,
		updateTime: time,
		expirationTime: new Date(file.createdAt.getTime() + LIFETIME_MS).toISOString(),
		sha256Hash: Buffer.from(file.sha256).toString('base64'),
		uri: `${origin}/gemini/v1beta/files/${file.id}`,
		state: 'ACTIVE',
		source: 'UPLOADED',
	};
}

/** The stored file that a `fileUri` names. */
export function findFile(sandbox: Sandbox, fileUri: string): StoredFile {
	const id = fileUri.match(/files\/([^/?:]+)/)?.[1] ?? fileUri;
	const file = sandbox.files.get(id);
	if (!file) throw new Refusal(403, `You do not have permission to access the File ${id} or it may not exist.`);
	return file;
}

/** Gemini API: resumable upload (POST /upload/v1beta/files, then the returned address), GET and DELETE /v1beta/files/{file}, and its `:download`. */
export function fileRoutes(sandbox: Sandbox): Hono {
	const routes = new Hono();
	const uploads = new Map<string, { mimeType: string; name?: string }>();

	routes.post('/upload/v1beta/files', async (c) => {
		const command = c.req.header('x-goog-upload-command') ?? '';
		const uploadId = c.req.query('upload_id');
		if (!uploadId) {
			if (!command.includes('start')) throw new Refusal(400, 'Upload has to begin with X-Goog-Upload-Command: start.');
			const body =
				c.req.header('content-length') && c.req.header('content-length') !== '0' ? await readJsonObject(c) : {};
			const { displayName, display_name } = (body.file ?? {}) as { displayName?: string; display_name?: string };
			const id = randomUUID();
			uploads.set(id, {
				mimeType: c.req.header('x-goog-upload-header-content-type') ?? 'application/octet-stream',
				name: displayName ?? display_name,
			});
			return c.json({}, 200, {
				'x-goog-upload-url': `${originOf(c)}/gemini/upload/v1beta/files?upload_id=${id}&upload_protocol=resumable`,
				'x-goog-upload-status': 'active',
			});
		}
		const upload = uploads.get(uploadId);
		if (!upload) throw new Refusal(404, 'The upload was not started or has been finished.');
		if (!command.includes('finalize'))
			throw new Refusal(400, 'The sandbox takes a file in one piece: X-Goog-Upload-Command: upload, finalize.');
		uploads.delete(uploadId);
		const file = sandbox.files.add(Buffer.from(await c.req.arrayBuffer()), upload.mimeType, upload.name);
		return c.json({ file: toFileObject(file, originOf(c)) }, 200, { 'x-goog-upload-status': 'final' });
	});

	routes.get('/v1beta/files/:file', (c) => {
		const [id, action] = c.req.param('file').split(':');
		const file = findFile(sandbox, id!);
		if (action !== 'download') return c.json(toFileObject(file, originOf(c)));
		return c.body(new Uint8Array(file.content), 200, { 'content-type': file.mimeType });
	});
	return routes;
}
