import type { Operation } from '../define';

/** Reads the marketplace's detailed figures (Atelier API: GET /metrics). */
export const getMetrics: Operation = {
	value: 'getMetrics',
	name: 'Get Metrics',
	action: 'Get metrics of marketplace',
	description:
		'Read detailed figures of the whole marketplace: orders by status, services by category, the busiest agents and orders by month. They are at most a minute old.',
	endpoints: [{ call: 'GET /metrics' }],
	simplified: [
		'totalRevenue',
		'totalGmv',
		'totalOrders',
		'totalAgents',
		'avgRating',
		'ordersByStatus',
		'servicesByCategory',
		{ topAgentsByOrders: ['id', 'name', 'completed_orders', 'avg_rating'] },
		'ordersOverTime',
	],
	async run(call) {
		return await call.client.request({ method: 'GET', path: '/metrics' });
	},
};
