import { Resvg } from '@resvg/resvg-js';
import sharp from 'sharp';
import { CAPTION_FONT, escapeXml, setText } from './caption';
import { COMPOSITIONS } from './compositions';
import { choosePalette, type Palette } from './palette';
import { createRandom } from './random';

export type PictureFormat = 'png' | 'jpeg' | 'webp';

/** What to draw. Sizes are in pixels. */
export interface PictureRequest {
	/** Decides everything that is drawn, and is written on the picture. */
	prompt: string;
	width: number;
	height: number;
	/** Tells several pictures of one prompt apart; default 0. */
	seed?: number | string;
	/** Default PNG. */
	format?: PictureFormat;
	/** Compression quality of JPEG and WebP, 1 to 100; default 90. */
	quality?: number;
	/** Pictures that the result has to show: the first fills the background, the others stand framed along the top. */
	references?: readonly Buffer[];
	/** Leaves the background see-through (PNG and WebP). */
	transparent?: boolean;
	/** Film grain, 0 (none) to 1: makes a file as large as a photograph's. */
	grain?: number;
}

/** The largest picture that is drawn, in pixels per side. */
export const LARGEST_SIDE = 4096;

/** The MIME type of a picture format. */
export const mimeTypeOf = (format: PictureFormat) => `image/${format}`;

/** A reference that is no picture: the words are for the caller of a model API. */
export class UnreadablePictureError extends Error {}

async function toJpegDataUrl(picture: Buffer, width: number, height: number): Promise<string> {
	try {
		const jpeg = await sharp(picture)
			.rotate()
			.resize(Math.max(1, Math.round(width)), Math.max(1, Math.round(height)), { fit: 'cover' })
			.flatten({ background: '#ffffff' })
			.jpeg({ quality: 92 })
			.toBuffer();
		return `data:image/jpeg;base64,${jpeg.toString('base64')}`;
	} catch (error) {
		throw new UnreadablePictureError(
			`A reference image could not be read as a picture: ${error instanceof Error ? error.message : String(error)}`,
		);
	}
}

/** The first reference as the picture's background, the others as framed pictures along the top. */
async function drawReferences(references: readonly Buffer[], width: number, height: number, palette: Palette) {
	const [first, ...others] = references;
	if (!first) return { behind: '', inFront: '' };
	const behind = `<image width="${width}" height="${height}" preserveAspectRatio="none" href="${await toJpegDataUrl(first, width, height)}"/>`;
	const side = Math.min(width, height) * 0.22;
	const gap = side * 0.15;
	const perRow = Math.max(1, Math.floor((width - gap) / (side + gap)));
	const framed = others.map(async (picture, index) => {
		const x = gap + (index % perRow) * (side + gap);
		const y = gap + Math.floor(index / perRow) * (side + gap);
		const frame = side + (gap * 2) / 3;
		return (
			`<rect x="${x - gap / 3}" y="${y - gap / 3}" width="${frame}" height="${frame}" fill="${palette.panel}"/>` +
			`<image x="${x}" y="${y}" width="${side}" height="${side}" href="${await toJpegDataUrl(picture, side, side)}"/>`
		);
	});
	return { behind, inFront: (await Promise.all(framed)).join('') };
}

function drawCaption(prompt: string, width: number, height: number, palette: Palette): string {
	const small = Math.min(width, height);
	const margin = small * 0.05;
	const padding = small * 0.035;
	const text = setText(prompt, {
		width: width - 2 * (margin + padding),
		height: height * 0.42,
		largest: Math.max(9, small * 0.055),
		smallest: Math.max(7, small * 0.018),
	});
	if (text.lines.length === 0) return '';
	const panelHeight = text.lines.length * text.lineHeight + 2 * padding;
	const top = height - margin - panelHeight;
	const lines = text.lines.map(
		(line, index) =>
			`<text x="${margin + padding}" y="${top + padding + index * text.lineHeight + text.fontSize * 0.98}">${escapeXml(line)}</text>`,
	);
	return (
		`<rect x="${margin}" y="${top}" width="${width - 2 * margin}" height="${panelHeight}" rx="${small * 0.02}" fill="${palette.panel}" opacity="0.84"/>` +
		`<g font-family="${CAPTION_FONT.family}" font-weight="bold" font-size="${text.fontSize}" fill="${palette.ink}">${lines.join('')}</g>`
	);
}

/** The layers of a picture as SVG: what stays the same through a film, and what moves. */
export async function preparePicture(request: PictureRequest): Promise<(phase: number) => string> {
	const { prompt, width, height, seed = 0, references = [], transparent = false } = request;
	const name = `${prompt}\u0000${seed}`;
	const choice = createRandom(name);
	const palette = choosePalette(choice);
	const compose = choice.pick(COMPOSITIONS);
	const backdrop = transparent
		? ''
		: `<defs><linearGradient id="sky" x1="0" y1="0" x2="0.3" y2="1"><stop offset="0" stop-color="${palette.background[0]}"/>` +
			`<stop offset="1" stop-color="${palette.background[1]}"/></linearGradient></defs><rect width="${width}" height="${height}" fill="url(#sky)"/>`;
	const { behind, inFront } = await drawReferences(references, width, height, palette);
	const caption = drawCaption(prompt, width, height, palette);
	return (phase) => {
		const shapes = compose({ width, height, palette, random: createRandom(`${name}\u0000shapes`), phase });
		return (
			`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">` +
			backdrop +
			behind +
			`<g opacity="${references.length > 0 ? 0.35 : 1}">${shapes}</g>${inFront}${caption}</svg>`
		);
	};
}

/** Renders SVG to RGBA pixels, with the project's fonts only. */
export function renderSvg(svg: string) {
	return new Resvg(svg, {
		font: { loadSystemFonts: false, fontFiles: CAPTION_FONT.files, defaultFontFamily: CAPTION_FONT.family },
	}).render();
}

/** A layer of grey noise to lay over a picture, as PNG. */
export async function makeGrain(seed: string, width: number, height: number, strength: number): Promise<Buffer> {
	const noise = createRandom(`${seed}\u0000grain`).bytes(width * height);
	const spread = Math.min(1, Math.max(0, strength)) * 0.3;
	for (let index = 0; index < noise.length; index++) noise[index] = 128 + (noise[index]! - 128) * spread;
	return await sharp(noise, { raw: { width, height, channels: 1 } })
		.toColourspace('b-w')
		.png({ compressionLevel: 1 })
		.toBuffer();
}

/**
 * Draws an abstract composition from a prompt, with the prompt written on it. The same request always gives the same bytes.
 *
 * @returns the encoded picture
 * @throws {UnreadablePictureError} when a reference is not a picture
 * @throws {RangeError} when a side is not between 1 and 4096 pixels
 */
export async function drawPicture(request: PictureRequest): Promise<Buffer> {
	const { prompt, width, height, format = 'png', quality = 90, grain = 0, seed = 0 } = request;
	for (const side of [width, height]) {
		if (!Number.isInteger(side) || side < 1 || side > LARGEST_SIDE) {
			throw new RangeError(
				`A picture's sides are whole numbers from 1 to ${LARGEST_SIDE} pixels, not ${width}x${height}.`,
			);
		}
	}
	const draw = await preparePicture(request);
	const png = renderSvg(draw(0)).asPng();
	if (format === 'png' && grain === 0) return png;
	let picture = sharp(png);
	if (grain > 0) {
		picture = picture.composite([
			{ input: await makeGrain(`${prompt}${seed}`, width, height, grain), blend: 'soft-light' },
		]);
	}
	if (format === 'jpeg') return await picture.flatten({ background: '#ffffff' }).jpeg({ quality }).toBuffer();
	if (format === 'webp') return await picture.webp({ quality }).toBuffer();
	return await picture.png().toBuffer();
}
