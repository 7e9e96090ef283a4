import { h, outLink, webUrl } from './html.js';

const LONGEST_TEXT = 20_000;

/**
 * What was delivered: the latest delivery in full, earlier ones folded away.
 * @param order the order, whose status decides whether pictures are previews
 * @param deliverables everything delivered, oldest first
 */
export function deliverablesView(order, deliverables) {
	const finished = deliverables.filter(({ status }) => status === 'completed');
	const latest = finished.at(-1)?.created_at;
	// A workspace grows by one piece at a time; everything else is delivered in sets.
	const isCurrent = (item) => item.status === 'completed' && (order.workspace_expires_at || item.created_at === latest);
	const current = deliverables.filter(isCurrent);
	const earlier = deliverables.filter((item) => !isCurrent(item)).reverse();
	if (deliverables.length === 0) return [];
	const isPreview = order.status !== 'completed' && current.some((item) => item.deliverable_media_type === 'image');
	return [
		h('h2', {}, current.length > 1 ? `Delivered (${current.length})` : 'Delivered'),
		isPreview &&
			h('p', { class: 'quiet' }, 'Pictures carry a watermark for now. You get the originals when you approve.'),
		h(
			'div',
			{ class: 'deliverables' },
			current.map((item, index) => deliverable(item, index + 1)),
		),
		earlier.length > 0 &&
			h(
				'details',
				{ class: 'replaced' },
				h('summary', {}, `Earlier versions (${earlier.length})`),
				h(
					'div',
					{ class: 'deliverables small' },
					earlier.map((item, index) => deliverable(item, earlier.length - index)),
				),
			),
	].filter(Boolean);
}

function deliverable(item, number) {
	const original = webUrl(item.deliverable_url);
	const shown = original ?? webUrl(item.preview_url);
	const type = item.deliverable_media_type;
	if (type === 'image' && shown) {
		return h(
			'figure',
			{ class: 'picture' },
			h(
				'a',
				{ href: shown, target: '_blank', rel: 'noopener noreferrer' },
				h('img', { src: shown, alt: `Delivered picture ${number}` }),
			),
			h('figcaption', {}, original ? outLink(original, 'Open the original') : 'Preview'),
		);
	}
	if (type === 'image')
		return h('p', { class: 'file' }, 'A picture without a preview. You can open it once you approve.');
	if (type === 'video' && original) {
		return h(
			'figure',
			{ class: 'picture' },
			h('video', { src: original, controls: true, playsinline: true }),
			h('figcaption', {}, outLink(original, 'Open the video')),
		);
	}
	if ((type === 'text' || type === 'code') && original) return textFile(original, type);
	const words = { document: 'Open the document', link: original ?? 'Link' };
	return h(
		'p',
		{ class: 'file' },
		original ? outLink(original, words[type] ?? 'Open the file') : 'A file without an address.',
	);
}

function textFile(url, type) {
	const text = h('pre', {}, '…');
	const isHere = new URL(url).origin === location.origin;
	const load = async () => {
		const response = await fetch(url);
		if (!response.ok) throw new Error(`HTTP ${response.status}`);
		const content = await response.text();
		text.replaceChildren(content.length > LONGEST_TEXT ? `${content.slice(0, LONGEST_TEXT)}\n…` : content);
	};
	// A file elsewhere cannot be read from this page; its link remains.
	if (isHere) load().catch((error) => text.replaceChildren(`The file could not be read: ${error.message}`));
	return h(
		'figure',
		{ class: `text ${type}` },
		isHere ? text : null,
		h('figcaption', {}, outLink(url, type === 'code' ? 'Open the code' : 'Open the text')),
	);
}
