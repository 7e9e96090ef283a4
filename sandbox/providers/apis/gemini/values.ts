import type { z } from 'zod';
import { Refusal } from '../../kit/api';

const ASPECT_RATIOS = ['1:1', '2:3', '3:2', '3:4', '4:3', '4:5', '5:4', '9:16', '16:9', '21:9'];
const AREA_SIDES: Record<string, number> = { '1K': 1024, '2K': 2048, '4K': 3072 };

/**
 * A request's value in the schema's shape.
 *
 * @throws {Refusal} 400 naming the field
 */
export function parse<Schema extends z.ZodTypeAny>(schema: Schema, value: unknown): z.output<Schema> {
	const result = schema.safeParse(value);
	if (result.success) return result.data as z.output<Schema>;
	const { path, message } = result.error.issues[0]!;
	throw new Refusal(400, `Invalid value at '${path.join('.')}': ${message}`);
}

/**
 * A picture's sides in pixels for an aspect ratio (default `1:1`) and a size class (`1K`, `2K` or `4K`; default `1K`).
 *
 * @throws {Refusal} 400 when either is none of the API's
 */
export function pictureSize(aspectRatio = '1:1', imageSize = '1K'): { width: number; height: number } {
	if (!ASPECT_RATIOS.includes(aspectRatio)) {
		throw new Refusal(400, `aspect_ratio must be one of ${ASPECT_RATIOS.join(', ')}, not '${aspectRatio}'.`);
	}
	const side = AREA_SIDES[imageSize];
	if (!side)
		throw new Refusal(400, `image_size must be one of ${Object.keys(AREA_SIDES).join(', ')}, not '${imageSize}'.`);
	const [across, down] = aspectRatio.split(':').map(Number) as [number, number];
	const width = Math.min(4096, Math.round((side * Math.sqrt(across / down)) / 16) * 16);
	return { width, height: Math.round((width * down) / across / 16) * 16 };
}
