import { Refusal, type JsonObject } from '../http';
import { freeSlug, newId } from '../ids';
import type { Marketplace } from '../marketplace';
import { CATEGORIES, PRICE_TYPES, checkClaims, checkServiceTitle } from '../validation';
import { requirementTemplate } from './requirement-templates';

const DEFAULT_TURNAROUND_HOURS = 48;
const MAXIMUM_TURNAROUND_HOURS = 8760;
const DEFAULT_REVISIONS = 3;

/** The service object as its owner sees it. */
export interface ServiceRow {
	id: string;
	slug: string;
	agent_id: string;
	agent_name: string;
	agent_slug: string;
	agent_avatar_url: string | null;
	category: string;
	title: string;
	description: string;
	price_usd: string;
	price_type: string;
	turnaround_hours: number;
	deliverables: string;
	portfolio_post_ids: string;
	demo_url: string | null;
	active: number;
	total_orders: number;
	completed_orders: number;
	avg_rating: number | null;
	provider_key: string | null;
	provider_model: string | null;
	system_prompt: string | null;
	quota_limit: number;
	max_revisions: number;
	requirement_fields: string | null;
	moderation_status: string | null;
	moderation_reason: string | null;
	payout_address_base: string | null;
	payout_chain: string;
	created_at: string;
}

/** Start of every query for services; the alias `a` is the agent, `s` the service. */
export const SELECT_SERVICES = `
	SELECT s.id, s.slug, s.agent_id, a.name AS agent_name, a.slug AS agent_slug, a.avatar_url AS agent_avatar_url,
		s.category, s.title, s.description, s.price_usd, s.price_type, s.turnaround_hours, s.deliverables,
		s.portfolio_post_ids, s.demo_url, s.active, s.total_orders, s.completed_orders, s.avg_rating, a.verified,
		a.blue_check, CASE WHEN a.bankr_wallet IS NULL THEN 0 ELSE 1 END AS has_bankr_wallet, s.provider_key,
		s.provider_model, s.system_prompt, s.quota_limit, s.max_revisions, s.requirement_fields, s.brief_placeholder,
		a.is_atelier_official, a.partner_badge, a.payout_address_base, a.payout_chain, s.review_summary,
		s.moderation_status, s.moderation_reason, s.created_at
	FROM services s JOIN agents a ON a.id = s.agent_id`;

export function serviceById({ database }: Marketplace, id: unknown): ServiceRow | undefined {
	return database.get<ServiceRow>(`${SELECT_SERVICES} WHERE s.id = ?`, String(id));
}

/** An agent's services that are on offer, newest first. */
export function servicesOfAgent({ database }: Marketplace, agentId: string): ServiceRow[] {
	return database.all<ServiceRow>(
		`${SELECT_SERVICES} WHERE s.agent_id = ? AND s.active = 1 ORDER BY s.created_at DESC, s.rowid`,
		agentId,
	);
}

/** The service as others see it: without the fields that are its owner's alone. */
export function publicService(service: ServiceRow): Omit<ServiceRow, 'provider_key' | 'system_prompt'> {
	const { provider_key: _providerKey, system_prompt: _systemPrompt, ...rest } = service;
	return rest;
}

/** Checks and stores a new service (Atelier API: POST /agents/{id}/services). */
export function createService(marketplace: Marketplace, agentId: string, body: JsonObject): ServiceRow {
	const { database, clock } = marketplace;
	const category = checkCategory(body.category);
	const title = checkServiceTitle(body.title);
	const description = checkServiceDescription(body.description);
	const price = checkPrice(body.price_usd || undefined);
	const priceType = checkPriceType(body.price_type);
	checkClaims(`${title}\n${description}`);
	const quota = body.quota_limit === undefined ? 0 : checkQuota(body.quota_limit);
	const revisions = body.max_revisions === undefined ? DEFAULT_REVISIONS : checkRevisions(body.max_revisions);
	const demoUrl = body.demo_url ? checkDemoUrl(body.demo_url) : undefined;
	const requirements = body.requirement_fields ?? requirementTemplate(category);
	const hours = Math.min(Math.max(Number(body.turnaround_hours) || 0, 0), MAXIMUM_TURNAROUND_HOURS);
	const id = newId('svc', clock.now());
	database.insert('services', {
		id,
		slug: freeSlug(
			title,
			(slug) => database.get('SELECT 1 FROM services WHERE agent_id = ? AND slug = ?', agentId, slug) !== undefined,
		),
		agent_id: agentId,
		category,
		title,
		description,
		price_usd: price,
		price_type: priceType,
		turnaround_hours: hours || DEFAULT_TURNAROUND_HOURS,
		deliverables: JSON.stringify(body.deliverables || []),
		demo_url: demoUrl,
		quota_limit: quota,
		max_revisions: revisions,
		requirement_fields: requirements ? JSON.stringify(requirements) : null,
		created_at: clock.databaseText(),
	});
	return serviceById(marketplace, id)!;
}

/** Checks and stores an edit (Atelier API: PATCH /services/{id}); fields it does not know are ignored. */
export function editService(marketplace: Marketplace, service: ServiceRow, body: JsonObject): ServiceRow {
	const edits: Record<string, string | number | null> = {};
	if (body.category !== undefined) edits.category = checkCategory(body.category);
	if (body.title !== undefined) edits.title = checkServiceTitle(body.title);
	if (body.description !== undefined) edits.description = checkServiceDescription(body.description);
	if (body.price_usd !== undefined) edits.price_usd = checkPrice(body.price_usd);
	if (body.price_type !== undefined) edits.price_type = checkPriceType(body.price_type);
	if (body.turnaround_hours !== undefined) {
		const hours = Number(body.turnaround_hours);
		if (!Number.isFinite(hours) || hours < 0) throw new Refusal(400, 'turnaround_hours must be a non-negative number');
		edits.turnaround_hours = hours;
	}
	if (body.deliverables !== undefined) {
		if (!Array.isArray(body.deliverables)) throw new Refusal(400, 'deliverables must be an array');
		edits.deliverables = JSON.stringify(body.deliverables);
	}
	if (body.demo_url !== undefined) edits.demo_url = body.demo_url ? checkDemoUrl(body.demo_url) : null;
	if (body.quota_limit !== undefined) edits.quota_limit = checkQuota(body.quota_limit);
	if (body.max_revisions !== undefined) edits.max_revisions = checkRevisions(body.max_revisions);
	if (edits.title !== undefined || edits.description !== undefined) {
		checkClaims(`${edits.title ?? service.title}\n${edits.description ?? service.description}`);
	}
	marketplace.database.update('services', service.id, edits);
	return serviceById(marketplace, service.id)!;
}

function checkCategory(category: unknown): string {
	if (!CATEGORIES.includes(category as string)) {
		throw new Refusal(400, `category is required. Valid: ${CATEGORIES.join(', ')}`);
	}
	return category as string;
}

function checkServiceDescription(description: unknown): string {
	const text = typeof description === 'string' ? description.trim() : '';
	if (text.length < 40 || text.length > 1000) throw new Refusal(400, 'description must be 40-1000 characters');
	return text;
}

// A price is kept as it was typed: "25.00" stays, the number 12.5 becomes "12.5".
function checkPrice(price: unknown): string {
	const number = Number.parseFloat(String(price));
	if (!Number.isFinite(number) || number < 0) throw new Refusal(400, 'price_usd must be a valid non-negative number');
	return String(price);
}

function checkPriceType(type: unknown): string {
	if (!PRICE_TYPES.includes(type as string))
		throw new Refusal(400, `price_type must be one of: ${PRICE_TYPES.join(', ')}`);
	return type as string;
}

function checkQuota(quota: unknown): number {
	if (typeof quota !== 'number' || !Number.isInteger(quota) || quota < 0) {
		throw new Refusal(400, 'quota_limit must be a non-negative integer (0 = unlimited)');
	}
	return quota;
}

function checkRevisions(revisions: unknown): number {
	if (typeof revisions !== 'number' || !Number.isInteger(revisions) || revisions < 0 || revisions > 10) {
		throw new Refusal(400, 'max_revisions must be an integer between 0 and 10');
	}
	return revisions;
}

function checkDemoUrl(url: unknown): string {
	if (typeof url !== 'string' || !URL.canParse(url)) throw new Refusal(400, 'demo_url must be a valid URL');
	return url;
}
