import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import type { IBinaryData, IBinaryKeyData, IDataObject, INodeExecutionData } from 'n8n-workflow';

import { download } from '../../../shared/download';
import type { DownloadLimits } from '../../../shared/download';
import { clean } from '../../../shared/wire';
import { ItemsWithBinary } from '../define';
import type { Operation, OperationCall } from '../define';
import { orderField } from '../fields';
import { filesOf } from './orderFiles';
import type { OrderFile } from './orderFiles';
import { readOrder } from './orderFields';

/** Seconds that one file may take in all, unless the option says otherwise. */
const DOWNLOAD_TIMEOUT_SECONDS = 120;

/** A day: timers take no more than a few weeks. */
const LONGEST_TIMEOUT_SECONDS = 24 * 60 * 60;

/** As much as Atelier itself stores in one file. */
const DEFAULT_MAX_MEGABYTES = 50;

const BYTES_IN_MEGABYTE = 1024 ** 2;

/** The most files of one order. Real orders name a handful. */
const MAX_FILES = 200;

/** A file that was fetched, or why it was not. */
interface FetchedFile {
	facts: IDataObject;
	binary?: IBinaryData;
}

/** Fetches what belongs to an order as files (Atelier API: GET /orders/{id}, and the addresses in it). */
export const getFiles: Operation = {
	value: 'getFiles',
	name: 'Get Files',
	action: 'Get files of order',
	description:
		'Fetch the files of an order as binary data: the reference images and links that the client gave, and what was delivered before. An AI agent gets their names, types and addresses, not their content.',
	endpoints: [{ call: 'GET /orders/{id}' }],
	// Each file is in memory as a whole.
	concurrency: 5,
	fields: [
		orderField,
		{
			displayName: 'Files',
			name: 'fileSources',
			type: 'multiOptions',
			options: [
				{ name: 'Deliverables', value: 'deliverable', description: 'What was delivered last' },
				{ name: 'Reference Images', value: 'reference_image', description: 'Pictures that the client uploaded with the brief' },
				{ name: 'Reference URLs', value: 'reference_url', description: 'Web addresses in the brief; a page comes as HTML' },
				{ name: 'Superseded Deliverables', value: 'superseded_deliverable', description: 'What later deliveries replaced' },
			],
			default: ['reference_image', 'reference_url'],
			description: 'Which files to fetch',
		},
		{
			displayName: 'Output',
			name: 'output',
			type: 'options',
			options: [
				{ name: 'One Item per File', value: 'file', description: 'An order without files puts out nothing' },
				{ name: 'One Item per Order', value: 'order', description: 'All files in one item, each in a field of its own' },
			],
			default: 'order',
			description: 'How the files are put out',
		},
		{
			displayName: 'Put Output File in Field',
			name: 'binaryPropertyName',
			type: 'string',
			required: true,
			default: 'data',
			hint: 'The name of the output binary field to put the file in',
			description: 'With several files in one item, the second goes into data_1, the third into data_2, and so on',
		},
	],
	options: [
		{
			displayName: 'Allow Private Addresses',
			name: 'allowPrivate',
			type: 'boolean',
			default: false,
			description:
				'Whether files may be fetched from this machine and its private network. Clients can write any address into an order, so leave this off unless you know who writes them.',
		},
		{
			displayName: 'Max File Size (MB)',
			name: 'maxMegabytes',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: DEFAULT_MAX_MEGABYTES,
			description: 'The biggest file that is fetched',
		},
		{
			displayName: 'Skip Files That Cannot Be Fetched',
			name: 'skipUnavailable',
			type: 'boolean',
			default: false,
			description: 'Whether to go on when a file is gone, too big or refused. The output then says why, in place of the file.',
		},
	],
	async run(call) {
		const orderId = call.required('orderId', 'Order');
		const field = call.required('binaryPropertyName', 'Put Output File in Field');
		const order = clean<IDataObject>(await readOrder(call.client, orderId));
		const wanted = call.parameter<string[]>('fileSources', []);
		const limits = await limitsOf(call);

		// One after the other: only one file at a time is held in memory.
		const files = filesOf(order).filter(({ source }) => wanted.includes(source));
		if (files.length > MAX_FILES) {
			call.refuse(`Order ${orderId} names ${files.length} files, and at most ${MAX_FILES} are fetched`, 'Choose fewer kinds under "Files".');
		}
		const fetched: FetchedFile[] = [];
		for (const file of files) fetched.push(await fetchFile(call, file, limits));
		const groups = call.parameter<string>('output', 'order') === 'file' ? fetched.map((file) => [file]) : [fetched];
		return new ItemsWithBinary(groups.map((group) => itemOf(orderId, group, field)));
	},
};

async function limitsOf(call: OperationCall): Promise<DownloadLimits> {
	return {
		maxBytes: positive(call, 'maxMegabytes', 'Max File Size (MB)', DEFAULT_MAX_MEGABYTES) * BYTES_IN_MEGABYTE,
		timeoutSeconds: Math.min(positive(call, 'timeout', 'Timeout (Seconds)', DOWNLOAD_TIMEOUT_SECONDS), LONGEST_TIMEOUT_SECONDS),
		allowPrivate: call.option<boolean>('allowPrivate', false) === true,
		// A sandbox keeps its files where its API is, on this machine.
		trustedOrigins: [new URL(await call.client.baseUrl()).origin],
	};
}

/** A limit from the options. What an expression gives may be no number, and nothing is bigger than that. */
function positive(call: OperationCall, name: string, label: string, usual: number): number {
	const value = Number(call.option<unknown>(name, usual));
	return value > 0 && Number.isFinite(value) ? value : call.refuse(`"${label}" is not a number above 0`, 'Correct it in the options.');
}

async function fetchFile(call: OperationCall, file: OrderFile, limits: DownloadLimits): Promise<FetchedFile> {
	const skip = call.option<boolean>('skipUnavailable', false) === true;
	const got = await download(call.context, file.url, limits).catch((error: unknown) => {
		if (skip && (error instanceof NodeApiError || error instanceof NodeOperationError)) return error;
		throw error;
	});
	if (got instanceof Error) return { facts: { ...file, skipped: got.message } };
	const { content, fileName, mimeType } = got;
	return {
		facts: { ...file, file_name: fileName, mime_type: mimeType, bytes: content.length },
		binary: await call.context.helpers.prepareBinaryData(content, fileName, mimeType),
	};
}

/** One item of the same shape for one file or several; the first file is in the field itself, others in numbered ones. */
function itemOf(orderId: string, fetched: FetchedFile[], field: string): INodeExecutionData {
	const binary: IBinaryKeyData = {};
	const files = fetched.map((file) => {
		if (!file.binary) return file.facts;
		const count = Object.keys(binary).length;
		const name = count === 0 ? field : `${field}_${count}`;
		binary[name] = file.binary;
		return { ...file.facts, binary_field: name };
	});
	return { json: { order_id: orderId, files }, ...(Object.keys(binary).length > 0 && { binary }) };
}
