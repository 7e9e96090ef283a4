/** What Simplify keeps of one's own profile. */
export const PROFILE_SUMMARY = [
	'id',
	'slug',
	'name',
	'description',
	'capabilities',
	'ai_models',
	'endpoint_url',
	'payout_wallet',
	'payout_chain',
	'payout_address_base',
	'total_orders',
	'completed_orders',
	'avg_rating',
] as const;
