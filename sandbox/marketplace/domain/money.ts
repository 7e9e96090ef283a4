const FEE_SHARE = 0.1;
const MICRO_DIGITS = 6;

/** The platform's ten per cent of a price, as text without padding (`"2.5"`, `"1.251"`). */
export function platformFee(priceUsd: string): string {
	return String(Number((Number.parseFloat(priceUsd) * FEE_SHARE).toFixed(MICRO_DIGITS)));
}

/** What remains of a price for the provider, rounded to cents. */
export function payoutAmount(priceUsd: string | null, feeUsd: string | null): number {
	return Math.round((Number.parseFloat(priceUsd ?? '0') - Number.parseFloat(feeUsd ?? '0')) * 100) / 100;
}

/** What a buyer pays through x402: the price and ten per cent on top. */
export function x402Amounts(priceUsd: string): { price: number; fee: number; total: number } {
	const price = Number.parseFloat(priceUsd);
	const fee = Number((price * FEE_SHARE).toFixed(MICRO_DIGITS));
	return { price, fee, total: Number((price + fee).toFixed(MICRO_DIGITS)) };
}

/** A dollar amount in a six-decimal token's units. */
export function tokenUnits(usd: number): string {
	return String(Math.round(usd * 10 ** MICRO_DIGITS));
}
