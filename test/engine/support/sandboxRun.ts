import { resources } from '../../../nodes/Atelier/operations';
import { SandboxControl } from '../../../sandbox/marketplace/control';
import type { SandboxAgent } from '../../../sandbox/marketplace/control';
import { startMarketplace } from '../../../sandbox/marketplace/process';
import type { RunningMarketplace } from '../../../sandbox/marketplace/process';
import { Recorder } from '../../fuzz/support/recorder';
import { runNode } from './engine';
import type { NodeResult, NodeRun } from './engine';
import { readSchema, schemaOf, violations, writeSchema } from './outputSchema';

/** Which test file under test/engine/sandbox runs which resources. */
export const RESOURCES_OF_FILE = {
	agents: ['agent', 'service'],
	bounties: ['bounty'],
	market: ['market'],
	money: ['earn', 'token', 'wallet'],
	orders: ['file', 'message', 'order'],
};

/** Set by `npm run schemas`: the outputs make the schemas, in place of being held against them. */
const WRITES_SCHEMAS = process.env.WRITE_OUTPUT_SCHEMAS === '1';

/** Set by `npm run corpus`: what the sandbox answers is kept for the fuzz tests. */
const RECORDS = process.env.WRITE_FUZZ_CORPUS === '1';

export interface RunSettings {
	/** Whose key the credential holds; none without. */
	as?: SandboxAgent | null;
	items?: NodeRun['items'];
}

/** A marketplace of a test file's own, without rate limits, on which the node's operations run in n8n's engine. */
export class SandboxRun {
	private marketplace?: RunningMarketplace;
	private readonly outputs = new Map<string, NodeResult['items']>();
	private readonly recorder = RECORDS ? new Recorder() : undefined;

	constructor(private readonly file: keyof typeof RESOURCES_OF_FILE) {
		beforeAll(async () => {
			this.marketplace = await startMarketplace({ rateLimit: false });
		}, 60_000);
		afterAll(async () => {
			await this.marketplace?.stop();
			this.recorder?.write();
		});
	}

	/** The buyer's and the platform's side. */
	get control(): SandboxControl {
		return new SandboxControl(this.marketplace!.url);
	}

	get apiUrl(): string {
		return this.marketplace!.apiUrl;
	}

	/**
	 * Runs an operation, which has to succeed; its output has to be as the operation's schema says.
	 *
	 * @param operation e.g. `order.getAll`
	 */
	async run(operation: string, parameters: NodeRun['parameters'], settings: RunSettings): Promise<NodeResult> {
		const attempt = async () => await this.attempt(operation, parameters, settings);
		const sample = { parameters, items: settings.items };
		const result = await (this.recorder?.record(operation, sample, this.marketplace!.url, attempt) ?? attempt());
		if (result.error) throw result.error;
		if (parameters.simplify !== false) this.holdAgainstSchema(operation, result.items);
		return result;
	}

	/** Runs an operation that has to be refused, and returns its error. */
	async refused(operation: string, parameters: NodeRun['parameters'], settings: RunSettings): Promise<NonNullable<NodeResult['error']>> {
		const { error } = await this.attempt(operation, parameters, settings);
		if (!error) throw new Error(`${operation} was not refused`);
		return error;
	}

	/** Comes last in a file: every operation of its resources has been run, and its schema says exactly what came out. */
	checkSchemas(): void {
		const operations = RESOURCES_OF_FILE[this.file].flatMap((resource) =>
			resources.find(({ value }) => value === resource)!.operations.map(({ value }) => `${resource}.${value}`),
		);
		it.each(operations)('has the schema of what %s put out', (operation) => {
			const items = this.outputs.get(operation) ?? [];
			expect(items).not.toEqual([]);
			const schema = schemaOf(items);
			if (WRITES_SCHEMAS) writeSchema(...place(operation), schema);
			expect(readSchema(...place(operation))).toEqual(schema);
		});
	}

	private holdAgainstSchema(operation: string, items: NodeResult['items']): void {
		this.outputs.set(operation, [...(this.outputs.get(operation) ?? []), ...items]);
		if (WRITES_SCHEMAS) return;
		const schema = readSchema(...place(operation));
		if (!schema) throw new Error(`${operation} has no output schema: npm run schemas writes it`);
		expect({ operation, violations: items.flatMap((item) => violations(schema, item)) }).toEqual({ operation, violations: [] });
	}

	private async attempt(operation: string, parameters: NodeRun['parameters'], { as = null, items }: RunSettings): Promise<NodeResult> {
		const [resource, value] = place(operation);
		return await runNode({
			parameters: { resource, operation: value, ...parameters },
			credential: as && { apiKey: as.api_key, baseUrl: this.apiUrl, largeUploadUrl: `${this.apiUrl}/blob/` },
			...(items && { items }),
		});
	}
}

function place(operation: string): [resource: string, operation: string] {
	const [resource, value] = operation.split('.');
	return [resource, value];
}
