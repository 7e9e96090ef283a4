import { runInNewContext } from 'node:vm';
import { makeJsonInstance, type JsonSchema } from '../../sandbox/providers/making/jsonInstance';
import { toSubject, writeText } from '../../sandbox/providers/making/text';

describe('writeText', () => {
	it.each([
		['Write a haiku about the sea', 'the sea'],
		['Please create a logo brief for a bakery. Keep it short.', 'a bakery'],
		['Describe a mug', 'a mug'],
		['A fox in the snow', 'A fox in the snow'],
		['', 'nothing in particular'],
	])('finds what "%s" is about', (prompt, subject) => expect(toSubject(prompt)).toBe(subject));

	it('writes JavaScript that runs, whatever the subject', () => {
		const code = writeText('Give only the code of a JavaScript program about "quotes", `ticks` and $& or </script>');
		const lines: string[] = [];
		runInNewContext(code, { console: { log: (line: string) => lines.push(line) } });
		expect(lines).toEqual([expect.stringMatching(/"quotes", `ticks` and \$& or <\/script> \(10 words\)$/)]);
	});

	it('keeps markup of the subject out of HTML', () => {
		const html = writeText('Write an HTML page about <b>bold</b> claims');
		expect(html).toContain('<h1>&#60;b&#62;bold&#60;/b&#62; claims</h1>');
	});

	it('keeps the subject as it is, dollar signs and all', () => {
		expect(writeText("Write a slogan for $& and $'")).toContain("$& and $'");
	});
});

describe('makeJsonInstance', () => {
	it.each([
		[{ type: 'integer', minimum: 3, maximum: 3 }, 3],
		[{ type: 'integer', exclusiveMinimum: 3, maximum: 4 }, 4],
		[{ type: 'boolean' }, true],
		[{ const: 'x' }, 'x'],
		[{ enum: ['only'] }, 'only'],
		[{ anyOf: [{ type: 'null' }, { type: 'boolean' }] }, true],
		[{ type: ['null', 'boolean'] }, true],
		[{ type: 'null' }, null],
		[{ allOf: [{ properties: { a: { const: 1 } } }, { properties: { b: { const: 2 } } }] }, { a: 1, b: 2 }],
		[{ type: 'array', items: { const: 1 }, minItems: 4 }, [1, 1, 1, 1]],
		[{ type: 'array', items: { const: 1 }, maxItems: 1 }, [1]],
		[{ type: 'string', maxLength: 3 }, 'a m'],
		[{ properties: { link_url: { type: 'string' } } }, { link_url: 'https://example.com/' }],
		[{ type: 'object', properties: { 'a/b': { $ref: '#/$defs/c~1d' } }, $defs: { 'c/d': { const: 5 } } }, { 'a/b': 5 }],
	])('fits %j', (schema, value) => expect(makeJsonInstance(schema as JsonSchema, 'Describe a mug')).toEqual(value));

	it('takes ids and links from the prompt', () => {
		const schema = { properties: { order_id: { type: 'string' }, file_url: { type: 'string', format: 'uri' } } };
		expect(makeJsonInstance(schema, 'Deliver https://cdn.test/a.png to ord_7xk, please')).toEqual({
			order_id: 'ord_7xk',
			file_url: 'https://cdn.test/a.png',
		});
	});

	it('comes to an end with a schema that contains itself', () => {
		const node = { type: 'object', properties: { children: { type: 'array', items: { $ref: '#' } } } };
		expect(JSON.stringify(makeJsonInstance(node, 'x')).length).toBeLessThan(10_000);
	});
});
