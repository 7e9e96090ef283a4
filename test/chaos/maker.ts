import { createHash, randomBytes } from 'node:crypto';
import { NodeConnectionTypes, NodeOperationError } from 'n8n-workflow';
import type { IExecuteFunctions, INodeExecutionData, INodeType, INodeTypeDescription } from 'n8n-workflow';
import sharp from 'sharp';

const description = (name: string): INodeTypeDescription => ({
	displayName: name,
	name,
	group: ['transform'],
	version: 1,
	description: name,
	defaults: { name },
	inputs: [NodeConnectionTypes.Main],
	outputs: [NodeConnectionTypes.Main],
	properties: [],
});

/** Above the size up to which files travel as a form. */
const LARGE_BYTES = 4_300_000;

/** One execution in so many finds the model out of order. */
const EXECUTIONS_PER_OUTAGE = 10;

/**
 * Stands in for an image model: makes a file for each order that no other is like, and keeps count. Now and then it is
 * out of order for a whole execution, which fails then.
 */
export class Maker {
	private executions = 0;
	/** Digests of what was made, by order. */
	private readonly made = new Map<string, string[]>();

	/** How many files were made. */
	get generations(): number {
		return [...this.made.values()].reduce((total, { length }) => total + length, 0);
	}

	/** Whether this is what was made for the order, in whichever attempt. */
	hasMade(orderId: string, content: Buffer): boolean {
		return this.made.get(orderId)?.includes(digestOf(content)) ?? false;
	}

	/** The node that makes. */
	nodeType(): INodeType {
		const make = this.make.bind(this);
		const isOut = () => (this.executions += 1) % EXECUTIONS_PER_OUTAGE === 2;
		return {
			description: description('make'),
			async execute(this: IExecuteFunctions) {
				if (isOut()) throw new NodeOperationError(this.getNode(), 'The model is out of order');
				const items = this.getInputData();
				return [await Promise.all(items.map(async (item, index) => await make(this, item, index)))];
			},
		};
	}

	private async make(context: IExecuteFunctions, { json }: INodeExecutionData, index: number): Promise<INodeExecutionData> {
		const { id } = json.order as { id: string };
		const { content, fileName, mimeType } = await fileFor(id);
		this.made.set(id, [...(this.made.get(id) ?? []), digestOf(content)]);
		const data = await context.helpers.prepareBinaryData(content, fileName, mimeType);
		return { json, binary: { data }, pairedItem: { item: index } };
	}
}

/** Lets through what was delivered just now, as the If node of the templates does. */
export const newlyDelivered: INodeType = {
	description: description('newlyDelivered'),
	async execute(this: IExecuteFunctions) {
		const items = this.getInputData().map((item, index) => ({ ...item, pairedItem: { item: index } }));
		return [items.filter(({ json }) => json.already_delivered === false)];
	},
};

/** Mostly texts, some pictures, and now and then a film that is too large for a form. */
async function fileFor(orderId: string): Promise<{ content: Buffer; fileName: string; mimeType: string }> {
	const kind = createHash('sha256').update(orderId).digest().readUInt8() / 256;
	if (kind < 0.02) return { content: randomBytes(LARGE_BYTES), fileName: 'film.mp4', mimeType: 'video/mp4' };
	if (kind < 0.3) {
		const [r, g, b] = randomBytes(3);
		// Noise makes two pictures of the same colour two pictures.
		const noise = { type: 'gaussian', mean: 128, sigma: 30 } as const;
		const picture = sharp({ create: { width: 48, height: 48, channels: 3, background: { r, g, b }, noise } });
		return { content: await picture.png().toBuffer(), fileName: 'cover.png', mimeType: 'image/png' };
	}
	const text = `Order ${orderId}: ${randomBytes(60).toString('hex')}\n`;
	return { content: Buffer.from(text), fileName: 'article.md', mimeType: 'text/markdown' };
}

function digestOf(content: Buffer): string {
	return createHash('sha256').update(content).digest('hex');
}
