import { parseArgs } from 'node:util';
import { serve } from '@hono/node-server';
import { openMarketplace } from './marketplace';
import { releaseOverdueOrders } from './domain/purchases';
import { createApp } from './server';
import { MINUTE } from './time';
import { isLoopbackHost } from '../loopback';

/** On a busy machine a client may take its time to use a connection again; to close it meanwhile breaks the request. */
const KEEP_ALIVE_MS = 75_000;

// The command line of the sandbox's marketplace: reads the options, listens, says where, and stops cleanly.

const DEFAULT_PORT = '4111';
const USAGE = `Usage: npm run sandbox -- [options]
  --port N                    port to listen on; 0 takes a free one (default ${DEFAULT_PORT})
  --host ADDRESS              address to listen on (default 127.0.0.1)
  --allow-remote              permits a --host that other machines can reach
  --data FOLDER               keeps agents, orders and files in this folder (default: in memory)
  --rate-limit on|off         whether the API's rate limits apply (default on)
  --allow-loopback-webhooks   sends webhooks to receivers on this machine
  --quiet                     prints nothing`;

/** Ends the process with one sentence on standard error. */
function giveUp(sentence: string): never {
	console.error(sentence);
	process.exit(1);
}

function readOptions() {
	try {
		const { values } = parseArgs({
			options: {
				port: { type: 'string', default: DEFAULT_PORT },
				host: { type: 'string', default: '127.0.0.1' },
				'allow-remote': { type: 'boolean', default: false },
				data: { type: 'string' },
				'rate-limit': { type: 'string', default: 'on' },
				'allow-loopback-webhooks': { type: 'boolean', default: false },
				quiet: { type: 'boolean', default: false },
				help: { type: 'boolean', default: false },
			},
		});
		return values;
	} catch (error) {
		return giveUp(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
	}
}

function main(): void {
	const options = readOptions();
	if (options.help) {
		console.log(USAGE);
		return;
	}
	const port = Number(options.port);
	const { host } = options;
	if (!Number.isInteger(port) || port < 0 || port > 65_535)
		giveUp(`--port must be a number from 0 to 65535, not "${options.port}".`);
	if (options['rate-limit'] !== 'on' && options['rate-limit'] !== 'off') {
		giveUp(`--rate-limit must be on or off, not "${options['rate-limit']}".`);
	}
	if (!isLoopbackHost(host) && !options['allow-remote']) {
		giveUp(
			`The sandbox has no passwords, so it only listens on this machine; ` +
				`to let other machines reach it at ${host}, add --allow-remote.`,
		);
	}

	const marketplace = openMarketplace({
		dataFolder: options.data,
		rateLimit: options['rate-limit'] === 'on',
		allowLoopbackWebhooks: options['allow-loopback-webhooks'],
	});
	const app = createApp(marketplace, { allowRemote: options['allow-remote'] });
	const server = serve({ fetch: app.fetch, port, hostname: host, serverOptions: { keepAliveTimeout: KEEP_ALIVE_MS } }, (address) => {
		const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
		marketplace.origin = `http://${name}:${address.port}`;
		if (!options.quiet) printAddresses(marketplace.origin);
		process.send?.({ ready: true, url: marketplace.origin });
	});
	server.on('error', (error: NodeJS.ErrnoException) => {
		if (error.code === 'EADDRINUSE')
			giveUp(`Port ${port} is in use; choose another with --port, or --port 0 for a free one.`);
		giveUp(`The sandbox could not listen on ${host}:${port}: ${error.message}`);
	});

	const job = setInterval(() => releaseOverdueOrders(marketplace), MINUTE);
	const stop = () => {
		clearInterval(job);
		server.close(() => {
			marketplace.close();
			process.exit(0);
		});
		if ('closeAllConnections' in server) server.closeAllConnections();
	};
	process.once('SIGTERM', stop);
	process.once('SIGINT', stop);
	// A forked sandbox does not outlive the program that started it.
	process.once('disconnect', stop);
}

function printAddresses(url: string): void {
	console.log(`
  The Atelier sandbox is running. Nothing here is real: no money, no chain, no accounts.

  Buyer's page     ${url}/
  API base URL     ${url}/api        (for the Atelier credential in n8n)
  Blob upload URL  ${url}/api/blob/  (for large files, in the same credential)

  Stop it with Ctrl-C.
`);
}

main();
