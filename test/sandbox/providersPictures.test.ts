import sharp from 'sharp';
import { setText } from '../../sandbox/providers/making/caption';
import { drawPicture, preparePicture, renderSvg } from '../../sandbox/providers/making/picture';
import { compareLooks, inspectPicture } from './providersClient';

const SIZE = { width: 256, height: 192 };

describe('drawPicture', () => {
	it.each(['png', 'jpeg', 'webp'] as const)('encodes %s in the size asked for', async (format) => {
		const picture = await drawPicture({ prompt: 'a red kite', ...SIZE, format });
		expect(await inspectPicture(picture)).toEqual({ format, ...SIZE });
	});

	it('gives the same bytes for the same request', async () => {
		const request = { prompt: 'a red kite', ...SIZE, grain: 0.5, format: 'jpeg' } as const;
		expect((await drawPicture(request)).equals(await drawPicture(request))).toBe(true);
	});

	it('makes different prompts look different', async () => {
		const prompts = ['a red kite', 'a red kite.', 'winter in Oslo', 'logo for a bakery', 'space whale'];
		const pictures = await Promise.all(prompts.map(async (prompt) => await drawPicture({ prompt, ...SIZE })));
		for (const [index, picture] of pictures.entries()) {
			for (const other of pictures.slice(index + 1)) expect(await compareLooks(picture, other)).toBeGreaterThan(8);
		}
	});

	it('draws another picture of the same prompt for another seed', async () => {
		const [first, second] = await Promise.all(
			[0, 1].map(async (seed) => await drawPicture({ prompt: 'tea', ...SIZE, seed })),
		);
		expect(await compareLooks(first!, second!)).toBeGreaterThan(8);
	});

	it('writes the prompt on the picture', async () => {
		const svg = (await preparePicture({ prompt: 'MMMM <3', ...SIZE }))(0);
		expect(svg).toContain('>MMMM &#60;3</text>');
		const render = (image: string) => Buffer.from(renderSvg(image).asPng());
		const wordless = svg.replace(/<text .*<\/text>/, '');
		expect(await compareLooks(render(svg), render(wordless))).toBeGreaterThan(0.5);
	});

	it.each([
		['markup', '<svg onload="x">&amp; ]]> \' "'],
		['control characters', 'a\u0000b\u0008c\ud800'],
		['many scripts', 'Ünïcode Привет Ελληνικά مرحبا 你好 🎨'],
		['one endless word', 'x'.repeat(5000)],
		['a very long text', 'A very long prompt. '.repeat(2000)],
		['nothing', ''],
	])('takes %s for a prompt', async (_what, prompt) => {
		expect(await inspectPicture(await drawPicture({ prompt, ...SIZE }))).toEqual({ format: 'png', ...SIZE });
	});

	it('shows a reference picture in the result', async () => {
		const red = await sharp({ create: { width: 300, height: 300, channels: 3, background: '#ff0000' } })
			.png()
			.toBuffer();
		const blue = await sharp({ create: { width: 300, height: 300, channels: 3, background: '#0000ff' } })
			.webp()
			.toBuffer();
		const [onRed, onBlue] = await Promise.all(
			[red, blue].map(
				async (reference) => await drawPicture({ prompt: 'same words', ...SIZE, references: [reference] }),
			),
		);
		const mean = async (picture: Buffer) => (await sharp(picture).stats()).channels.map((channel) => channel.mean);
		const [redMean, blueMean] = [await mean(onRed!), await mean(onBlue!)];
		expect(redMean[0]! - blueMean[0]!).toBeGreaterThan(60);
		expect(blueMean[2]! - redMean[2]!).toBeGreaterThan(60);
	});

	it('refuses a reference that is no picture, and impossible sizes', async () => {
		await expect(drawPicture({ prompt: 'x', ...SIZE, references: [Buffer.from('no picture')] })).rejects.toThrow(
			/could not be read as a picture/,
		);
		await expect(drawPicture({ prompt: 'x', width: 0, height: 10 })).rejects.toThrow(RangeError);
		await expect(drawPicture({ prompt: 'x', width: 10, height: 5000 })).rejects.toThrow(RangeError);
	});

	it('makes files as large as photographs when grain is asked for', async () => {
		const [plain, grainy] = await Promise.all(
			[0, 1].map(async (grain) => await drawPicture({ prompt: 'tea', width: 512, height: 512, grain })),
		);
		expect(grainy!.length).toBeGreaterThan(3 * plain!.length);
	});
});

describe('setText', () => {
	const box = { width: 200, height: 60, largest: 30, smallest: 8 };

	it('keeps every word when the text fits', () => {
		const text = 'one two three four five six seven';
		expect(setText(text, box).lines.join(' ')).toBe(text);
	});

	it('sets less text larger', () => {
		expect(setText('one', box).fontSize).toBe(30);
		expect(setText('one two three four five six seven eight nine ten', box).fontSize).toBeLessThan(30);
	});

	it('ends with an ellipsis when even the smallest type does not fit', () => {
		const { lines, fontSize, lineHeight } = setText('word '.repeat(500), box);
		expect(fontSize).toBe(8);
		expect(lines.length * lineHeight).toBeLessThanOrEqual(box.height);
		expect(lines.at(-1)).toMatch(/…$/);
	});
});
