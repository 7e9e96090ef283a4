import { fillInForm } from '../../sandbox/n8n/forms';
import { StartCommand } from './support/startCommand';
import { START_LIMIT_MS } from './support/testSandbox';

const command = new StartCommand();
afterAll(async () => await command.dispose());

/** Runs `npm start -- --once --template N` to its end; the last line of the output, as a program would read it. */
async function show(number: string): Promise<Record<string, unknown>> {
	const code = await command.run('--once', '--template', number).waitForEnd();
	expect({ code, complaints: command.complaints }).toEqual({ code: 0, complaints: [] });
	const lines = command.stdout.trimEnd().split('\n');
	for (const line of lines.slice(0, -1)) expect(line).toMatch(/^\d\d:\d\d:\d\d {2}\S/);
	return JSON.parse(lines.at(-1)!) as Record<string, unknown>;
}

/** Expects that the story has these parts, one after the other. */
function expectStory(...parts: string[]): void {
	let from = 0;
	for (const part of parts) {
		const place = command.stdout.indexOf(part, from);
		expect({ part, isTold: place >= 0 }).toEqual({ part, isTold: true });
		from = place;
	}
}

describe('npm start -- --template N --once', () => {
	test('1: fills in both forms, so that there is an agent with a wallet and a service', async () => {
		expect(await show('1')).toMatchObject({
			template: '01-set-up-your-agent',
			agent: expect.stringMatching(/^ext_/),
			payout_wallet: expect.stringMatching(/^\w{32,}$/),
			services: ['Album cover from your song'],
		});
		expectStory('imported the template "Set up your agent"', 'publishing "Set up your agent"', 'form 1: ', 'pasted the key', 'form 2: ');
		expect(command.stdout).not.toMatch(/atelier_[0-9a-f]{8}/);
	}, START_LIMIT_MS);

	test('7: delivers a video', async () => {
		const { order, ...result } = await show('07');
		expect(result).toMatchObject({ template: '07-video-orders', status: 'delivered', deliverable_url: expect.stringMatching(/\.mp4$/) });
		expect(result.deliverable_bytes).toBeGreaterThan(4_500_000);
		const steps = ['paid', 'picked up', 'model asked', 'uploaded', 'delivered', 'client told'];
		expectStory(...steps.map((step) => `${String(order)}: ${step}`));
	}, START_LIMIT_MS);

	test('11: quotes a price', async () => {
		const { order, ...result } = await show('11');
		expect(result).toMatchObject({ template: '11-quote-prices-automatically', status: 'quoted', price_usd: '60.00' });
		expectStory(...['a price is wanted', 'picked up', 'model asked', 'quoted'].map((step) => `${String(order)}: ${step}`));
	}, START_LIMIT_MS);

	test('14: alerts the owner and tells the client when a picture cannot be made', async () => {
		const { order, ...result } = await show('14');
		expect(result).toMatchObject({
			template: '14-failed-orders',
			status: 'paid',
			alert: expect.stringContaining(`The picture for order ${String(order)} could not be made`),
			message: expect.stringContaining('takes a little longer'),
		});
		expectStory(`${String(order)}: paid`, `${String(order)}: run failed`, 'message to you: ', 'message to the client: ');
	}, START_LIMIT_MS);
});

describe('npm start -- --template 12', () => {
	test('tells the person the address to open, and delivers when the person approves', async () => {
		command.run('--template', '12');
		await command.waitForText(/message to you: .*http\S+/);
		await command.waitForText('you: open the link');
		expect(command.stdout).not.toContain('delivered to the client');
		await fillInForm(/message to you: .*(http\S+)/.exec(command.stdout)![1]!, { Decision: 'Approve' });
		await command.waitForText('Stop everything with Ctrl-C.');
		expectStory('delivered to the client', 'client told', 'n8n editor');
		command.interrupt();
		await command.waitForEnd();
		expect(command.stdout.trimEnd()).toMatch(/Stopped$/);
		expect(command.complaints).toEqual([]);
	}, START_LIMIT_MS);
});

test('says in one sentence which templates there are', async () => {
	const code = await command.run('--template', '17').waitForEnd();
	expect(code).not.toBe(0);
	expect(command.complaints).toEqual([
		'--template has to be one of 1, 2, 3, 4, 5, 6a, 6b, 7, 8, 9, 9a, 9b, 10, 11, 12, 13, 14, 15, 16, not "17".',
	]);
});
