import type { Palette } from './palette';
import type { Random } from './random';

/** What a composition draws on: its size in pixels, its colours, its source of chance, and where a film stands. */
export interface Canvas {
	width: number;
	height: number;
	palette: Palette;
	random: Random;
	/** 0 to 1: how far a film has come; a still picture has 0. Shapes move with it and close the loop at 1. */
	phase: number;
}

/** Draws shapes as SVG elements; the background is drawn by the caller. */
export type Composition = (canvas: Canvas) => string;

const TURN = Math.PI * 2;
const n = (value: number) => value.toFixed(1);

/** Rows of hills under a low sun, each row nearer and louder. */
const hills: Composition = ({ width, height, palette, random, phase }) => {
	const sunRadius = Math.min(width, height) * random.between(0.1, 0.2);
	const sunX = width * random.between(0.2, 0.8);
	const sunY = height * (random.between(0.18, 0.34) + 0.05 * Math.sin(phase * TURN));
	const glow = [2.2, 1.6, 1.2]
		.map(
			(size) =>
				`<circle cx="${n(sunX)}" cy="${n(sunY)}" r="${n(sunRadius * size)}" fill="${palette.shapes[4]}" opacity="0.12"/>`,
		)
		.join('');
	const sun = `<circle cx="${n(sunX)}" cy="${n(sunY)}" r="${n(sunRadius)}" fill="${palette.shapes[4]}"/>`;
	const rows = 6;
	const ridges = Array.from({ length: rows }, (_, row) => {
		const level = height * (0.36 + (0.62 * row) / rows);
		const waves = [1, 2, 3].map((order) => ({
			size: (height * random.between(0.02, 0.07)) / order,
			length: order * random.between(0.6, 1.4),
			shift: random.between(0, TURN),
		}));
		const points = Array.from({ length: 61 }, (_point, step) => {
			const x = (width * step) / 60;
			const lift = waves.reduce(
				(sum, { size, length, shift }) => sum + size * Math.sin((step / 60) * TURN * length + shift + phase * TURN),
				0,
			);
			return `${n(x)},${n(level + lift)}`;
		});
		const fill = palette.shapes[Math.min(row, 3)];
		return `<polygon points="${points.join(' ')} ${width},${height} 0,${height}" fill="${fill}" opacity="${n(0.6 + row * 0.07)}"/>`;
	});
	return glow + sun + ridges.join('');
};

/** A grid of quarter discs, rings, halves and dots. */
const tiles: Composition = ({ width, height, palette, random, phase }) => {
	const across = random.whole(4, 7);
	const side = width / across;
	const down = Math.ceil(height / side);
	const cells: string[] = [];
	for (let row = 0; row < down; row++) {
		for (let column = 0; column < across; column++) {
			const [back, front] = [random.pick(palette.shapes), random.pick(palette.shapes)];
			const kind = random.whole(0, 5);
			const turn = random.whole(0, 3) * 90 + (random.between(0, 1) < 0.3 ? phase * 360 : 0);
			const shape = [
				`<path d="M0,0 H1 A1,1 0 0 1 0,1 Z"/>`,
				`<path d="M0,0 A0.5,0.5 0 0 0 1,0 Z M0,0.5 A0.5,0.5 0 0 0 1,0.5 Z"/>`,
				`<path d="M0,0 L1,0 L0,1 Z"/>`,
				`<circle cx="0.5" cy="0.5" r="0.34"/>`,
				`<circle cx="0.5" cy="0.5" r="0.3" fill="none" stroke="${front}" stroke-width="0.14"/>`,
				`<path d="M0,0 H0.2 V1 H0 Z M0.4,0 H0.6 V1 H0.4 Z M0.8,0 H1 V1 H0.8 Z"/>`,
			][kind];
			cells.push(
				`<g transform="translate(${n(column * side)} ${n(row * side)}) scale(${n(side)})">` +
					`<rect width="1.01" height="1.01" fill="${back}" opacity="0.55"/>` +
					`<g fill="${front}" transform="rotate(${n(turn)} 0.5 0.5)">${shape}</g></g>`,
			);
		}
	}
	return cells.join('');
};

/** Overlapping translucent discs with thin orbits. */
const orbits: Composition = ({ width, height, palette, random, phase }) => {
	const small = Math.min(width, height);
	const discs = Array.from({ length: random.whole(9, 15) }, () => {
		const radius = small * random.between(0.06, 0.32);
		const sway = small * random.between(0.01, 0.06);
		const angle = random.between(0, TURN) + phase * TURN;
		const x = width * random.between(0.05, 0.95) + sway * Math.cos(angle);
		const y = height * random.between(0.05, 0.95) + sway * Math.sin(angle);
		const fill = random.pick(palette.shapes);
		const orbit = radius * random.between(1.1, 1.5);
		return (
			`<circle cx="${n(x)}" cy="${n(y)}" r="${n(radius)}" fill="${fill}" opacity="${n(random.between(0.35, 0.8))}"/>` +
			`<circle cx="${n(x)}" cy="${n(y)}" r="${n(orbit)}" fill="none" stroke="${fill}" stroke-width="${n(small * 0.004)}" opacity="0.7"/>` +
			`<circle cx="${n(x + orbit * Math.cos(angle))}" cy="${n(y + orbit * Math.sin(angle))}" r="${n(small * 0.012)}" fill="${palette.ink}"/>`
		);
	});
	return discs.join('');
};

/** Broad flowing ribbons from edge to edge. */
const ribbons: Composition = ({ width, height, palette, random, phase }) => {
	const count = random.whole(9, 14);
	const tilt = random.between(-0.35, 0.35) * height;
	const bend = random.between(0.12, 0.3) * height;
	const shift = random.between(0, TURN) + phase * TURN;
	return Array.from({ length: count }, (_, index) => {
		const middle = height * (-0.1 + (1.2 * index) / count);
		const y = (at: number) => middle + tilt * (at - 0.5) + bend * Math.sin(at * TURN * 0.8 + shift + index * 0.22);
		const path = `M${n(-width * 0.1)},${n(y(-0.1))} C${n(width * 0.3)},${n(y(0.3))} ${n(width * 0.6)},${n(y(0.6))} ${n(width * 1.1)},${n(y(1.1))}`;
		const colour = palette.shapes[(index * 3 + random.whole(0, 1)) % 5];
		const breadth = (height / count) * random.between(0.5, 1.25);
		return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="${n(breadth)}" stroke-linecap="round" opacity="0.85"/>`;
	}).join('');
};

/** A net of triangles whose corners are shaken, lit from one side. */
const facets: Composition = ({ width, height, palette, random, phase }) => {
	const across = random.whole(6, 10);
	const side = width / across;
	const down = Math.ceil(height / side);
	const corners = Array.from({ length: down + 3 }, (_row, row) =>
		Array.from({ length: across + 3 }, (_column, column) => {
			const angle = random.between(0, TURN) + phase * TURN;
			const reach = side * random.between(0.05, 0.42);
			return [(column - 1) * side + reach * Math.cos(angle), (row - 1) * side + reach * Math.sin(angle)] as const;
		}),
	);
	const focus = [width * random.between(0.2, 0.8), height * random.between(0.1, 0.6)] as const;
	const reach = Math.hypot(width, height) * 0.75;
	const triangles: string[] = [];
	const add = (...points: Array<readonly [number, number]>) => {
		const x = points.reduce((sum, point) => sum + point[0], 0) / 3;
		const y = points.reduce((sum, point) => sum + point[1], 0) / 3;
		const distance = Math.hypot(x - focus[0], y - focus[1]) / reach;
		const step = Math.min(4, Math.max(0, Math.floor((1 - distance) * 5 + random.between(-0.9, 0.9))));
		const fill = palette.shapes[step];
		triangles.push(
			`<polygon points="${points.map((point) => `${n(point[0])},${n(point[1])}`).join(' ')}" fill="${fill}" stroke="${fill}" stroke-width="1"/>`,
		);
	};
	for (let row = 0; row < down + 2; row++) {
		for (let column = 0; column < across + 2; column++) {
			const [a, b] = [corners[row]![column]!, corners[row]![column + 1]!];
			const [c, d] = [corners[row + 1]![column]!, corners[row + 1]![column + 1]!];
			add(a, b, c);
			add(b, d, c);
		}
	}
	return triangles.join('');
};

/** A wreath of petals around an open middle. */
const blossom: Composition = ({ width, height, palette, random, phase }) => {
	const x = width * random.between(0.35, 0.65);
	const y = height * random.between(0.32, 0.48);
	const reach = Math.max(width, height) * random.between(0.55, 0.75);
	const petals = random.whole(7, 13);
	const rings = Array.from({ length: 4 }, (_, ring) => {
		const length = reach * (1 - ring * 0.23);
		const breadth = (length / petals) * random.between(1.4, 2.2);
		const start = random.between(0, 360) + phase * (360 / petals) * (ring % 2 ? -1 : 1);
		const fill = palette.shapes[ring];
		return Array.from({ length: petals }, (_petal, petal) => {
			const angle = start + (petal * 360) / petals;
			return (
				`<path transform="translate(${n(x)} ${n(y)}) rotate(${n(angle)})" fill="${fill}" opacity="0.7" ` +
				`d="M0,0 C${n(breadth)},${n(length * 0.35)} ${n(breadth)},${n(length * 0.8)} 0,${n(length)} ` +
				`C${n(-breadth)},${n(length * 0.8)} ${n(-breadth)},${n(length * 0.35)} 0,0 Z"/>`
			);
		}).join('');
	});
	return `${rings.join('')}<circle cx="${n(x)}" cy="${n(y)}" r="${n(reach * 0.07)}" fill="${palette.shapes[4]}"/>`;
};

/** All compositions; a picture uses one of them. */
export const COMPOSITIONS: readonly Composition[] = [hills, tiles, orbits, ribbons, facets, blossom];
