// Simulated: there is no chain behind the sandbox. Every well-formed transaction counts as a payment of the right
// amount by the right wallet; anything else counts as not found.

const FORMS: Record<string, RegExp> = {
	solana: /^[1-9A-HJ-NP-Za-km-z]{32,128}$/,
	base: /^0x[0-9a-fA-F]{64}$/,
	robinhood: /^0x[0-9a-fA-F]{64}$/,
};

/** Whether text has the form of a transaction reference of a chain. */
export function isTransaction(chain: string, text: unknown): text is string {
	return typeof text === 'string' && (FORMS[chain] ?? FORMS.solana).test(text);
}

/** The chain that a transaction reference looks like. */
export function chainOfTransaction(text: string): string {
	return text.startsWith('0x') ? 'base' : 'solana';
}
