import { runChain, startEngine, storeItems } from '../engine/engine';
import type { Step } from '../engine/engine';
import type { Job } from '../measure/job';
import { orderId } from '../server/orders';
import { imageName, imagePath, orderNumbers, WARM_UP_BATCH } from './orders';
import type { OrdersOptions } from './orders';

/** The job as a chain of nodes in n8n's engine, on items `{id}` with the image in the binary field `data`. */
export async function ordersInEngine(options: OrdersOptions, steps: Step[]): Promise<Job> {
	const { apiUrl, folder } = options;
	await startEngine();
	const toItems = async (numbers: number[]) =>
		await storeItems(
			numbers.map((number) => ({
				json: { id: orderId(number) },
				file: { path: imagePath(folder, number), fileName: imageName(number), mimeType: 'image/png' },
			})),
		);
	const numbers = orderNumbers(options);
	const [items, warmUpItems] = [await toItems(numbers.measured), await toItems(numbers.warmUp)];
	return {
		// Few at a time, so that the memory which many at a time take is not there before the job.
		warmUp: async () => {
			for (let first = 0; first < warmUpItems.length; first += WARM_UP_BATCH) {
				await runChain(steps, warmUpItems.slice(first, first + WARM_UP_BATCH), apiUrl);
			}
		},
		run: async () => void (await runChain(steps, items, apiUrl)),
	};
}
