import sharp from 'sharp';
import { isLoopbackUrl } from '../../loopback';
import type { Marketplace } from '../marketplace';
import { SECOND } from '../time';
import type { OrderRow } from './orders';

const PREVIEW_WIDTH = 1024;
const LARGEST_SOURCE_BYTES = 25 * 1024 * 1024;
const LARGEST_SOURCE_PIXELS = 60_000_000;
const FETCH_TIMEOUT_MS = 10 * SECOND;

/**
 * Makes the watermarked picture that buyers see until they approve.
 * @returns its address, or null for anything but an image that can be read
 */
export async function renderPreview(
	{ storage }: Marketplace,
	order: OrderRow,
	{ url, mediaType }: { url: string; mediaType: string },
): Promise<string | null> {
	if (mediaType !== 'image') return null;
	try {
		const source = (await storage.getByUrl(url))?.bytes ?? (await fetchLocal(url));
		if (!source) return null;
		const picture = sharp(source, { limitInputPixels: LARGEST_SOURCE_PIXELS })
			.rotate()
			.resize({ width: PREVIEW_WIDTH, height: PREVIEW_WIDTH, fit: 'inside', withoutEnlargement: true });
		const { data, info } = await picture.flatten({ background: '#ffffff' }).png().toBuffer({ resolveWithObject: true });
		const preview = await sharp(data)
			.composite([{ input: Buffer.from(watermark(info.width, info.height)) }])
			.jpeg({ quality: 80 })
			.toBuffer();
		const name = `atelier/previews/${order.id}-${crypto.randomUUID().slice(0, 8)}.jpg`;
		return await storage.put(name, new Uint8Array(preview), 'image/jpeg');
	} catch {
		// A picture that cannot be read has no preview; the delivery itself stands.
		return null;
	}
}

/** A picture from another program on this machine; the sandbox fetches nothing from elsewhere. */
async function fetchLocal(url: string): Promise<Uint8Array | undefined> {
	if (!isLoopbackUrl(url)) return undefined;
	const response = await fetch(url, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS), redirect: 'error' });
	if (!response.ok || Number(response.headers.get('content-length') ?? 0) > LARGEST_SOURCE_BYTES) {
		await response.body?.cancel();
		return undefined;
	}
	const bytes = new Uint8Array(await response.arrayBuffer());
	return bytes.byteLength > LARGEST_SOURCE_BYTES ? undefined : bytes;
}

// Drawn as paths, so that it looks the same on machines without fonts.
const MARK_PATH = 'M0 26 11 0h4l11 26h-5l-2.6-6.6H7.6L5 26H0zm9.2-10.6h7.6L13 5.6z';
const MARK_SIZE = 26;

/** A grid of slanted marks, light with a dark edge, so that they show on any picture. */
function watermark(width: number, height: number): string {
	const step = Math.max(48, Math.round(Math.min(width, height) / 4));
	const scale = step / 2.4 / MARK_SIZE;
	const marks: string[] = [];
	for (let row = 0; row * step < height + step; row += 1) {
		for (let column = 0; column * step < width + step; column += 1) {
			const x = column * step + (row % 2) * (step / 2) - step / 4;
			marks.push(`<use href="#mark" transform="translate(${x} ${row * step}) rotate(-24) scale(${scale})"/>`);
		}
	}
	return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
		<defs><path id="mark" d="${MARK_PATH}" fill="#fff" stroke="#000" stroke-width="0.5" paint-order="stroke"/></defs>
		<g opacity="0.3">${marks.join('')}</g></svg>`;
}
