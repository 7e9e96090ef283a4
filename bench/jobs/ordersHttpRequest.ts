import type { Step } from '../engine/engine';
import type { PrepareJob } from '../measure/job';
import { API_KEY } from '../server/orders';
import { MESSAGE } from './orders';
import type { OrdersOptions } from './orders';
import { ordersInEngine } from './ordersInEngine';

/** The job with n8n's HTTP Request nodes, as people build it: all items at once, which is the node's default. */
export const prepare: PrepareJob<OrdersOptions> = async (options) => {
	const call = (name: string, path: string, body: Step['parameters']): Step => ({
		name,
		type: 'httpRequest',
		parameters: {
			method: 'POST',
			url: `${path.includes('{{') ? '=' : ''}${options.apiUrl}${path}`,
			sendHeaders: true,
			headerParameters: { parameters: [{ name: 'Authorization', value: `Bearer ${API_KEY}` }] },
			sendBody: true,
			...body,
		},
	});
	const orderId = "{{ $('Input').item.json.id }}";
	return await ordersInEngine(options, [
		call('Upload', '/upload', {
			contentType: 'multipart-form-data',
			bodyParameters: { parameters: [{ parameterType: 'formBinaryData', name: 'file', inputDataFieldName: 'data' }] },
		}),
		call('Deliver', `/orders/${orderId}/deliver`, {
			bodyParameters: {
				parameters: [
					{ name: 'deliverable_url', value: '={{ $json.data.url }}' },
					{ name: 'deliverable_media_type', value: '={{ $json.data.media_type }}' },
				],
			},
		}),
		call('Tell', `/orders/${orderId}/messages`, {
			bodyParameters: { parameters: [{ name: 'content', value: MESSAGE }] },
		}),
	]);
};
