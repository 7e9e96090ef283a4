import type { IDataObject } from 'n8n-workflow';

import type { Summary } from './operations/define';

/**
 * What Simplify leaves of the rows of an answer. Those of one list get the same fields, since the editor shows a field that
 * only some of them have in red.
 */
export function summarizeRows(rows: IDataObject[], summary: Summary): IDataObject[] {
	const kept = rows.map((row) => summarize(row, summary));
	const names = summary.flatMap((entry) => (typeof entry === 'string' ? [entry] : Object.keys(entry)));
	const present = names.filter((name) => kept.some((row) => name in row));
	return kept.map((row) => Object.fromEntries(present.map((name) => [name, name in row ? row[name] : null])));
}

/**
 * What Simplify leaves of an answer: the fields that the summary names, in its order, as far as they are there. Of a
 * field that is an object or a list of objects, the summary may name parts.
 */
function summarize(whole: IDataObject, summary: Summary): IDataObject {
	const kept: IDataObject = {};
	for (const entry of summary) {
		if (typeof entry === 'string') {
			if (entry in whole) kept[entry] = whole[entry];
			continue;
		}
		for (const [name, parts] of Object.entries(entry)) if (name in whole) kept[name] = summarizePart(whole[name], parts);
	}
	return kept;
}

function summarizePart(value: IDataObject[string], parts: Summary): IDataObject[string] {
	if (Array.isArray(value)) return value.map((entry) => summarizePart(entry as IDataObject, parts)) as IDataObject[];
	return typeof value === 'object' && value !== null ? summarize(value as IDataObject, parts) : value;
}
