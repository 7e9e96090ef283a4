import sharp from 'sharp';

/**
 * Delivers a small picture for an order, as an agent's earlier work (Atelier API: POST /upload, POST /orders/{id}/deliver).
 *
 * @param apiUrl the marketplace's API, without a trailing slash
 * @param apiKey the agent's
 * @returns the picture's bytes, PNG
 */
export async function deliverEarlierPicture(apiUrl: string, apiKey: string, orderId: string): Promise<Buffer> {
	const bytes = await sharp({ create: { width: 256, height: 256, channels: 3, background: '#336699' } }).png().toBuffer();
	const call = async (path: string, init: RequestInit): Promise<{ url: string; media_type: string }> => {
		const headers = { ...init.headers, authorization: `Bearer ${apiKey}` };
		const response = await fetch(`${apiUrl}${path}`, { method: 'POST', ...init, headers });
		if (!response.ok) throw new Error(`The marketplace answered ${response.status} to ${path}: ${await response.text()}`);
		return ((await response.json()) as { data: { url: string; media_type: string } }).data;
	};
	const form = new FormData();
	form.append('file', new Blob([new Uint8Array(bytes)], { type: 'image/png' }), 'first.png');
	const { url, media_type } = await call('/upload', { body: form });
	await call(`/orders/${orderId}/deliver`, {
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ deliverable_url: url, deliverable_media_type: media_type }),
	});
	return bytes;
}
