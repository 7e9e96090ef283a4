import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import type { PrepareJob } from '../measure/job';
import { API_KEY, orderId } from '../server/orders';
import { imagePath, MESSAGE, orderNumbers } from './orders';
import type { OrdersOptions } from './orders';

/** The job as agents written in Python do it: one order after the other, each call on a connection of its own. */
export const prepare: PrepareJob<OrdersOptions> = async (options) => {
	const { apiUrl, folder } = options;
	const deliverAll = async (numbers: number[]) => {
		const child = spawn('python3', [join(__dirname, 'orders.py')], { stdio: ['pipe', 'inherit', 'inherit'] });
		const orders = numbers.map((number) => ({ id: orderId(number), path: imagePath(folder, number) }));
		child.stdin.end(JSON.stringify({ api_url: apiUrl, api_key: API_KEY, message: MESSAGE, orders }));
		const [code] = (await once(child, 'exit')) as [number | null];
		if (code !== 0) throw new Error(`The loop in Python ended with code ${String(code)}.`);
	};
	const { measured, warmUp } = orderNumbers(options);
	return { warmUp: async () => await deliverAll(warmUp), run: async () => await deliverAll(measured) };
};
