import { createHash, randomUUID } from 'node:crypto';

/** A file that this server holds in memory. */
export interface StoredFile {
	id: string;
	name: string;
	mimeType: string;
	content: Buffer;
	createdAt: Date;
	sha256: string;
}

const MOST_BYTES = 400_000_000;

const EXTENSIONS: Record<string, string> = {
	'image/png': 'png',
	'image/jpeg': 'jpeg',
	'image/webp': 'webp',
	'video/mp4': 'mp4',
};

/** The results and uploads that links point to. The oldest are dropped when more than 400 MB are held. */
export class FileStore {
	private readonly files = new Map<string, StoredFile>();
	private bytes = 0;

	/** Keeps a file; without a name it gets one from its id and type. */
	add(content: Buffer, mimeType: string, name?: string): StoredFile {
		const id = randomUUID().replaceAll('-', '');
		const file: StoredFile = {
			id,
			name: name ?? `${id}.${EXTENSIONS[mimeType] ?? 'bin'}`,
			mimeType,
			content,
			createdAt: new Date(),
			sha256: createHash('sha256').update(content).digest('hex'),
		};
		this.files.set(id, file);
		this.bytes += content.length;
		for (const oldest of this.files.values()) {
			if (this.bytes <= MOST_BYTES || oldest === file) break;
			this.files.delete(oldest.id);
			this.bytes -= oldest.content.length;
		}
		return file;
	}

	get(id: string): StoredFile | undefined {
		return this.files.get(id);
	}
}

/** Where a stored file is served: the id, and the name as the last part so that clients see its extension. */
export const fileUrl = (origin: string, file: StoredFile) =>
	`${origin}/files/${file.id}/${encodeURIComponent(file.name)}`;
