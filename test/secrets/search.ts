import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Secrets by the name that a finding gives them. */
export type Secrets = Record<string, string>;

/** A secret where none should be: "<name> as <encoding> in <place>". */
export type Finding = string;

/** Characters of Base64 that depend on what stands before a text at one of the three positions it can have there. */
const LEADING_CHARACTERS = [0, 2, 3];

/** What is left of a text in Base64 whatever surrounds it, for a number of bytes before it. */
function base64Inside(text: string, bytesBefore: number): string {
	const bytes = Buffer.concat([Buffer.alloc(bytesBefore), Buffer.from(text, 'utf8')]);
	const whole = Math.floor((bytes.length * 8) / 6);
	return bytes.toString('base64').slice(LEADING_CHARACTERS[bytesBefore], whole);
}

/** A text's bytes, each as the character of its number. */
const bytesOf = (text: string) => Buffer.from(text, 'utf8').toString('latin1');

/** The forms in which a secret can be written, as bytes, with their encodings. Forms that are the same come once. */
export function formsOf(secret: string): Map<string, string> {
	const base64 = [0, 1, 2].map((bytesBefore) => base64Inside(secret, bytesBefore));
	const json = JSON.stringify(secret).slice(1, -1);
	const forms: Array<[encoding: string, form: string]> = [
		['plain text', bytesOf(secret)],
		['JSON', bytesOf(json)],
		['JSON in JSON', bytesOf(JSON.stringify(json).slice(1, -1))],
		['a URL', encodeURIComponent(secret)],
		['a form', new URLSearchParams({ v: secret }).toString().slice(2)],
		...base64.map((form): [string, string] => ['Base64', form]),
		...base64.map((form): [string, string] => ['Base64 for URLs', form.replaceAll('+', '-').replaceAll('/', '_')]),
		['hexadecimal', Buffer.from(secret, 'utf8').toString('hex')],
		['UTF-16', Buffer.from(secret, 'utf16le').toString('latin1')],
	];
	const byForm = new Map<string, string>();
	for (const [encoding, form] of forms) if (!byForm.has(form)) byForm.set(form, encoding);
	return byForm;
}

/** Looks for secrets in one piece of data, in every usual encoding. */
export function findIn(data: string | Buffer, place: string, secrets: Secrets): Finding[] {
	// Byte for byte, so that a form is found in anything, a database's pages included.
	const bytes = typeof data === 'string' ? bytesOf(data) : data.toString('latin1');
	return Object.entries(secrets).flatMap(([name, secret]) =>
		[...formsOf(secret)]
			.filter(([form]) => bytes.includes(form))
			.map(([, encoding]) => `${name} as ${encoding} in ${place}`),
	);
}

/** Looks for secrets in every file below a folder. */
export function findInFiles(folder: string, secrets: Secrets): Finding[] {
	const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
	return files.flatMap(({ parentPath, name }) => {
		const file = join(parentPath, name);
		return findIn(readFileSync(file), relative(folder, file), secrets);
	});
}

const SEPARATOR = Buffer.from('\n');

/** Looks for secrets in every row of an SQLite database: a long text is spread over pages of its file. */
export function findInDatabase(file: string, secrets: Secrets): Finding[] {
	const database = new DatabaseSync(file, { readOnly: true });
	try {
		const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all() as Array<{ name: string }>;
		return tables.flatMap(({ name }) => {
			const rows = database.prepare(`SELECT * FROM "${name}"`).all();
			const values = rows.flatMap((row) => Object.values(row));
			const data = values.map((value) => (value instanceof Uint8Array ? Buffer.from(value) : Buffer.from(String(value), 'utf8')));
			return findIn(Buffer.concat(data.flatMap((value) => [value, SEPARATOR])), `table ${name}`, secrets);
		});
	} finally {
		database.close();
	}
}
