import { deliverEarlierPicture } from '../../../sandbox/demo/templates/earlierDelivery';
import type { Seller, TemplateBench } from './bench';

/** Delivers a small picture for an order, as the seller's earlier work; its bytes, PNG. */
export async function deliverPicture(bench: TemplateBench, { agent }: Seller, orderId: string): Promise<Buffer> {
	return await deliverEarlierPicture(bench.sandbox.stack.marketplace.apiUrl, agent.api_key, orderId);
}
