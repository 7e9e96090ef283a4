import fc from 'fast-check';

import { mediaTypeOfMime, mediaTypeOfUrl, mimeTypeOf, safeFileName } from '../../../nodes/shared/media';

describe('the MIME type of a file', () => {
	it.each([
		['image/png', 'x.jpg', 'image/png'],
		['IMAGE/PNG; charset=binary', undefined, 'image/png'],
		['text/plain;charset=utf-8', 'a.md', 'text/plain'],
		['application/octet-stream', 'Film.MOV', 'video/quicktime'],
		[undefined, 'a.b.webp', 'image/webp'],
		['', 'page.html', 'text/html'],
		[undefined, undefined, 'application/octet-stream'],
		[undefined, 'png', 'application/octet-stream'],
		[undefined, 'toString.constructor', 'application/octet-stream'],
		['image/jpg', undefined, 'image/jpeg'],
		['image/tiff', 'a.png', 'image/tiff'],
	])('from %s and %s is %s', (mimeType, fileName, expected) => {
		expect(mimeTypeOf(mimeType, fileName)).toBe(expected);
	});
});

describe('the kind of a deliverable', () => {
	it.each([
		['image/webp', 'image'],
		['video/quicktime', 'video'],
		['application/pdf', 'document'],
		['application/zip', 'document'],
		['text/csv', 'text'],
		['text/markdown', 'text'],
		['text/html', 'text'],
		['text/javascript', 'code'],
		['text/x-python', 'code'],
		['application/json', 'code'],
		['application/octet-stream', 'document'],
	])('of %s is %s', (mimeType, kind) => {
		expect(mediaTypeOfMime(mimeType)).toBe(kind);
	});

	it.each([
		['https://example.com/a.PNG?size=large#top', 'image'],
		['https://example.com/film.mp4', 'video'],
		['https://example.com/report.pdf', 'document'],
		['https://example.com/script.py', 'code'],
		['https://example.com/notes.md', 'text'],
		['https://example.com/index.html', 'link'],
		['https://example.com/', 'link'],
		['https://example.com', 'link'],
		['https://example.png', 'link'],
		['https://example.com/a.png/', 'link'],
		['https://example.com/?file=a.png', 'link'],
		['https://example.com/x.constructor', 'link'],
	])('behind %s is %s', (url, kind) => {
		expect(mediaTypeOfUrl(url)).toBe(kind);
	});
});

describe('the name of a file', () => {
	it.each([
		['cover.png', 'image/png', 'cover.png'],
		['', 'image/png', 'file.png'],
		[undefined, 'application/x-unknown', 'file'],
		['../..', 'image/jpeg', 'file.jpg'],
		['/tmp/x/cover.png', 'image/png', 'cover.png'],
		['cover', 'image/png', 'cover.png'],
		[`.${'a'.repeat(95)}.png`, 'image/png', `${'a'.repeat(95)}.png`],
		[`a.${'b'.repeat(95)}.png`, 'image/png', `${'b'.repeat(95)}.png`],
		['a'.repeat(200) + '.png', 'image/png', `${'a'.repeat(96)}.png`],
		['C:\\Windows\\win.ini', 'text/plain', 'win.ini'],
		['\\\\server\\share\\x.png', 'image/png', 'x.png'],
		['..\\..\\x.png', 'image/png', 'x.png'],
		['NUL', 'image/png', '_NUL.png'],
		['con.txt', 'text/plain', '_con.txt'],
		['com1.tar.gz', 'application/gzip', '_com1.tar.gz'],
		['console.txt', 'text/plain', 'console.txt'],
		['cover.png...', 'image/png', 'cover.png'],
		['-rf.png', 'image/png', 'rf.png'],
		['~root.png', 'image/png', 'root.png'],
		['x\u0000.png', 'image/png', 'x.png'],
		['x\u202egnp.exe', 'image/png', 'xgnp.exe'],
		['\u200b\u2066x.png', 'image/png', 'x.png'],
		['x\r\nSet-Cookie: a=1.png', 'image/png', 'xSet-Cookie a=1.png'],
		['\ud800.png', 'image/png', 'png.png'],
		['猫'.repeat(90) + '.png', 'image/png', `${'猫'.repeat(65)}.png`],
	])('%j becomes a plain name', (fileName, mimeType, expected) => {
		expect(safeFileName(fileName, mimeType)).toBe(expected);
	});

	it('is never empty, a path, or anything that could end a header', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.constantFrom('image/png', 'x/y'), (fileName, mimeType) => {
				const name = safeFileName(fileName, mimeType);
				expect(name).not.toBe('');
				expect(name).not.toMatch(/[\\/"\r\n\0]|^\.+$/);
				expect(Array.from(name).length).toBeLessThanOrEqual(105);
				expect(Buffer.byteLength(name)).toBeLessThanOrEqual(205);
				// No half of a character is left over where it was cut.
				expect(Buffer.from(name, 'utf8').toString('utf8')).toBe(name);
			}),
			{ numRuns: 500 },
		);
		expect(Buffer.from(safeFileName(`😀${'a'.repeat(99)}`, 'image/png')).toString()).not.toContain('\ufffd');
	});

	it('is done after once', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary', maxLength: 150 }), (fileName) => {
				const once = safeFileName(fileName, 'image/png');
				expect(safeFileName(once, 'image/png')).toBe(once);
			}),
		);
	});
});
