import { BlockList, isIP } from 'node:net';
import { Refusal } from './http';

/** The platform's twelve service categories, which are also an agent's capabilities. */
export const CATEGORIES = [
	'image_gen',
	'video_gen',
	'ugc',
	'influencer',
	'brand_content',
	'coding',
	'analytics',
	'seo',
	'trading',
	'automation',
	'consulting',
	'custom',
];
export const PRICE_TYPES = ['fixed', 'quote', 'weekly', 'monthly'];
export const DELIVERABLE_MEDIA_TYPES = ['image', 'video', 'link', 'document', 'code', 'text'];

const SOLANA_ADDRESS = /^[1-9A-HJ-NP-Za-km-z]{32,44}$/;

const privateAddresses = new BlockList();
for (const [network, prefix] of [
	['0.0.0.0', 8],
	['10.0.0.0', 8],
	['100.64.0.0', 10],
	['127.0.0.0', 8],
	['169.254.0.0', 16],
	['172.16.0.0', 12],
	['192.168.0.0', 16],
] as const) {
	privateAddresses.addSubnet(network, prefix, 'ipv4');
}
privateAddresses.addSubnet('::', 127, 'ipv6');
privateAddresses.addSubnet('fc00::', 7, 'ipv6');
privateAddresses.addSubnet('fe80::', 10, 'ipv6');

function isIn(list: BlockList, address: string): boolean {
	const family = isIP(address);
	return family !== 0 && list.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/** Whether a value is text of an http or https URL. */
export function isWebUrl(value: unknown): value is string {
	return typeof value === 'string' && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
}

/**
 * The platform's check of addresses that it will call or show: http(s), no local or private host.
 * @param exempt addresses that stand for public ones here (the sandbox's own file store, allowed loopback receivers)
 * @returns the reason for a refusal, or undefined
 */
export function externalUrlProblem(value: unknown, exempt: (url: URL) => boolean): string | undefined {
	if (typeof value !== 'string' || !URL.canParse(value)) return 'Invalid URL format';
	const url = new URL(value);
	if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'URL must use https or http protocol';
	if (exempt(url)) return undefined;
	const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
	if (host === 'localhost' || host === 'metadata.google.internal') return 'URL points to a blocked host';
	if (isIn(privateAddresses, host)) return 'URL points to a private/internal network';
	return undefined;
}

export function isSolanaAddress(value: unknown): value is string {
	return typeof value === 'string' && SOLANA_ADDRESS.test(value);
}

const BLOCKED_WORDS = new Set(
	(
		'test testing tests spam hack hacked hacker admin administrator official unofficial support ' +
		'airdrop giveaway drain drainer'
	).split(' '),
);
const PROTECTED_TERMS = ['atelier', 'said', 'claw', 'clawpump', 'peng', 'squire', 'team', 'protocol'];
// Characters that are read as others: "At3li3r" is the same name as "Atelier".
const LOOKALIKES: Record<string, string> = {
	'@': 'a',
	$: 's',
	'!': 'i',
	0: 'o',
	1: 'i',
	3: 'e',
	4: 'a',
	5: 's',
	7: 't',
	l: 'i',
};

/** The form in which agent names must be unique: letters and digits only, look-alikes made equal. */
export function canonicalName(name: string): string {
	return [...name.toLowerCase()]
		.filter((character) => /[a-z0-9@$!]/.test(character))
		.map((character) => LOOKALIKES[character] ?? character)
		.join('');
}

interface ListingRules {
	label: string;
	minimum: number;
	maximum: number;
	characters: RegExp;
	allowed: string;
	protectsTerms: boolean;
}

const AGENT_NAME: ListingRules = {
	label: 'name',
	minimum: 3,
	maximum: 40,
	characters: /^[A-Za-z0-9][A-Za-z0-9 .\-_']*$/,
	allowed: ". - _ '",
	protectsTerms: true,
};
const SERVICE_TITLE: ListingRules = {
	label: 'title',
	minimum: 5,
	maximum: 80,
	characters: /^[A-Za-z0-9][A-Za-z0-9 .,:;()&+'"/#!?_-]*$/,
	allowed: 'common punctuation',
	protectsTerms: false,
};

function checkListing(raw: unknown, rules: ListingRules): string {
	const text = typeof raw === 'string' ? raw.trim().replace(/\s+/g, ' ') : '';
	if (text.length < rules.minimum || text.length > rules.maximum) {
		throw new Refusal(400, `${rules.label} must be ${rules.minimum}-${rules.maximum} characters`);
	}
	if (!rules.characters.test(text)) {
		throw new Refusal(
			400,
			`${rules.label} may only contain letters, numbers, spaces, and ${rules.allowed} (no emoji or special symbols)`,
		);
	}
	if (text.replace(/[^A-Za-z]/g, '').length < 2)
		throw new Refusal(400, `${rules.label} must contain at least 2 letters`);
	const blocked = text
		.toLowerCase()
		.split(/[^a-z0-9]+/)
		.find((word) => BLOCKED_WORDS.has(word));
	if (blocked) throw new Refusal(400, `${rules.label} contains a blocked word ("${blocked}")`);
	if (rules.protectsTerms && PROTECTED_TERMS.some((term) => canonicalName(text).includes(canonicalName(term)))) {
		throw new Refusal(400, `${rules.label} contains a reserved or impersonation-protected term`);
	}
	return text;
}

/** The agent name to store (trimmed, single blanks), or a 400. */
export function checkAgentName(raw: unknown): string {
	return checkListing(raw, AGENT_NAME);
}

/** The service title to store (trimmed, single blanks), or a 400. */
export function checkServiceTitle(raw: unknown): string {
	return checkListing(raw, SERVICE_TITLE);
}

const BANNED_CLAIMS: Array<[RegExp, string]> = [
	[/\bguaranteed?\s+(profit|return|gain|income|win)s?\b/i, 'guaranteed-profit claims'],
	[/\b100\s*%\s*(accura(cy|te)|success|win(\s*rate)?|profits?|guaranteed?)\b/i, '100% accuracy/success claims'],
	[/\brisk[-\s]?free\b/i, '"risk-free" claims'],
	[/\bno[-\s]risk\b/i, '"no risk" claims'],
	[/\bseed\s*phrase/i, 'seed-phrase mentions'],
	[/\bprivate\s*key/i, 'private-key mentions'],
	[/\brecovery\s*phrase/i, 'recovery-phrase mentions'],
];

/** Refuses text with a claim that the platform bans. */
export function checkClaims(text: string): void {
	const found = BANNED_CLAIMS.find(([pattern]) => pattern.test(text));
	if (found) throw new Refusal(400, `Listing text must not contain ${found[1]}`);
}

/** Refuses capabilities that are not categories. */
export function checkCapabilities(capabilities: unknown[]): void {
	const invalid = capabilities.filter((capability) => !CATEGORIES.includes(capability as string));
	if (invalid.length > 0) {
		throw new Refusal(400, `Invalid capabilities: ${invalid.join(', ')}. Valid: ${CATEGORIES.join(', ')}`);
	}
}

/** Refuses more than `maximum` reference URLs, or one that is not http(s). */
export function checkReferenceUrls(urls: unknown, maximum: number): string[] | undefined {
	if (!urls) return undefined;
	if (!Array.isArray(urls) || urls.length > maximum) {
		throw new Refusal(400, `reference_urls must be an array of max ${maximum} URLs`);
	}
	for (const url of urls) {
		if (typeof url !== 'string') throw new Refusal(400, 'reference_urls must contain valid URL strings');
		if (!URL.canParse(url)) throw new Refusal(400, `Invalid reference URL: ${url}`);
		if (!isWebUrl(url)) throw new Refusal(400, `Invalid reference URL scheme: ${url}`);
	}
	return urls as string[];
}

/** Refuses more than `maximum` reference images, or one that is not in the platform's file store. */
export function checkReferenceImages(urls: unknown, maximum: number): string[] | undefined {
	if (!urls) return undefined;
	if (!Array.isArray(urls) || urls.length > maximum) {
		throw new Refusal(400, `reference_images must be an array of max ${maximum} URLs`);
	}
	if (urls.some((url) => typeof url !== 'string' || !url.includes('.vercel-storage.com'))) {
		throw new Refusal(400, 'reference_images must contain valid Vercel Blob URLs');
	}
	return urls as string[];
}
