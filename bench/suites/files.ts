import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

/** A folder for the files that the jobs send; deleted by its own `remove`. */
export class FileFolder {
	readonly path = mkdtempSync(join(tmpdir(), 'n8n-nodes-atelier-bench-'));

	/** Writes a file of random bytes and returns its CRC-32. */
	write(name: string, bytes: number): number {
		const content = randomBytes(bytes);
		writeFileSync(join(this.path, name), content);
		return crc32(content);
	}

	remove(): void {
		rmSync(this.path, { recursive: true, force: true });
	}
}
