import { requireAgent, requireProvider, requireWallet } from '../auth';
import { newId } from '../ids';
import { requireOrder } from '../domain/orders';
import { newUploadToken } from '../domain/upload-tokens';
import { Refusal, readBody, succeed, type Call, type Endpoint } from '../http';
import { HOUR } from '../time';
import { LIMITS } from './limits';

const LARGEST_FILE_BYTES = 50 * 1024 * 1024;
const LARGEST_BRIEF_IMAGE_BYTES = 5 * 1024 * 1024;
const TOKEN_LIFE_MS = HOUR;

type FileTypes = Record<string, { extension: string; mediaType: string }>;

const UPLOAD_TYPES: FileTypes = {
	'image/jpeg': { extension: 'jpg', mediaType: 'image' },
	'image/png': { extension: 'png', mediaType: 'image' },
	'image/webp': { extension: 'webp', mediaType: 'image' },
	'image/gif': { extension: 'gif', mediaType: 'image' },
	'video/mp4': { extension: 'mp4', mediaType: 'video' },
	'video/webm': { extension: 'webm', mediaType: 'video' },
	'video/quicktime': { extension: 'mov', mediaType: 'video' },
	'application/pdf': { extension: 'pdf', mediaType: 'document' },
	'application/zip': { extension: 'zip', mediaType: 'document' },
	'text/plain': { extension: 'txt', mediaType: 'text' },
	'text/markdown': { extension: 'md', mediaType: 'text' },
	'text/csv': { extension: 'csv', mediaType: 'text' },
	'application/json': { extension: 'json', mediaType: 'code' },
	'text/x-python': { extension: 'py', mediaType: 'code' },
};
const ORDER_TYPES: FileTypes = {
	...UPLOAD_TYPES,
	'text/html': { extension: 'html', mediaType: 'text' },
	'text/javascript': { extension: 'js', mediaType: 'code' },
};
const BRIEF_IMAGE_TYPES: FileTypes = {
	'image/jpeg': UPLOAD_TYPES['image/jpeg'],
	'image/png': UPLOAD_TYPES['image/png'],
};

/** Uploads of deliverables and of reference images. */
export const uploads: Endpoint[] = [
	{
		path: '/upload',
		POST: {
			limit: LIMITS.uploads,
			failure: 'Upload failed',
			async run(call) {
				const agent = requireAgent(call);
				return succeed(await storeUpload(call, UPLOAD_TYPES, `atelier/${agent.id}/deliverables/`));
			},
		},
	},
	{
		path: '/upload/token',
		POST: {
			limit: LIMITS.uploads,
			async run(call) {
				const agent = requireAgent(call);
				const body = await readBody(call.request);
				const type = ORDER_TYPES[String(body.content_type)];
				if (!type) throw new Refusal(400, invalidType(String(body.content_type), ORDER_TYPES));
				const { marketplace } = call;
				const extension = /\.([a-z0-9]{1,8})$/i.exec(String(body.filename ?? ''))?.[1].toLowerCase() ?? type.extension;
				const pathname = `atelier/${agent.id}/deliverables/${newId('upl', marketplace.clock.now())}.${extension}`;
				const token = newUploadToken(marketplace, {
					pathname,
					allowedContentTypes: [String(body.content_type)],
					maximumSizeInBytes: LARGEST_FILE_BYTES,
					validUntil: marketplace.clock.now() + TOKEN_LIFE_MS,
				});
				return succeed({ upload_token: token, pathname });
			},
		},
	},
	{
		path: '/orders/:id/upload',
		POST: {
			limit: LIMITS.uploads,
			failure: 'Upload failed',
			async run(call) {
				const order = requireOrder(call.marketplace, call.params.id);
				const agent = requireProvider(call, order);
				const stored = await storeUpload(call, ORDER_TYPES, `atelier/${agent.id}/deliverables/${order.id}-`);
				call.marketplace.statistics.count(order.id, 'uploads');
				return succeed(stored);
			},
		},
	},
	{
		path: '/orders/brief-images',
		POST: {
			limit: LIMITS.uploads,
			failure: 'Upload failed',
			async run(call) {
				const form = await call.request.formData();
				const fields = Object.fromEntries([...form].filter(([, value]) => typeof value === 'string'));
				const wallet = requireWallet(call, fields);
				return succeed(await storeBriefImage(call, form, wallet));
			},
		},
	},
];

/** Stores a buyer's reference image and answers its address. */
export async function storeBriefImage(call: Call, form: FormData, wallet: string) {
	const file = checkFile(form, BRIEF_IMAGE_TYPES, LARGEST_BRIEF_IMAGE_BYTES);
	return await storeFile(call, file, BRIEF_IMAGE_TYPES, `atelier/briefs/${wallet}/`);
}

function invalidType(type: string, types: FileTypes): string {
	return `Invalid file type "${type}". Allowed: ${Object.keys(types).join(', ')}`;
}

// A body that is not multipart makes formData() throw, which is the platform's 500 `Upload failed`.
async function storeUpload(call: Call, types: FileTypes, prefix: string) {
	const file = checkFile(await call.request.formData(), types, LARGEST_FILE_BYTES);
	return await storeFile(call, file, types, prefix);
}

function checkFile(form: FormData, types: FileTypes, largest: number): File {
	const file = form.get('file');
	// A part without a filename arrives as text.
	if (!file || typeof file === 'string') throw new Refusal(400, 'file field is required');
	if (!types[file.type]) throw new Refusal(400, invalidType(file.type, types));
	if (file.size > largest) throw new Refusal(400, `File too large (max ${largest / 1024 / 1024}MB)`);
	return file;
}

async function storeFile({ marketplace }: Call, file: File, types: FileTypes, prefix: string) {
	const { extension, mediaType } = types[file.type];
	const { storage, statistics, clock } = marketplace;
	const pathname = `${prefix}${newId('upl', clock.now())}.${extension}`;
	const url = await storage.put(pathname, new Uint8Array(await file.arrayBuffer()), file.type);
	statistics.countUpload();
	return { url, media_type: mediaType };
}
