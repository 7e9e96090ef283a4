/** What Atelier calls the kind of a deliverable (Atelier API: POST /orders/{id}/deliver). */
export type MediaType = 'image' | 'video' | 'link' | 'document' | 'code' | 'text';

/** MIME types that Atelier stores, by file ending (Atelier API: POST /upload and POST /orders/{id}/upload). */
const MIME_TYPES: Record<string, string> = {
	jpg: 'image/jpeg',
	jpeg: 'image/jpeg',
	png: 'image/png',
	webp: 'image/webp',
	gif: 'image/gif',
	mp4: 'video/mp4',
	webm: 'video/webm',
	mov: 'video/quicktime',
	pdf: 'application/pdf',
	zip: 'application/zip',
	txt: 'text/plain',
	md: 'text/markdown',
	csv: 'text/csv',
	json: 'application/json',
	py: 'text/x-python',
	html: 'text/html',
	js: 'text/javascript',
};

/** Names that other programs have for types that Atelier takes under one name only. */
const SYNONYMS: Record<string, string> = {
	'application/csv': 'text/csv',
	'application/javascript': 'text/javascript',
	'application/x-javascript': 'text/javascript',
	'application/x-python-code': 'text/x-python',
	'application/x-zip-compressed': 'application/zip',
	'image/jpg': 'image/jpeg',
	'image/pjpeg': 'image/jpeg',
	'image/x-png': 'image/png',
	'text/x-markdown': 'text/markdown',
	'text/x-python-script': 'text/x-python',
};

const CODE = new Set(['application/json', 'text/x-python', 'text/javascript']);

/** File endings that Atelier stores, for messages. */
export const STORED_ENDINGS = Object.keys(MIME_TYPES).join(', ');

/** MIME types that only the upload of an order takes, not the upload of the account. */
export const ORDER_ONLY_MIME_TYPES = new Set(['text/html', 'text/javascript']);

/** A MIME type by Atelier's name, without parameters. A type that says nothing is worked out from the file name. */
export function mimeTypeOf(mimeType: string | undefined, fileName: string | undefined): string {
	const bare = (mimeType ?? '').split(';')[0].trim().toLowerCase();
	if (bare !== '' && bare !== 'application/octet-stream') return ownEntry(SYNONYMS, bare) ?? bare;
	return mimeTypeByName(fileName ?? '') ?? 'application/octet-stream';
}

/** The kind of a file with this MIME type. */
export function mediaTypeOfMime(mimeType: string): MediaType {
	if (mimeType.startsWith('image/')) return 'image';
	if (mimeType.startsWith('video/')) return 'video';
	if (CODE.has(mimeType)) return 'code';
	if (mimeType.startsWith('text/')) return 'text';
	return 'document';
}

/** The kind of what a URL leads to, from the ending of its path; a page or anything unknown is a link. */
export function mediaTypeOfUrl(url: string): MediaType {
	const path = /^\w+:\/\/[^/?#]*([^?#]*)/.exec(url)?.[1] ?? '';
	const mimeType = mimeTypeByName(path.slice(path.lastIndexOf('/') + 1));
	return mimeType === undefined || mimeType === 'text/html' ? 'link' : mediaTypeOfMime(mimeType);
}

/** A MIME type that a stranger's server gave, or the general one where it is not made like a MIME type. */
export function safeMimeType(mimeType: string): string {
	return /^[a-z0-9][\w.+-]{0,62}\/[a-z0-9][\w.+-]{0,126}$/.test(mimeType) ? mimeType : 'application/octet-stream';
}

/** The most of a file name that is kept, in characters and in bytes: its end, with the ending. Disks take 255 bytes. */
const NAME_LENGTH = 100;
const NAME_BYTES = 200;

/** Names that mean devices on Windows, with any ending. */
const DEVICE_NAME = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/**
 * A file name without anything that could be more than a name: no folders, no devices, no dots, dashes or tildes in front
 * nor dots at the end, no quotes, and none of the characters that are not seen or turn the direction of text around.
 */
export function safeFileName(fileName: string | undefined, mimeType: string): string {
	const whole = (fileName ?? '')
		.replace(/^.*[\\/]/s, '')
		.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}"'<>|:*?]/gu, '')
		.trim();
	// Cut between characters, since half of one is none.
	const characters = Array.from(whole).slice(-NAME_LENGTH);
	while (Buffer.byteLength(characters.join('')) > NAME_BYTES) characters.shift();
	const bare = characters.join('').replace(/^[.\s~-]+/, '').replace(/[.\s]+$/, '');
	const name = DEVICE_NAME.test(bare) ? `_${bare}` : bare;
	const ending = Object.keys(MIME_TYPES).find((key) => MIME_TYPES[key] === mimeType);
	if (name === '') return ending ? `file.${ending}` : 'file';
	return ending && !name.includes('.') ? `${name}.${ending}` : name;
}

function mimeTypeByName(fileName: string): string | undefined {
	const dot = fileName.lastIndexOf('.');
	return dot < 0 ? undefined : ownEntry(MIME_TYPES, fileName.slice(dot + 1).toLowerCase());
}

/** An entry by a name that strangers choose: every object also has names like `constructor`. */
function ownEntry(table: Record<string, string>, name: string): string | undefined {
	return Object.hasOwn(table, name) ? table[name] : undefined;
}
