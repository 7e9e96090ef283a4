import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import getPort from 'get-port';

import { PROJECT_ROOT } from '../../scripts/support/paths';
import { isPortFree } from '../processes';
import type { Ports } from '../stack';
import { findTemplate } from './templates';

const USUAL_PORTS: Ports = { n8n: 5678, marketplace: 4111, providers: 5801 };

/** What the demo's command line takes. */
export const USAGE = `Usage: npm start -- [options]
  --template N          show the template with this number in workflows/, e.g. 7 or 6a, from nothing each time
  --once                end after the first delivery, or what else the template does; the last line of the output is JSON
  --fresh               forget agents, orders, workflows and files of earlier starts
  --port-n8n N          port of n8n (else ${USUAL_PORTS.n8n}, or a free one)
  --port-marketplace N  port of the marketplace (else ${USUAL_PORTS.marketplace}, or a free one)
  --port-providers N    port of the model providers (else ${USUAL_PORTS.providers}, or a free one)
  --data FOLDER         where everything is kept (else .sandbox in the project)
  --help                show this`;

/** The demo's command line. */
export interface DemoOptions {
	once: boolean;
	fresh: boolean;
	help: boolean;
	/** The name of the template that was asked for, e.g. "07-video-orders". */
	template?: string;
	/** Absolute path of the folder that keeps everything. */
	dataFolder: string;
	/** The ports that were asked for. */
	ports: Partial<Ports>;
}

/** @throws Error with one sentence that says which option is wrong */
export function readOptions(): DemoOptions {
	const { values } = parseArgs({
		options: {
			template: { type: 'string' },
			once: { type: 'boolean', default: false },
			fresh: { type: 'boolean', default: false },
			'port-n8n': { type: 'string' },
			'port-marketplace': { type: 'string' },
			'port-providers': { type: 'string' },
			data: { type: 'string', default: join(PROJECT_ROOT, '.sandbox') },
			help: { type: 'boolean', default: false },
		},
	});
	const port = (name: keyof Ports) => {
		const text = values[`port-${name}`];
		if (text === undefined) return undefined;
		const number = Number(text);
		if (Number.isInteger(number) && number > 0 && number < 65_536) return number;
		throw new Error(`--port-${name} has to be a number from 1 to 65535, not "${text}".`);
	};
	return {
		template: values.template === undefined ? undefined : findTemplate(values.template),
		once: values.once,
		fresh: values.fresh,
		help: values.help,
		dataFolder: resolve(values.data),
		ports: { n8n: port('n8n'), marketplace: port('marketplace'), providers: port('providers') },
	};
}

/** @throws Error with one sentence when a port that was asked for is in use */
export async function checkPorts(wanted: Partial<Ports>): Promise<void> {
	for (const [name, port] of Object.entries(wanted)) {
		if (port === undefined || (await isPortFree(port))) continue;
		throw new Error(`Port ${port} is in use: stop the program that uses it, or give another one with --port-${name}.`);
	}
}

/** The ports to use: the one that was asked for, or else the last or the usual one if it is free, or any free one. */
export async function choosePorts(wanted: Partial<Ports>, last: Ports | undefined): Promise<Ports> {
	const choose = async (name: keyof Ports) =>
		wanted[name] ?? (await getPort({ port: [last?.[name] ?? USUAL_PORTS[name], USUAL_PORTS[name]] }));
	return { n8n: await choose('n8n'), marketplace: await choose('marketplace'), providers: await choose('providers') };
}

