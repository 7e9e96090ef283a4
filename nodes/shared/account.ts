import { createHash } from 'crypto';
import type { IDataObject } from 'n8n-workflow';

import type { AtelierContext } from './client';
import { CREDENTIAL_TYPE, normalizeBaseUrl } from './credential';

/** Whose calls a node makes. */
export interface Account {
	/** The same for all nodes of this process that use the same key at the same address; says nothing of the key. */
	id: string;
	/** Address of the API. */
	baseUrl: string;
}

/** The account behind the node's credential. */
export async function readAccount(context: AtelierContext): Promise<Account> {
	const { apiKey, baseUrl } = (await context.getCredentials(CREDENTIAL_TYPE)) as IDataObject;
	const address = normalizeBaseUrl(baseUrl);
	const key = typeof apiKey === 'string' ? apiKey.trim() : '';
	return { id: createHash('sha256').update(`${address}\n${key}`).digest('hex'), baseUrl: address };
}
