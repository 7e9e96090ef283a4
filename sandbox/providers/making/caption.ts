import { join, dirname } from 'node:path';
import { openSync, type Font } from 'fontkit';

const FONT_FOLDER = join(dirname(require.resolve('dejavu-fonts-ttf/package.json')), 'ttf');

/** The family and the files that every caption is set in; nothing is taken from the machine's own fonts. */
export const CAPTION_FONT = { family: 'DejaVu Sans', files: [join(FONT_FOLDER, 'DejaVuSans-Bold.ttf')] };

/** Lines of text that fit a box, with the type size in pixels that makes them fit. */
export interface SetText {
	lines: string[];
	fontSize: number;
	lineHeight: number;
}

let font: Font | undefined;

/** Widths measured before: shaping takes long, and the same words are tried at several type sizes. */
const widths = new Map<string, number>();
const MOST_WIDTHS = 20_000;

/** The width of a text in pixels at a type size of 1 pixel. */
function measure(text: string): number {
	const known = widths.get(text);
	if (known !== undefined) return known;
	font ??= openSync(CAPTION_FONT.files[0]!) as Font;
	const width = font.layout(text).advanceWidth / font.unitsPerEm;
	if (widths.size >= MOST_WIDTHS) widths.clear();
	widths.set(text, width);
	return width;
}

/** Breaks a text into lines no wider than `width` (in type sizes), inside a word only where the word is longer than a line. */
function wrap(text: string, width: number): string[] {
	const space = measure(' ');
	const lines: string[] = [];
	let line = '';
	let used = 0;
	const flush = () => {
		if (line) lines.push(line);
		line = '';
		used = 0;
	};
	for (const word of text.split(/\s+/).filter(Boolean)) {
		const wordWidth = measure(word);
		if (line && used + space + wordWidth > width) flush();
		if (wordWidth <= width) {
			line = line ? `${line} ${word}` : word;
			used += (used ? space : 0) + wordWidth;
			continue;
		}
		for (const letter of word) {
			const letterWidth = measure(letter);
			if (used + letterWidth > width) flush();
			line += letter;
			used += letterWidth;
		}
	}
	flush();
	return lines;
}

/**
 * Sets a text into a box: the largest type that fits, and an ellipsis where even the smallest does not.
 *
 * @param text any text; control characters and line breaks count as spaces
 * @param box width and height in pixels, and the largest and smallest type size in pixels
 */
export function setText(
	text: string,
	box: { width: number; height: number; largest: number; smallest: number },
): SetText {
	const clean = text
		.replace(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]+/gu, ' ')
		.trim()
		.slice(0, 4000);
	for (let fontSize = box.largest; ; fontSize = Math.max(box.smallest, fontSize * 0.88)) {
		const lineHeight = fontSize * 1.25;
		const room = Math.max(1, Math.floor(box.height / lineHeight));
		const lines = wrap(clean, box.width / fontSize);
		if (lines.length <= room) return { lines, fontSize, lineHeight };
		if (fontSize <= box.smallest) {
			const last = lines[room - 1]!;
			return { lines: [...lines.slice(0, room - 1), `${last.slice(0, -1).trimEnd()}…`], fontSize, lineHeight };
		}
	}
}

/** Makes a text safe inside SVG elements and attributes. */
export function escapeXml(text: string): string {
	return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
