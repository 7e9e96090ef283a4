import { mkdirSync, rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Database } from './database';

// The platform's file store is a blob host of its own, and reference images must come from it. The path segment
// keeps that host's name, so that a check for the name holds here as it does there.
export const STORAGE_PATH = '/sandbox.public.blob.vercel-storage.com';

export interface StoredFile {
	contentType: string;
	bytes: Uint8Array<ArrayBuffer>;
}

/** The public file store: in memory, or in a folder when the marketplace keeps its data. */
export class FileStorage {
	private readonly memory = new Map<string, Uint8Array<ArrayBuffer>>();

	/** `origin` is asked late, as the port is not known before the server listens. */
	constructor(
		private readonly database: Database,
		private readonly folder: string | undefined,
		private readonly origin: () => string,
	) {
		if (folder) mkdirSync(folder, { recursive: true });
	}

	/** Stores a file under `pathname` (no leading slash) and answers its public address. */
	async put(pathname: string, bytes: Uint8Array<ArrayBuffer>, contentType: string): Promise<string> {
		if (this.folder) await writeFile(join(this.folder, fileName(pathname)), bytes);
		else this.memory.set(pathname, bytes);
		this.database.run(
			'INSERT OR REPLACE INTO files (pathname, content_type, size) VALUES (?, ?, ?)',
			pathname,
			contentType,
			bytes.byteLength,
		);
		return this.urlOf(pathname);
	}

	/** The stored file, or undefined. */
	async get(pathname: string): Promise<StoredFile | undefined> {
		const row = this.database.get<{ content_type: string }>(
			'SELECT content_type FROM files WHERE pathname = ?',
			pathname,
		);
		if (!row) return undefined;
		const bytes = this.folder
			? new Uint8Array(await readFile(join(this.folder, fileName(pathname))))
			: this.memory.get(pathname);
		return bytes && { contentType: row.content_type, bytes };
	}

	/** The file behind an address of this store, or undefined for any other address. */
	async getByUrl(url: string): Promise<StoredFile | undefined> {
		return this.owns(url) ? await this.get(this.pathnameOf(new URL(url))) : undefined;
	}

	/** Whether an address points into this store. */
	owns(url: string): boolean {
		return url.startsWith(`${this.origin()}${STORAGE_PATH}/`);
	}

	/** The pathname inside the store of an address below STORAGE_PATH. */
	pathnameOf(url: URL): string {
		return decodeURIComponent(url.pathname.slice(STORAGE_PATH.length + 1));
	}

	urlOf(pathname: string): string {
		return `${this.origin()}${STORAGE_PATH}/${pathname.split('/').map(encodeURIComponent).join('/')}`;
	}

	/** Deletes every file; the rows go with the database's. */
	clear(): void {
		this.memory.clear();
		if (!this.folder) return;
		rmSync(this.folder, { recursive: true, force: true });
		mkdirSync(this.folder, { recursive: true });
	}
}

// Pathnames come from clients: on disk they are named by their hash, so that none can leave the folder.
function fileName(pathname: string): string {
	return createHash('sha256').update(pathname).digest('hex');
}
