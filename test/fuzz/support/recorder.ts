import { mkdirSync, writeFileSync } from 'node:fs';
import nock from 'nock';

import type { NodeResult, NodeRun } from '../../engine/support/engine';
import { CORPUS_FOLDER, corpusFile, ORIGIN, toJson } from './corpus';
import type { Exchange, Sample } from './corpus';

/** Secrets that the sandbox makes up are replaced, so that nobody takes them for somebody's. */
const SECRET_VALUE = /\b(atelier|whsec)_([0-9a-f]{16})[0-9a-f]*/g;

/** Keeps what a server answers to the node's operations, as samples for the corpus. */
export class Recorder {
	private readonly samples = new Map<string, Sample[]>();

	/**
	 * Runs an operation and keeps its calls and their answers.
	 *
	 * @param operation e.g. `order.getAll`
	 * @param origin where the server is; the samples do not depend on it
	 */
	async record(
		operation: string,
		{ parameters, items }: Pick<NodeRun, 'parameters' | 'items'>,
		origin: string,
		run: () => Promise<NodeResult>,
	): Promise<NodeResult> {
		if (!nock.isActive()) nock.activate();
		nock.recorder.rec({ dont_print: true, output_objects: true });
		try {
			const result = await run();
			const exchanges = (nock.recorder.play() as nock.Definition[]).map(toExchange);
			const text = toJson({ parameters, items, exchanges }).replaceAll(origin, ORIGIN).replace(SECRET_VALUE, '$1_$2');
			this.samples.set(operation, [...(this.samples.get(operation) ?? []), JSON.parse(text) as Sample]);
			return result;
		} finally {
			nock.recorder.clear();
			nock.restore();
		}
	}

	/** Writes a file for each operation, with the shortest of all samples that made the same calls. */
	write(): void {
		mkdirSync(CORPUS_FOLDER, { recursive: true });
		for (const [operation, samples] of this.samples) {
			const shortest = new Map<string, Sample>();
			for (const sample of [...samples].sort((a, b) => toJson(a).length - toJson(b).length)) {
				const calls = sample.exchanges.map(({ call, status }) => `${call.replace(/_\w+/g, '')} ${status}`);
				const kind = [...new Set(calls)].join();
				if (!shortest.has(kind)) shortest.set(kind, sample);
			}
			writeFileSync(corpusFile(operation), `${JSON.stringify([...shortest.values()], null, '\t')}\n`);
		}
	}
}

function toExchange({ method, path, status, response, rawHeaders }: nock.Definition): Exchange {
	const type = (rawHeaders as unknown as Record<string, string>)['content-type'];
	return { call: `${method} ${String(path).split('?')[0]}`, status: Number(status), ...(type && { type }), body: response };
}
