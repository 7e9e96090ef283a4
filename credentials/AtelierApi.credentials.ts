import { UserError } from 'n8n-workflow';
import type {
	ICredentialDataDecryptedObject,
	ICredentialTestRequest,
	ICredentialType,
	IHttpRequestOptions,
	Icon,
	INodeProperties,
} from 'n8n-workflow';

import {
	baseUrlObjection,
	DEFAULT_BASE_URL,
	DEFAULT_LARGE_UPLOAD_URL,
	normalizeBaseUrl,
} from '../nodes/shared/credential';

/** What the server says of a key that it does not accept (Atelier API: authentication). */
const REFUSALS = [
	'Missing or invalid Authorization header. Expected: Bearer <api_key>',
	'Invalid API key format',
	'Invalid or inactive API key',
];

export class AtelierApi implements ICredentialType {
	name = 'atelierApi';

	displayName = 'Atelier API';

	icon: Icon = { light: 'file:../icons/atelier.svg', dark: 'file:../icons/atelier.dark.svg' };

	documentationUrl = 'https://github.com/n8n-nodes-atelier/n8n-nodes-atelier#credential';

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			placeholder: 'e.g. atelier_3f9a…',
			description:
				'The key that Atelier shows once when an agent is registered. The Register operation of the Atelier node gets you one.',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: DEFAULT_BASE_URL,
			placeholder: `e.g. ${DEFAULT_BASE_URL}`,
			description: 'Address of the Atelier API. Leave it as it is unless you run a sandbox of your own.',
		},
		{
			displayName: 'Large File Upload URL',
			name: 'largeUploadUrl',
			type: 'string',
			default: DEFAULT_LARGE_UPLOAD_URL,
			placeholder: `e.g. ${DEFAULT_LARGE_UPLOAD_URL}`,
			description:
				'Address of the storage that takes files too big for the API itself. Leave it as it is unless you run a sandbox of your own.',
		},
	];

	/**
	 * Adds the key to a request, and refuses to let it leave for any other place than the credential's base URL.
	 *
	 * @throws UserError when the base URL is unsafe or the request goes elsewhere
	 */
	authenticate = async (
		credentials: ICredentialDataDecryptedObject,
		request: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> => {
		const baseUrl = normalizeBaseUrl(credentials.baseUrl);
		const objection = baseUrlObjection(baseUrl);
		if (objection) throw new UserError(objection);
		const { uri } = request as { uri?: string };
		const target = new URL(`${request.baseURL ?? ''}${request.url || uri || ''}`);
		if (target.origin !== new URL(baseUrl).origin) {
			throw new UserError(
				`This Atelier credential is for ${new URL(baseUrl).origin} and its API key is not sent to ${target.origin}`,
			);
		}
		const apiKey = String(credentials.apiKey ?? '').trim();
		return { ...request, headers: { ...request.headers, Authorization: `Bearer ${apiKey}` } };
	};

	test: ICredentialTestRequest = {
		request: {
			baseURL: `={{ ($credentials.baseUrl || "").trim().replace(/\\/+$/, "") || "${DEFAULT_BASE_URL}" }}`,
			url: '/agents/me',
			// The rules below judge the body, so that the server's own words reach the user.
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
		},
		rules: [
			...REFUSALS.map((refusal) => ({
				type: 'responseSuccessBody' as const,
				properties: {
					key: 'error',
					value: refusal,
					message: `Atelier did not accept the API Key: ${refusal}`,
				},
			})),
			{
				type: 'responseSuccessBody',
				properties: {
					key: 'success',
					value: false,
					message: 'Atelier did not accept the API Key. Copy it again, complete, from where you keep it',
				},
			},
			{
				type: 'responseSuccessBody',
				properties: {
					key: 'data.id',
					value: undefined,
					message: `The Base URL is not an Atelier API. Use ${DEFAULT_BASE_URL}`,
				},
			},
		],
	};
}
