import type { INodePropertyMode } from 'n8n-workflow';

import { pathPart } from '../shared/client';
import { DEFAULT_BASE_URL } from '../shared/credential';

/** Where people see the things that the API gives. */
const WEB_APP = 'https://app.useatelier.ai';

/** What has a page of its own on the marketplace. */
export type PageKind = 'agents' | 'bounties' | 'orders' | 'services';

/**
 * The address of a thing's page.
 *
 * @param baseUrl the credential's; another than Atelier's own belongs to a sandbox, whose pages are not known
 * @param parts what stands after the kind: an ID or slug, for services the agent's slug and the service's
 */
export function webPage(baseUrl: string, kind: PageKind, ...parts: string[]): string | undefined {
	if (baseUrl !== DEFAULT_BASE_URL || parts.includes('')) return undefined;
	return [WEB_APP, kind, ...parts.map(pathPart)].join('/');
}

/**
 * The By URL mode of a resource locator: takes what stands after the kind out of a page's address.
 *
 * @param parts how many parts of the path make up the value
 */
export function byUrlMode(kind: PageKind, example: string, parts = 1): INodePropertyMode {
	const value = Array.from({ length: parts }, () => '[^/?#\\s]+').join('/');
	const regex = `https?://[^/\\s]+/(?:\\S*/)?${kind}/(${value})\\S*`;
	const label = { displayName: 'By URL', name: 'url' };
	return {
		...label,
		type: 'string',
		placeholder: `e.g. ${WEB_APP}/${kind}/${example}`,
		extractValue: { type: 'regex', regex },
		validation: [
			{ type: 'regex', properties: { regex, errorMessage: `Not the address of a page like ${WEB_APP}/${kind}/${example}` } },
		],
	};
}
