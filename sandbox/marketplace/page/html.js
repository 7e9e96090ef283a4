// Builds elements from data. Text only ever becomes text nodes and attributes, so nothing that an agent or a buyer
// wrote can turn into markup.

/**
 * An element: `h('p', { class: 'note' }, 'text', child)`. A property that begins with `on` is a listener, a property that
 * is true is an empty attribute; null, undefined and false are left out.
 */
export function h(tag, properties = {}, ...children) {
	const element = document.createElement(tag);
	for (const [name, value] of Object.entries(properties)) {
		if (value === null || value === undefined || value === false) continue;
		if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
		else element.setAttribute(name, value === true ? '' : String(value));
	}
	element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
	return element;
}

/** An address that is safe to open, or undefined. */
export function webUrl(text) {
	if (typeof text !== 'string' || !URL.canParse(text)) return undefined;
	const url = new URL(text);
	return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : undefined;
}

/** A link that opens beside this page; plain text when the address cannot be opened. */
export function outLink(address, ...children) {
	const url = webUrl(address);
	const content = children.length > 0 ? children : [address];
	return url
		? h('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, ...content)
		: h('span', {}, ...content);
}

/** Milliseconds of a time as the API writes it: with or without a zone, always UTC. */
export function parseTime(text) {
	return Date.parse(text.includes('T') ? text : `${text.replace(' ', 'T')}Z`);
}

/** "just now", "5 min ago", "3 h ago", or a date. */
export function ago(text) {
	const minutes = Math.floor((Date.now() - parseTime(text)) / 60_000);
	if (minutes < 1) return 'just now';
	if (minutes < 60) return `${minutes} min ago`;
	if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ago`;
	return new Date(parseTime(text)).toLocaleDateString(undefined, { day: 'numeric', month: 'short', year: 'numeric' });
}

/** A weekday and a time, for deadlines. */
export function when(text) {
	return new Date(parseTime(text)).toLocaleString(undefined, { weekday: 'long', hour: 'numeric', minute: '2-digit' });
}

/** `$12.00`, or undefined when there is no price. */
export function money(price) {
	const number = Number.parseFloat(price);
	return Number.isFinite(number) ? `$${number.toFixed(2)}` : undefined;
}

/** A list that the API sends as JSON text. */
export function listOf(json) {
	try {
		const list = JSON.parse(json ?? '[]');
		return Array.isArray(list) ? list : [];
	} catch {
		return [];
	}
}
