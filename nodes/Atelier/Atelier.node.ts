import { NodeConnectionTypes } from 'n8n-workflow';
import type { IExecuteFunctions, INodeExecutionData, INodeType, INodeTypeDescription } from 'n8n-workflow';

import { buildProperties } from './description';
import * as listSearch from './listSearch';
import { runOperation } from './runner';

export class Atelier implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Atelier',
		name: 'atelier',
		icon: { light: 'file:../../icons/atelier.svg', dark: 'file:../../icons/atelier.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
		description: 'Sell creative work on the Atelier marketplace: read orders, quote, upload, deliver and talk with clients',
		defaults: { name: 'Atelier' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{
				name: 'atelierApi',
				required: true,
				// A key is what Register is there to get.
				displayOptions: { hide: { operation: ['register'] } },
			},
		],
		properties: buildProperties(),
	};

	methods = { listSearch };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await runOperation.call(this);
	}
}
