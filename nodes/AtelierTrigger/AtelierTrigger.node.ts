import { NodeConnectionTypes } from 'n8n-workflow';
import type { INodeExecutionData, INodeType, INodeTypeDescription, IPollFunctions } from 'n8n-workflow';

import { buildProperties } from './parameters';
import { pollOrders } from './poll';
import { getServices } from './services';

export class AtelierTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Atelier Trigger',
		name: 'atelierTrigger',
		icon: { light: 'file:../../icons/atelier.svg', dark: 'file:../../icons/atelier.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{ $parameter["events"].map((event) => event.split(".").pop().replaceAll("_", " ")).join(", ") }}',
		description: 'Starts the workflow when an Atelier order waits for you: paid, to be revised, to be quoted and more',
		defaults: { name: 'Atelier Trigger' },
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'atelierApi', required: true }],
		properties: buildProperties(),
	};

	methods = { loadOptions: { getServices } };

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		return await pollOrders.call(this);
	}
}
