import type { PrepareJob } from '../measure/job';
import { MESSAGE } from './orders';
import type { OrdersOptions } from './orders';
import { ordersInEngine } from './ordersInEngine';

/** The job with this package's node. */
export const prepare: PrepareJob<OrdersOptions> = async (options) => {
	const common = options.concurrency === undefined ? {} : { options: { concurrency: options.concurrency } };
	return await ordersInEngine(options, [
		{
			name: 'Deliver',
			type: 'atelier',
			parameters: {
				resource: 'order',
				operation: 'deliver',
				orderId: { __rl: true, mode: 'id', value: '={{ $json.id }}' },
				...common,
			},
		},
		{
			name: 'Tell',
			type: 'atelier',
			parameters: {
				resource: 'message',
				operation: 'send',
				orderId: { __rl: true, mode: 'id', value: '={{ $json.id }}' },
				content: MESSAGE,
				...common,
			},
		},
	]);
};
