import { createHash } from 'crypto';
import { sleep } from 'n8n-workflow';
import type { IBinaryData, IDataObject, INodeProperties, NodeApiError } from 'n8n-workflow';

import { pathPart } from '../../../shared/client';
import { asThrown, gotNoAnswer, mayHaveBeenDone } from '../../../shared/errors';
import { mediaTypeOfUrl } from '../../../shared/media';
import type { MediaType } from '../../../shared/media';
import { clean, objectsIn } from '../../../shared/wire';
import { fileFromBinary, fileFromText, uploadFile } from '../../upload';
import type { FileToUpload, UploadMethod, UploadOrder } from '../../upload';
import type { Operation, OperationCall } from '../define';
import { orderField } from '../fields';
import { uploadMethodOption } from '../file/uploadFields';
import { listFromText, urlsFromText } from '../values';
import { ORDER_SUMMARY, readOrder } from './orderFields';

/** One piece of a delivery (Atelier API: POST /orders/{id}/deliver). */
interface Deliverable extends IDataObject {
	deliverable_url: string;
	deliverable_media_type: MediaType;
}

/** Orders in these states take no delivery, so nothing is uploaded for them. */
const CLOSED_STATUSES: Record<string, string> = {
	pending_quote: 'it has no price yet. Quote it first, and deliver once it is paid',
	quoted: 'the client has not paid yet. Deliver once it is paid',
	cancelled: 'the client cancelled it. Nothing is owed any more',
	completed: 'the client has approved it. Nothing is owed any more',
};

/** Upstream makes previews inside this call, for up to 120 seconds. */
const DELIVER_TIMEOUT_SECONDS = 150;

/** What an order said so long ago may no longer be true; milliseconds. */
const LOOK_AGAIN_AFTER_MS = 1000;

/** Pauses in seconds before a delivery that got no answer, and that the order does not have, is sent again. */
const DELIVER_PAUSES = [1, 3];

const sourceFields: INodeProperties[] = [
	{
		displayName: 'Deliver',
		name: 'source',
		type: 'options',
		options: [
			{ name: 'Files', value: 'binary', description: 'Files that nodes before this one made' },
			{ name: 'Text', value: 'text', description: 'A text, which becomes a file' },
			{ name: 'URLs', value: 'url', description: 'Files or pages that are on the web already' },
		],
		default: 'binary',
		description: 'Where the work is',
	},
	{
		displayName: 'Input Binary Field',
		name: 'binaryFields',
		type: 'string',
		required: true,
		default: 'data',
		placeholder: 'e.g. data',
		hint: 'The name of the input field that holds the file',
		description: 'Several names may stand here, comma-separated. All files go into one delivery.',
		displayOptions: { show: { source: ['binary'] } },
	},
	{
		displayName: 'Text',
		name: 'text',
		type: 'string',
		typeOptions: { rows: 5 },
		required: true,
		default: '',
		description: 'The text to deliver. It is uploaded as a file.',
		displayOptions: { show: { source: ['text'] } },
	},
	{
		displayName: 'File Name',
		name: 'fileName',
		type: 'string',
		required: true,
		default: 'deliverable.md',
		placeholder: 'e.g. article.md',
		description: 'Name of the file for the text. Its ending says what it is: TXT, MD, CSV, HTML, JSON, PY or JS.',
		displayOptions: { show: { source: ['text'] } },
	},
	{
		displayName: 'URLs',
		name: 'urls',
		type: 'string',
		typeOptions: { rows: 2 },
		required: true,
		default: '',
		placeholder: 'e.g. https://example.com/result.png',
		description: 'Public web addresses, one a line or comma-separated. All of them go into one delivery.',
		displayOptions: { show: { source: ['url'] } },
	},
];

const MEDIA_TYPE_AUTOMATIC = 'automatic';

/** Hands work over to the client: uploads what has to be uploaded, then delivers it all in one call. */
export const deliver: Operation = {
	value: 'deliver',
	name: 'Deliver',
	action: 'Deliver order',
	description:
		'Hand over the work for an order: files, a text or URLs. Input items of the same order are delivered together, and an order that is delivered already is left alone.',
	endpoints: [
		{ call: 'GET /orders/{id}' },
		{ call: 'POST /upload', limit: '30/h' },
		{ call: 'POST /upload/token', limit: '30/h' },
		{ call: 'POST /orders/{id}/upload', limit: '30/h' },
		{ call: 'POST /orders/{id}/deliver', limit: '30/h' },
	],
	simplified: [...ORDER_SUMMARY, 'deliverables', 'already_delivered'],
	fields: [orderField, ...sourceFields],
	options: [
		{
			displayName: 'Deliver Again',
			name: 'deliverAgain',
			type: 'boolean',
			default: false,
			description:
				'Whether to replace the work in an order whose status is delivered already. While this is off, such an order is left alone, so that running a workflow twice delivers once.',
		},
		{
			displayName: 'Deliver Items Separately',
			name: 'separately',
			type: 'boolean',
			default: false,
			description:
				'Whether to deliver each input item by itself. Every delivery replaces the one before, so for one order this leaves only the last item.',
		},
		{
			displayName: 'Media Type',
			name: 'mediaType',
			type: 'options',
			options: [
				{ name: 'Automatic', value: MEDIA_TYPE_AUTOMATIC },
				{ name: 'Code', value: 'code' },
				{ name: 'Document', value: 'document' },
				{ name: 'Image', value: 'image' },
				{ name: 'Link', value: 'link' },
				{ name: 'Text', value: 'text' },
				{ name: 'Video', value: 'video' },
			],
			default: MEDIA_TYPE_AUTOMATIC,
			description: 'What the client sees it as. Automatic works it out from the type of each file or the ending of each URL.',
		},
		uploadMethodOption,
	],
	groupBy: (call) => (call.option('separately', false) ? undefined : call.required('orderId', 'Order')),
	sequenceBy: (call) => call.required('orderId', 'Order'),
	async run(call) {
		const orderId = call.required('orderId', 'Order');
		const before = await readOrder(call.client, orderId);
		const readAt = Date.now();
		const replace = call.option('deliverAgain', false) || call.option('separately', false);
		const sent = sentFor(call, orderId);
		const { deliverables } = sent;
		if (sent.isComplete && isDelivered(before, deliverables)) return { ...before, deliverables, already_delivered: false };
		if (before.status === 'delivered' && !replace) return { ...before, already_delivered: true };
		const obstacle = CLOSED_STATUSES[String(before.status)];
		if (obstacle) {
			call.refuse(
				`Order ${orderId} takes no delivery: its status is ${String(before.status)}`,
				`The order is ${String(before.status)}: ${obstacle}. Nothing was uploaded.`,
			);
		}
		if (!sent.isComplete) await gatherDeliverables(call, orderId, deliverables);
		sent.isComplete = true;
		const isTaken = (now: IDataObject) => !replace && isDeliveredByOthers(before, now, deliverables);
		if (Date.now() - readAt > LOOK_AGAIN_AFTER_MS) {
			const now = await readOrder(call.client, orderId);
			if (isTaken(now)) return { ...now, already_delivered: true };
		}
		return await sendDelivery(call, orderId, deliverables, isTaken);
	},
	advise: (_call, httpCode) =>
		httpCode === '403'
			? 'This order belongs to another agent, or the API Key is wrong: Atelier answers both alike. Check "Order" and the Atelier credential.'
			: undefined,
};

/** What an execution sent for some of its items. */
interface Sent extends IDataObject {
	/** Stands for everything that it was made from. */
	wanted: string;
	/** What is uploaded, in the order of its sources. */
	deliverables: Deliverable[];
	/** Whether all of it is. */
	isComplete: boolean;
}

/** Changes with everything that decides what is delivered: a retried execution may have new parameters. */
function wantedBy(call: OperationCall, orderId: string): string {
	const items = call.context.getInputData();
	const sources = call.itemIndexes.map((index) => [
		['source', 'binaryFields', 'text', 'fileName', 'urls', 'options'].map((name) => call.parameter<unknown>(name, '', index)),
		Object.values(items[index].binary ?? {}).map(({ id, data }) => id ?? data.length),
	]);
	return createHash('sha256').update(JSON.stringify([orderId, sources])).digest('hex');
}

/**
 * What was uploaded before when the node runs again for the same: no file is uploaded twice, nor taken for somebody else's.
 * n8n keeps it while the node is repeated by Retry On Fail, and when an execution is retried.
 */
function sentFor(call: OperationCall, orderId: string): Sent {
	const context = call.context.getContext('node');
	context.atelierDeliveries ??= {};
	const byPlace = context.atelierDeliveries as Record<string, Sent>;
	const wanted = wantedBy(call, orderId);
	if (byPlace[call.place]?.wanted !== wanted) byPlace[call.place] = { wanted, deliverables: [], isComplete: false };
	return byPlace[call.place];
}

/** What is to be delivered, before anything is uploaded. */
type Piece = { file: FileToUpload } | { url: string };

/**
 * Adds the files and URLs of the run's items to those that are there already. Everything is looked at before the first
 * upload, so that a mistake costs none.
 */
async function gatherDeliverables(call: OperationCall, orderId: string, deliverables: Deliverable[]): Promise<void> {
	const uploadMethod = call.option<UploadMethod>('uploadMethod', 'automatic');
	const mediaType = call.option<MediaType | typeof MEDIA_TYPE_AUTOMATIC>('mediaType', MEDIA_TYPE_AUTOMATIC);
	const typeOr = (worked: MediaType): MediaType => (mediaType === MEDIA_TYPE_AUTOMATIC ? worked : mediaType);

	const order: UploadOrder = { orderId, takes: 'whatTheAccountRefuses' };
	const pieces: Piece[] = [];
	for (const itemIndex of call.itemIndexes) pieces.push(...(await piecesOf(call, itemIndex)));
	for (const piece of pieces.slice(deliverables.length)) {
		if ('url' in piece) {
			deliverables.push({ deliverable_url: piece.url, deliverable_media_type: typeOr(mediaTypeOfUrl(piece.url)) });
		} else {
			const { url, media_type } = await uploadFile(call, piece.file, uploadMethod, order);
			deliverables.push({ deliverable_url: url, deliverable_media_type: typeOr(media_type) });
		}
	}
}

async function piecesOf(call: OperationCall, itemIndex: number): Promise<Piece[]> {
	const source = call.parameter<string>('source', 'binary', itemIndex);
	if (source === 'url') return readUrls(call, itemIndex).map((url) => ({ url }));
	if (source === 'text') {
		const fileName = call.required('fileName', 'File Name', itemIndex);
		return [{ file: fileFromText(call, call.parameter('text', '', itemIndex), fileName, itemIndex) }];
	}
	const fields = binaryFields(call, itemIndex);
	return await Promise.all(fields.map(async (field) => ({ file: await fileFromBinary(call, field, itemIndex) })));
}

/** The names of the binary fields; an expression may also give binary values themselves. */
function binaryFields(call: OperationCall, itemIndex: number): Array<string | IBinaryData> {
	const value = call.parameter<unknown>('binaryFields', '', itemIndex);
	const entries: unknown[] = Array.isArray(value) ? value : [value];
	const fields = entries.flatMap((entry): Array<string | IBinaryData> =>
		typeof entry === 'object' && entry !== null ? [entry as IBinaryData] : listFromText(entry),
	);
	return fields.length > 0
		? fields
		: call.refuse('"Input Binary Field" is empty', 'Write the name of the input field that holds the file, usually data.', itemIndex);
}

function readUrls(call: OperationCall, itemIndex: number): string[] {
	const urls = urlsFromText(call.parameter('urls', '', itemIndex));
	if (urls.length === 0) {
		call.refuse('"URLs" is empty', 'Write at least one web address, or check the expression in it.', itemIndex);
	}
	const wrong = urls.find((url) => !/^https?:\/\/[^\s/]+/i.test(url));
	if (wrong) {
		call.refuse(`"URLs" holds something that is no web address: "${wrong}"`, 'Web addresses start with https://', itemIndex);
	}
	return urls;
}

/**
 * Delivers. After a broken connection or a 5xx it looks at the order before it tries again, so nothing is delivered twice;
 * and where others delivered meanwhile, their delivery stays.
 */
async function sendDelivery(
	call: OperationCall,
	orderId: string,
	deliverables: Deliverable[],
	isTaken: (now: IDataObject) => boolean,
): Promise<IDataObject> {
	for (let attempt = 0; ; attempt++) {
		let taken: IDataObject | undefined;
		try {
			const order = await call.client.request({
				method: 'POST',
				path: `/orders/${pathPart(orderId)}/deliver`,
				json: deliverables.length === 1 ? deliverables[0] : { deliverables },
				timeoutSeconds: DELIVER_TIMEOUT_SECONDS,
				isStillWanted: async () => {
					const now = await readOrder(call.client, orderId);
					if (isTaken(now)) taken = now;
					return taken === undefined;
				},
			});
			return { ...order, deliverables, already_delivered: false };
		} catch (error) {
			if (taken) return { ...taken, already_delivered: true };
			if (!gotNoAnswer(error)) throw asThrown(error);
			const after = await readOrder(call.client, orderId).catch(() => undefined);
			if (after === undefined) throw mayHaveBeenDone(error) ? maybeDelivered(error) : notDelivered(error);
			if (isDelivered(after, deliverables)) return { ...after, deliverables, already_delivered: false };
			if (isTaken(after)) return { ...after, already_delivered: true };
			if (attempt === DELIVER_PAUSES.length) throw notDelivered(error);
		}
		await sleep(DELIVER_PAUSES[attempt] * 1000);
	}
}

/**
 * Whether others have delivered the order since it was read, as a second execution for it may on another worker. The client
 * may even have gone on with their delivery: approved it, or asked for changes.
 */
function isDeliveredByOthers(before: IDataObject, now: IDataObject, own: Deliverable[]): boolean {
	return now.delivered_at !== before.delivered_at && now.deliverable_url !== own[0].deliverable_url;
}

/** Whether the order has everything that was to be delivered. Only the first URL stands in the order itself. */
function isDelivered({ status, deliverable_url: first, deliverables: rows }: IDataObject, wanted: Deliverable[]): boolean {
	if (status !== 'delivered' || first !== wanted[0].deliverable_url) return false;
	const current = objectsIn(clean(rows)).filter((row) => row.status !== 'superseded');
	return wanted.slice(1).every(({ deliverable_url: url }) => current.some((row) => row.deliverable_url === url));
}

function notDelivered(error: NodeApiError): NodeApiError {
	error.description =
		'The order was not delivered. Run the node again later, or switch on "Retry On Fail" in its settings: a delivery is safe to repeat.';
	return error;
}

function maybeDelivered(error: NodeApiError): NodeApiError {
	error.description =
		'It may have been delivered all the same. Run the node again: it looks first, and leaves a delivered order alone.';
	return error;
}
