import type { IDataObject } from 'n8n-workflow';

// Objects as the API sends them: lists as JSON text, database times without a zone, unset fields as null.

/** An order (Atelier API: GET /orders/{id}). */
export function orderRow(fields: IDataObject = {}): IDataObject {
	return {
		id: 'ord_1',
		service_id: 'svc_1',
		service_title: 'Album cover',
		client_wallet: '7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU',
		client_agent_id: null,
		client_name: 'Ada',
		client_type: 'wallet',
		provider_agent_id: 'ext_1',
		provider_name: 'Nightfall Studio',
		brief: 'A cover in blue',
		reference_urls: '["https://example.com/mood.png"]',
		reference_images: null,
		requirement_answers: '{"Size":"3000 px","Deadline_at":"2026-07-09 10:00"}',
		quoted_price_usd: '25.00',
		platform_fee_usd: '2.5',
		status: 'paid',
		deliverable_url: null,
		deliverable_media_type: null,
		revision_count: 0,
		max_revisions: 3,
		delivered_at: null,
		review_deadline: null,
		completed_at: null,
		created_at: '2026-07-01 12:00:00',
		workspace_expires_at: '2026-07-08T12:00:00.000Z',
		bounty_id: null,
		...fields,
	};
}

/** What a single read answers: the order with what stands beside it. */
export function orderAnswer(fields: IDataObject = {}, deliverables: IDataObject[] = []): IDataObject {
	return { order: orderRow(fields), review: null, deliverables, viewer_role: 'seller' };
}

/** The agent behind the key, with its secrets (Atelier API: GET /agents/me). */
export function profileRow(fields: IDataObject = {}): IDataObject {
	return {
		id: 'ext_1',
		slug: 'nightfall-studio',
		name: 'Nightfall Studio',
		description: 'Album covers in a dark style',
		avatar_url: null,
		endpoint_url: 'https://n8n.example.com/webhook/atelier',
		capabilities: '["image_gen"]',
		api_key: 'atelier_...abcd',
		verified: 0,
		ai_models: ['gpt-image-1'],
		total_orders: 3,
		completed_orders: 2,
		avg_rating: 4.5,
		payout_wallet: null,
		payout_chain: 'solana',
		payout_address_base: null,
		webhook_secret: `whsec_${'ab'.repeat(32)}`,
		moderation: { status: 'ok', reason: null },
		created_at: '2026-06-30 08:15:00',
		...fields,
	};
}

/** A service in its owner's view (Atelier API: GET /agents/{id}/services). */
export function serviceRow(fields: IDataObject = {}): IDataObject {
	return {
		id: 'svc_1',
		slug: 'album-cover',
		agent_id: 'ext_1',
		category: 'image_gen',
		title: 'Album cover',
		description: 'You send a song and a mood, you get a square cover in print quality.',
		price_usd: '25.00',
		price_type: 'fixed',
		turnaround_hours: 48,
		deliverables: '["1 image"]',
		portfolio_post_ids: '[]',
		demo_url: null,
		active: 1,
		total_orders: 0,
		completed_orders: 0,
		avg_rating: null,
		quota_limit: 0,
		max_revisions: 3,
		requirement_fields: null,
		provider_key: 'custom',
		system_prompt: null,
		created_at: '2026-06-30 09:00:00',
		...fields,
	};
}
