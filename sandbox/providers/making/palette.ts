import type { Random } from './random';

/** The colours of one picture, each as an SVG colour. */
export interface Palette {
	/** Two ends of the background's gradient. */
	background: [string, string];
	/** Five colours for the shapes, from the calmest to the loudest. */
	shapes: string[];
	/** Colour of the caption's letters and of the panel under them. */
	ink: string;
	panel: string;
}

/** How far the shapes' hues lie from the base hue, in degrees. */
const SCHEMES = [
	[0, 18, 36, -18, 180],
	[0, 30, 60, 200, 230],
	[0, 120, 140, 240, 260],
	[0, 150, 165, 210, 195],
	[0, 12, 24, 36, 48],
] as const;

const colour = (hue: number, saturation: number, lightness: number) =>
	// Whole numbers only: the renderer takes a fraction in hsl() for no colour at all.
	`hsl(${Math.round(hue + 360) % 360}, ${Math.round(saturation)}%, ${Math.round(lightness)}%)`;

/** Chooses colours that go together: one base hue, one scheme of hues around it, by day (light) or by night (dark). */
export function choosePalette(random: Random): Palette {
	const base = random.between(0, 360);
	const scheme = random.pick(SCHEMES);
	const night = random.between(0, 1) < 0.5;
	const saturation = random.between(48, 78);
	const lightnesses = night ? [28, 40, 52, 62, 72] : [82, 68, 56, 46, 34];
	return {
		background: night
			? [colour(base + 20, 45, 9), colour(base - 20, 50, 24)]
			: [colour(base + 15, 60, 95), colour(base - 25, 55, 82)],
		shapes: lightnesses.map((lightness, index) =>
			colour(base + scheme[index]!, saturation + (index === 4 ? 12 : 0), lightness + random.between(-4, 4)),
		),
		ink: night ? colour(base, 30, 96) : colour(base, 45, 12),
		panel: night ? colour(base, 40, 7) : colour(base, 50, 97),
	};
}
