import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { findIn, findInDatabase, findInFiles } from '../secrets/search';

// The tests that look for secrets pass when they find none. These plant some: what is there is found.

const SECRETS = { 'the API key': `atelier_${'0d9c'.repeat(12)}`, "the model's key": 'sk-"quoted"/+=%&\\ü~1234' };
const [KEY, MODEL_KEY] = Object.values(SECRETS);

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'n8n-nodes-atelier-secrets-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe.each(Object.entries(SECRETS))('%s', (name, secret) => {
	it.each<[encoding: string, planted: string | Buffer]>([
		['plain text', `Authorization: Bearer ${secret}\r\n`],
		['JSON', JSON.stringify({ headers: { authorization: `Bearer ${secret}` } })],
		['JSON in JSON', JSON.stringify({ data: JSON.stringify([secret]) })],
		['a URL', `GET /?key=${encodeURIComponent(secret)}&x=1`],
		['a form', new URLSearchParams({ key: secret, x: '1' }).toString()],
		['Base64', Buffer.from(secret).toString('base64')],
		['Base64', Buffer.from(`user:${secret}:x`).toString('base64')],
		['Base64', Buffer.from(`a:${secret}`).toString('base64')],
		['Base64 for URLs', Buffer.from(`.${secret}.`).toString('base64url')],
		['hexadecimal', Buffer.from(`--${secret}--`).toString('hex')],
		['UTF-16', Buffer.from(`<${secret}>`, 'utf16le')],
	])('is found as %s, in a file among others', (encoding, planted) => {
		mkdirSync(join(folder, 'deep', 'down'), { recursive: true });
		writeFileSync(join(folder, 'innocent.log'), 'nothing to see');
		writeFileSync(join(folder, 'deep', 'down', 'database.sqlite'), Buffer.concat([Buffer.from([0, 255, 128]), Buffer.from(planted)]));
		// Where two encodings write it alike, the first gives its name.
		expect(findInFiles(folder, SECRETS)).toContainEqual(
			expect.stringMatching(new RegExp(`^${name} as (plain text|Base64|${encoding}) in deep.down.database\\.sqlite$`)),
		);
	});
});

it('is found in a row of a database that is longer than a page', () => {
	const file = join(folder, 'database.sqlite');
	const database = new DatabaseSync(file);
	database.exec('CREATE TABLE execution_data (id INTEGER, data TEXT, file BLOB)');
	const insert = database.prepare('INSERT INTO execution_data VALUES (?, ?, ?)');
	insert.run(1, `${'x'.repeat(4000)}${JSON.stringify([KEY])}${'x'.repeat(9000)}`, null);
	insert.run(2, '', Buffer.from(MODEL_KEY));
	database.close();
	expect(findInDatabase(file, SECRETS)).toEqual([
		'the API key as plain text in table execution_data',
		"the model's key as plain text in table execution_data",
	]);
});

it('is not found where there is none, nor where only a part of one is', () => {
	const innocent = JSON.stringify({ masked: `${KEY.slice(0, 12)}...${KEY.slice(-4)}`, other: Buffer.from(KEY.slice(0, 40)).toString('base64') });
	expect(findIn(innocent, 'here', SECRETS)).toEqual([]);
});
