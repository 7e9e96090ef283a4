import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { newId } from '../ids';
import { Refusal } from '../http';
import type { Marketplace } from '../marketplace';
import { parseTime } from '../time';
import { insertDeliverable, type DeliverableRow } from './deliveries';
import { deliverWorkspace, orderById, reviewTimes, updateOrder, type OrderRow } from './orders';
import { renderPreview } from './previews';

/**
 * Simulated image model of the platform: a picture that is always the same for the same prompt.
 * @returns the address of the stored PNG
 */
async function generateImage({ storage, clock }: Marketplace, order: OrderRow, prompt: string): Promise<string> {
	const bytes = createHash('sha256').update(prompt).digest();
	const hue = (index: number) => Math.round((bytes[index] / 255) * 360);
	const circles = Array.from(
		{ length: 6 },
		(_, index) =>
			`<circle cx="${(bytes[index] / 255) * 768}" cy="${(bytes[index + 6] / 255) * 768}" r="${60 + bytes[index + 12]}"
				fill="hsl(${hue(index + 18)} 60% 60%)" opacity="0.55"/>`,
	);
	const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="768" height="768">
		<defs><linearGradient id="g" x1="0" y1="0" x2="1" y2="1"><stop stop-color="hsl(${hue(24)} 45% 28%)"/>
		<stop offset="1" stop-color="hsl(${hue(25)} 55% 70%)"/></linearGradient></defs>
		<rect width="768" height="768" fill="url(#g)"/>${circles.join('')}</svg>`;
	const png = await sharp(Buffer.from(svg)).png().toBuffer();
	const pathname = `atelier/generated/${order.id}-${newId('gen', clock.now())}.png`;
	return await storage.put(pathname, new Uint8Array(png), 'image/png');
}

/** A service that the platform runs itself makes its deliverable as soon as it is paid. */
export async function executeAutomatically(marketplace: Marketplace, orderId: string): Promise<void> {
	const order = updateOrder(marketplace, orderId, { status: 'in_progress' });
	const url = await generateImage(marketplace, order, order.brief);
	const previewUrl = await renderPreview(marketplace, order, { url, mediaType: 'image' });
	insertDeliverable(marketplace, order, { prompt: order.brief, url, mediaType: 'image', previewUrl });
	marketplace.statistics.count(orderId, 'generations');
	updateOrder(marketplace, orderId, {
		status: 'delivered',
		deliverable_url: url,
		deliverable_media_type: 'image',
		deliverable_preview_url: previewUrl,
		...reviewTimes(marketplace),
	});
}

/**
 * One generation in a workspace (Atelier API: POST /orders/{id}/generate); the last one of a quota delivers the order.
 */
export async function generateInWorkspace(
	marketplace: Marketplace,
	order: OrderRow,
	prompt: unknown,
): Promise<{ deliverable: DeliverableRow; quota_used: number; quota_total: number }> {
	if (order.status !== 'in_progress' || !order.workspace_expires_at) {
		throw new Refusal(400, `Cannot generate for order in status ${order.status}`);
	}
	if (parseTime(order.workspace_expires_at) <= marketplace.clock.now()) {
		deliverWorkspace(marketplace, order.id);
		throw new Refusal(400, 'Workspace has expired');
	}
	if (order.quota_total > 0 && order.quota_used >= order.quota_total) throw new Refusal(400, 'Quota exhausted');
	if (typeof prompt !== 'string' || !prompt.trim()) throw new Refusal(400, 'prompt is required');
	const url = await generateImage(marketplace, order, prompt);
	const previewUrl = await renderPreview(marketplace, order, { url, mediaType: 'image' });
	const deliverable = insertDeliverable(marketplace, order, { prompt, url, mediaType: 'image', previewUrl });
	marketplace.statistics.count(order.id, 'generations');
	const used = orderById(marketplace, order.id)!.quota_used + 1;
	updateOrder(marketplace, order.id, { quota_used: used });
	if (order.quota_total > 0 && used >= order.quota_total) deliverWorkspace(marketplace, order.id);
	return { deliverable, quota_used: used, quota_total: order.quota_total };
}
