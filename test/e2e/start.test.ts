import { createServer, type Server } from 'node:net';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { DemoState } from '../../sandbox/demo/state';
import { isAlive, isPortFree } from '../../sandbox/processes';
import { StartCommand } from './support/startCommand';
import { START_LIMIT_MS } from './support/testSandbox';
import { waitFor } from './support/waitFor';

const JSON_KEYS = ['order', 'status', 'seconds', 'deliverable_url', 'deliverable_bytes'];

const commands: StartCommand[] = [];
const start = (dataFolder?: string) => {
	const command = new StartCommand(dataFolder);
	commands.push(command);
	return command;
};
afterAll(async () => {
	await Promise.all(commands.map((command) => command.dispose()));
});

/** The ports that a finished or running start used. */
const portsOf = (command: StartCommand) =>
	Object.values((JSON.parse(readFileSync(join(command.dataFolder, 'demo.json'), 'utf8')) as DemoState).ports);

const expectPortsFree = async (ports: number[]) =>
	expect(await Promise.all(ports.map(isPortFree))).toEqual(ports.map(() => true));

/** The last line of the output, as a program would read it. */
const lastLine = (command: StartCommand) => JSON.parse(command.stdout.trimEnd().split('\n').at(-1)!) as Record<string, unknown>;

/** Waits for the end of a command that has nothing to complain about. */
async function expectSuccess(command: StartCommand): Promise<void> {
	const code = await command.waitForEnd();
	expect({ code, complaints: command.complaints }).toEqual({ code: 0, complaints: [] });
}

describe('npm start -- --once', () => {
	const command = start();

	it('delivers a first order and ends with a line of JSON and exit code 0', async () => {
		await expectSuccess(command.run('--once'));
		const result = lastLine(command);
		expect(Object.keys(result)).toEqual(JSON_KEYS);
		expect(result).toMatchObject({ order: expect.stringMatching(/^ord_/), status: 'delivered' });
		expect(result.seconds).toBeGreaterThan(0);
		expect(result.deliverable_url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/.+\.png$/);
		expect(result.deliverable_bytes).toBeGreaterThan(1_000);
		const steps = ['paid', 'picked up', 'image made', 'uploaded', 'delivered', 'client told'];
		const places = steps.map((step) => command.stdout.indexOf(`${String(result.order)}: ${step}`));
		expect(places).not.toContain(-1);
		expect(places).toEqual(places.toSorted((a, b) => a - b));
		for (const line of command.stdout.trimEnd().split('\n').slice(0, -1)) expect(line).toMatch(/^\d\d:\d\d:\d\d {2}\S/);
		await expectPortsFree(portsOf(command));
	}, START_LIMIT_MS);

	it('goes on with the data of the first start when started again', async () => {
		const first = lastLine(command);
		const before = readFileSync(join(command.dataFolder, 'demo.json'), 'utf8');
		await expectSuccess(command.run('--once'));
		const second = lastLine(command);
		expect(second).toMatchObject({ status: 'delivered' });
		expect(second.order).not.toBe(first.order);
		expect(readFileSync(join(command.dataFolder, 'demo.json'), 'utf8')).toBe(before);
	});

	it('starts from nothing with --fresh', async () => {
		const before = JSON.parse(readFileSync(join(command.dataFolder, 'demo.json'), 'utf8')) as DemoState;
		await expectSuccess(command.run('--once', '--fresh'));
		const after = JSON.parse(readFileSync(join(command.dataFolder, 'demo.json'), 'utf8')) as DemoState;
		expect(after.agentId).not.toBe(before.agentId);
		expect(lastLine(command)).toMatchObject({ status: 'delivered' });
	});
});

describe('npm start', () => {
	it('runs until Ctrl-C, which stops everything', async () => {
		const command = start().run();
		await command.waitForText('Stop everything with Ctrl-C.');
		const { ports } = JSON.parse(readFileSync(join(command.dataFolder, 'demo.json'), 'utf8')) as DemoState;
		expect(command.stdout).toContain(`http://127.0.0.1:${ports.marketplace}/`);
		expect(command.stdout).toMatch(new RegExp(`http://127\\.0\\.0\\.1:${ports.n8n}/workflow/\\w+`));
		expect(command.stdout).toContain('demo@example.com');
		expect((await fetch(`http://127.0.0.1:${ports.marketplace}/`)).status).toBe(200);

		command.interrupt();
		await command.waitForEnd();
		expect(command.stdout.trimEnd()).toMatch(/Stopped$/);
		expect(command.complaints).toEqual([]);
		await expectPortsFree(Object.values(ports));
	}, START_LIMIT_MS);

	it('refuses a second start on the same data with one sentence, and can be interrupted while n8n starts', async () => {
		const command = start().run();
		await command.waitForText('Starting n8n');
		const second = start(command.dataFolder).run('--once');
		expect(await second.waitForEnd()).not.toBe(0);
		expect(second.complaints).toEqual([expect.stringMatching(/^The sandbox is running already \(process \d+\)/)]);
		const n8n = await waitFor('the n8n of the first start', async () => command.findChild(/bin\/n8n start$/));
		command.interrupt();
		await command.waitForEnd();
		expect(command.stdout.trimEnd()).toMatch(/Stopped$/);
		expect(command.complaints).toEqual([]);
		expect(isAlive(n8n)).toBe(false);
	}, START_LIMIT_MS);

	it.each([
		['n8n', /bin\/n8n start$/],
		['the marketplace', /marketplace\/main\.ts/],
	])('ends with one sentence when %s is killed, and leaves nothing behind', async (name, program) => {
		const command = start().run();
		await command.waitForText('Stop everything with Ctrl-C.');
		const ports = portsOf(command);
		process.kill(command.findChild(program)!, 'SIGKILL');
		expect(await command.waitForEnd()).not.toBe(0);
		const sentence = `A part of the sandbox, ${name}, has ended although nobody stopped it, so everything else is stopped as well.`;
		expect(command.complaints).toEqual([expect.stringContaining(sentence)]);
		await waitFor('free ports', async () => (await Promise.all(ports.map(isPortFree))).every(Boolean));
	}, START_LIMIT_MS);

	it('says in one sentence that a port is in use', async () => {
		const server: Server = createServer();
		const port = await new Promise<number>((resolve) => {
			server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
		});
		try {
			for (const option of ['--port-n8n', '--port-marketplace', '--port-providers']) {
				const command = start().run('--once', option, String(port));
				expect(await command.waitForEnd()).not.toBe(0);
				expect(command.complaints).toEqual([
					`Port ${port} is in use: stop the program that uses it, or give another one with ${option}.`,
				]);
			}
		} finally {
			server.close();
		}
	});

	it('says in one sentence what is wrong with an option', async () => {
		const command = start().run('--port-n8n', 'many');
		expect(await command.waitForEnd()).not.toBe(0);
		expect(command.complaints).toEqual(['--port-n8n has to be a number from 1 to 65535, not "many".']);
	});
});
