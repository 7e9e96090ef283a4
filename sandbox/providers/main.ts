import { parseArgs } from 'node:util';
import { serve } from '@hono/node-server';
import { isLoopbackHost } from '../loopback';
import { createApp } from './app';

/** On a busy machine a client may take its time to use a connection again; to close it meanwhile breaks the request. */
const KEEP_ALIVE_MS = 75_000;

const USAGE = 'Usage: main.ts [--port <number, 0 for any free one>] [--host <loopback address>] [--quiet]';

/** Ends the process with one sentence on standard error. */
function giveUp(sentence: string): never {
	console.error(sentence);
	process.exit(1);
}

function readOptions() {
	try {
		const { values } = parseArgs({
			options: {
				port: { type: 'string', default: '5801' },
				host: { type: 'string', default: '127.0.0.1' },
				quiet: { type: 'boolean', default: false },
			},
		});
		return values;
	} catch (error) {
		return giveUp(`${error instanceof Error ? error.message : String(error)}. ${USAGE}`);
	}
}

const options = readOptions();
const port = Number(options.port);
if (!Number.isInteger(port) || port < 0 || port > 65535)
	giveUp(`--port has to be a number from 0 to 65535, not "${options.port}".`);
if (!isLoopbackHost(options.host)) {
	giveUp(
		`The providers listen on this machine only: --host has to be localhost or a loopback address, not "${options.host}".`,
	);
}

const app = createApp({ log: options.quiet ? undefined : (line) => console.log(line) });
const server = serve({ fetch: app.fetch, port, hostname: options.host, serverOptions: { keepAliveTimeout: KEEP_ALIVE_MS } }, (address) => {
	const host = options.host.includes(':') ? `[${options.host}]` : options.host;
	const url = `http://${host}:${address.port}`;
	if (!options.quiet) console.log(`Local model providers: ${url}`);
	process.send?.({ ready: true, url });
});
server.on('error', (error: NodeJS.ErrnoException) => {
	if (error.code === 'EADDRINUSE')
		giveUp(`Port ${port} on ${options.host} is in use. Stop the program that uses it, or choose another with --port.`);
	giveUp(`The local providers could not start: ${error.message}`);
});

const stop = () => process.exit(0);
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
// The parent's end closes the channel: a server that nobody can stop any more must not stay.
process.on('disconnect', stop);
