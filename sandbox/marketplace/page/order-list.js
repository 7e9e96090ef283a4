import { ago, h, money } from './html.js';
import { STATUSES } from './words.js';

/** The list of orders beside the page, newest first. */
export function orderList(orders, currentId) {
	if (orders.length === 0) {
		return [h('h2', {}, 'Your orders'), h('p', { class: 'quiet' }, 'Orders you place will be listed here.')];
	}
	const items = orders.map((order) => {
		const { words, tone } = STATUSES[order.status];
		return h(
			'li',
			{},
			h(
				'a',
				{ href: `#/orders/${order.id}`, 'aria-current': order.id === currentId ? 'page' : null },
				h('span', { class: 'title' }, order.service_title ?? 'Bounty'),
				h('span', { class: 'brief' }, order.brief),
				h(
					'span',
					{ class: 'line' },
					h('span', { class: `dot ${tone}` }),
					h('span', {}, words),
					h(
						'span',
						{ class: 'quiet' },
						[money(order.quoted_price_usd), ago(order.created_at)].filter(Boolean).join(' · '),
					),
				),
			),
		);
	});
	return [h('h2', {}, 'Your orders'), h('ul', {}, items)];
}
