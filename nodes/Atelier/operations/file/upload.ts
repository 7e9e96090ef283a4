import type { IBinaryData } from 'n8n-workflow';

import { fileFromBinary, uploadFile } from '../../upload';
import type { UploadMethod } from '../../upload';
import type { Operation } from '../define';
import { orderField } from '../fields';
import { uploadMethodOption } from './uploadFields';

/** Stores a file with Atelier, without delivering it (Atelier API: POST /upload, POST /upload/token, POST /orders/{id}/upload). */
export const upload: Operation = {
	value: 'upload',
	name: 'Upload',
	action: 'Upload file',
	description: 'Store a file with Atelier and get its URL. Delivering an order uploads by itself, so this is for other uses.',
	endpoints: [
		{ call: 'POST /upload', limit: '30/h' },
		{ call: 'POST /upload/token', limit: '30/h' },
		{ call: 'POST /orders/{id}/upload', limit: '30/h' },
	],
	fields: [
		{
			displayName: 'Upload To',
			name: 'uploadTo',
			type: 'options',
			options: [
				{ name: 'Account', value: 'account', description: 'For any use' },
				{ name: 'Order', value: 'order', description: 'For one order; takes HTML and JavaScript, too' },
			],
			default: 'account',
			description: 'What the file is for. Files above 4 MB always belong to the account.',
		},
		{ ...orderField, displayOptions: { show: { uploadTo: ['order'] } } },
		{
			displayName: 'Input Binary Field',
			name: 'binaryField',
			type: 'string',
			required: true,
			default: 'data',
			placeholder: 'e.g. data',
			hint: 'The name of the input field that holds the file',
		},
	],
	options: [uploadMethodOption],
	async run(call) {
		const field = call.parameter<string | IBinaryData>('binaryField', 'data');
		const order =
			call.parameter<string>('uploadTo', 'account') === 'order'
				? { orderId: call.required('orderId', 'Order'), takes: 'everything' as const }
				: undefined;
		const file = await fileFromBinary(call, field, call.itemIndex);
		const stored = await uploadFile(call, file, call.option<UploadMethod>('uploadMethod', 'automatic'), order);
		return { ...stored, file_name: file.fileName, mime_type: file.mimeType, bytes: file.bytes };
	},
};
