import type { PrepareJob } from '../measure/job';
import { API_KEY } from '../server/orders';
import type { UploadOptions } from './upload50';
import { uploadInEngine } from './uploadInEngine';

/** The upload with n8n's HTTP Request nodes: ask for a token, then send the file with it. */
export const prepare: PrepareJob<UploadOptions> = async (options) =>
	await uploadInEngine(options, [
		{
			name: 'Token',
			type: 'httpRequest',
			parameters: {
				method: 'POST',
				url: `${options.apiUrl}/upload/token`,
				sendHeaders: true,
				headerParameters: { parameters: [{ name: 'Authorization', value: `Bearer ${API_KEY}` }] },
				sendBody: true,
				bodyParameters: {
					parameters: [
						{ name: 'content_type', value: 'video/mp4' },
						{ name: 'filename', value: "={{ $('Input').item.binary.data.fileName }}" },
					],
				},
			},
		},
		{
			name: 'Put',
			type: 'httpRequest',
			parameters: {
				method: 'PUT',
				url: `=${options.apiUrl}/blob/?pathname={{ encodeURIComponent($json.data.pathname) }}`,
				sendHeaders: true,
				headerParameters: {
					parameters: [
						{ name: 'Authorization', value: '=Bearer {{ $json.data.upload_token }}' },
						{ name: 'x-content-type', value: 'video/mp4' },
						{ name: 'x-api-version', value: '12' },
					],
				},
				sendBody: true,
				contentType: 'binaryData',
				// The answer with the token has no file any more.
				inputDataFieldName: "={{ $('Input').item.binary.data }}",
			},
		},
	]);
