import { api } from './api.js';
import { h } from './html.js';
import { newOrder, nothingOffered } from './new-order.js';
import { orderList } from './order-list.js';
import { OrderPage } from './order.js';

// The frame: which view the address names, and looking for news while the page is open.

const LOOK_EVERY_MS = 2000;
const NOTICE_MS = 6000;

const main = document.querySelector('#main');
const list = document.querySelector('#orders');
const toast = document.querySelector('#toast');

/** What is shown: the view's name and, for an order, its page. */
let view = { name: '' };
let lastList = '';
let noticeTimer;

function tell(words) {
	toast.replaceChildren(h('p', {}, words));
	clearTimeout(noticeTimer);
	noticeTimer = setTimeout(() => toast.replaceChildren(), NOTICE_MS);
}

function address() {
	const order = /^#\/orders\/(.+)$/.exec(location.hash)?.[1];
	return order
		? { name: 'order', id: decodeURIComponent(order) }
		: { name: location.hash === '#/new' ? 'new' : 'home' };
}

function show(element) {
	main.replaceChildren(element);
	window.scrollTo(0, 0);
}

function drawList(orders) {
	const { id } = address();
	const key = JSON.stringify([
		id,
		orders.map((order) => [order.id, order.status, order.quoted_price_usd]),
		Math.floor(Date.now() / 60_000),
	]);
	if (key === lastList) return;
	lastList = key;
	list.replaceChildren(...orderList(orders, id));
}

/** Draws what the address names with what the marketplace says now. */
async function refresh() {
	const orders = await api.orders();
	const wanted = address();
	// On a narrow screen the list has the page to itself until an order is chosen.
	document.body.dataset.view = wanted.name;
	document.body.classList.toggle('has-orders', orders.length > 0);
	drawList(orders);
	if (wanted.name === 'order') return await refreshOrder(wanted.id);
	if (view.name === 'offer') return;
	const services = await api.services();
	if (services.length === 0) {
		if (view.name !== 'nothing') show(nothingOffered(await api.status()));
		view = { name: 'nothing' };
		return;
	}
	view = { name: 'offer' };
	show(
		newOrder(services, (order) => {
			location.hash = `#/orders/${order.id}`;
		}),
	);
}

async function refreshOrder(id) {
	if (view.id !== id) {
		view = { name: 'order', id, page: new OrderPage(id, refresh, tell) };
		show(view.page.element);
	}
	const [details, messages] = await Promise.all([api.order(id), api.messages(id)]);
	if (view.id === id) view.page.show(details, messages);
}

async function look() {
	try {
		await refresh();
		document.body.classList.remove('offline');
	} catch (error) {
		document.body.classList.add('offline');
		const words = error instanceof TypeError ? 'The sandbox does not answer. Is it still running?' : error.message;
		if (main.childElementCount === 0 || view.name === '')
			show(h('section', { class: 'empty' }, h('h1', {}, 'Something is missing'), h('p', {}, words)));
		else tell(words);
	}
}

async function watch() {
	for (;;) {
		if (!document.hidden) await look();
		await new Promise((done) => setTimeout(done, LOOK_EVERY_MS));
	}
}

window.addEventListener('hashchange', () => {
	view = { name: '' };
	lastList = '';
	void look();
});
document.addEventListener('visibilitychange', () => document.hidden || void look());
void watch();
