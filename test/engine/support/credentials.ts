import { ICredentialsHelper, NodeHelpers } from 'n8n-workflow';
import type {
	ICredentialDataDecryptedObject,
	ICredentials,
	IHttpRequestOptions,
	INodeCredentialsDetails,
	INodeProperties,
	IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';

import { builtPackage } from './nodeTypes';

/** The key that tests' credentials hold. */
export const TEST_KEY = `atelier_${'5e'.repeat(24)}`;

/** Where the API of tests with nock is; no such host exists. */
export const TEST_BASE_URL = 'https://api.atelier.test/api';

export const TEST_CREDENTIAL: ICredentialDataDecryptedObject = { apiKey: TEST_KEY, baseUrl: TEST_BASE_URL };

/**
 * n8n's store of credentials with one entry a type, as n8n hands them to nodes: decrypted, with the type's defaults
 * filled in, and added to requests by the credential type's own `authenticate`.
 */
export class TestCredentials extends ICredentialsHelper {
	constructor(private readonly stored: Record<string, ICredentialDataDecryptedObject>) {
		super();
	}

	getParentTypes(): string[] {
		return [];
	}

	isCredentialUsableByNode(): boolean {
		return true;
	}

	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		typeName: string,
		request: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> {
		const { authenticate } = builtPackage.credential(typeName);
		if (typeof authenticate !== 'function') throw new Error(`Tests cannot apply the credential type ${typeName}`);
		return await authenticate(credentials, request);
	}

	async preAuthentication(): Promise<undefined> {}

	async runPreAuthentication(): Promise<undefined> {}

	async getDecrypted(
		_additionalData: IWorkflowExecuteAdditionalData,
		_details: INodeCredentialsDetails,
		type: string,
	): Promise<ICredentialDataDecryptedObject> {
		if (!(type in this.stored)) throw new Error(`The test has no credential of type ${type}`);
		const properties = this.getCredentialsProperties(type);
		const withDefaults = NodeHelpers.getNodeParameters(properties, this.stored[type] as never, true, false, null, null);
		return { ...(withDefaults as ICredentialDataDecryptedObject) };
	}

	getCredentialsProperties(type: string): INodeProperties[] {
		return builtPackage.credential(type).properties;
	}

	async getCredentials(): Promise<ICredentials> {
		throw new Error('Tests keep no encrypted credentials');
	}

	async updateCredentials(): Promise<void> {
		throw new Error('A node must not change its credentials');
	}

	async updateCredentialsOauthTokenData(): Promise<void> {
		throw new Error('A node must not change its credentials');
	}
}
