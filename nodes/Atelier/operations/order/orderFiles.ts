import type { IDataObject } from 'n8n-workflow';

import { objectsIn } from '../../../shared/wire';

/** Where in an order a file comes from. */
export type FileSource = 'deliverable' | 'reference_image' | 'reference_url' | 'superseded_deliverable';

/** A file that an order names, as output items describe it. */
export interface OrderFile extends IDataObject {
	source: FileSource;
	url: string;
	/** ID of the deliverable; absent for references. */
	deliverable_id?: string;
}

/** All files that an order names: references first, then deliverables in the order of their delivery. */
export function filesOf(order: IDataObject): OrderFile[] {
	return [
		...addresses(order.reference_images).map((url) => ({ source: 'reference_image' as const, url })),
		...addresses(order.reference_urls).map((url) => ({ source: 'reference_url' as const, url })),
		...deliverablesOf(order),
	];
}

function deliverablesOf(order: IDataObject): OrderFile[] {
	const files = objectsIn(order.deliverables).flatMap(({ id, status, deliverable_url, preview_url }): OrderFile[] => {
		const source = status === 'completed' ? 'deliverable' : status === 'superseded' ? 'superseded_deliverable' : undefined;
		// A buyer sees only the preview of a picture until the order is completed.
		const [url] = addresses([deliverable_url, preview_url]);
		return source && url ? [{ source, url, ...(typeof id === 'string' && { deliverable_id: id }) }] : [];
	});
	if (files.length > 0) return files;
	return addresses([order.deliverable_url]).map((url) => ({ source: 'deliverable', url }));
}

function addresses(value: unknown): string[] {
	if (!Array.isArray(value)) return [];
	return value.filter((url): url is string => typeof url === 'string' && url.trim() !== '').map((url) => url.trim());
}
