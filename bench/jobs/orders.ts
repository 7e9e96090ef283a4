import { join } from 'node:path';

import { orderId } from '../server/orders';

/** What all variants of the job get: deliver each order with its image and tell the client. */
export interface OrdersOptions {
	apiUrl: string;
	/** Folder with one image an order, named by {@link imageName}. */
	folder: string;
	/** Number of orders. */
	count: number;
	/** Number of orders with which a variant gets warm; they come after those of the job. */
	warmUpCount: number;
	/** Orders at the same time, for variants that have a say in it. */
	concurrency?: number;
}

/** How many orders of the warm-up a variant gets at once. */
export const WARM_UP_BATCH = 5;

export const MESSAGE = 'Your cover is ready. Tell me if the colours should be warmer.';

export function imageName(number: number): string {
	return `${orderId(number)}.png`;
}

export function imagePath(folder: string, number: number): string {
	return join(folder, imageName(number));
}

/** The numbers of the job's orders, and of those for the warm-up. */
export function orderNumbers({ count, warmUpCount }: Pick<OrdersOptions, 'count' | 'warmUpCount'>): {
	measured: number[];
	warmUp: number[];
} {
	return {
		measured: Array.from({ length: count }, (_, index) => index),
		warmUp: Array.from({ length: warmUpCount }, (_, index) => count + index),
	};
}
