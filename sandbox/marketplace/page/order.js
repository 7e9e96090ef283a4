import { api } from './api.js';
import { deliverablesView } from './deliverables.js';
import { ago, h, listOf, money, outLink, webUrl, when } from './html.js';
import { OPEN_FOR_MESSAGES, STATUSES, STEPS } from './words.js';

/**
 * The page of one order. Its parts are drawn again only when what they show has changed, so that half-written words
 * survive the page's looking for news.
 * @param refresh looks for news at once
 * @param tell shows a short notice
 */
export class OrderPage {
	constructor(id, refresh, tell) {
		this.id = id;
		this.refresh = refresh;
		this.tell = tell;
		this.drawn = new Map();
		this.parts = Object.fromEntries(
			['head', 'delivery', 'actions', 'brief', 'thread'].map((name) => [name, h('section', { class: name })]),
		);
		this.composer = this.makeComposer();
		this.element = h(
			'article',
			{ class: 'order' },
			this.parts.head,
			this.parts.delivery,
			this.parts.actions,
			this.parts.brief,
			h('section', { class: 'messages' }, h('h2', {}, 'Messages'), this.parts.thread, this.composer),
		);
	}

	/** Shows an order as it is now. */
	show({ order, deliverables, review }, messages) {
		this.draw('head', [order.status, order.quoted_price_usd, order.revision_count, order.review_deadline], () =>
			head(order),
		);
		this.draw('delivery', [order.status === 'completed', deliverables], () => deliverablesView(order, deliverables));
		this.draw('actions', [order.status, order.quota_used, review], () => this.actions(order, review));
		this.draw('brief', [order.brief], () => brief(order));
		this.draw('thread', [messages, OPEN_FOR_MESSAGES.includes(order.status)], () => thread(order, messages));
		this.composer.hidden = !OPEN_FOR_MESSAGES.includes(order.status);
	}

	draw(part, facts, make) {
		const key = JSON.stringify(facts);
		if (this.drawn.get(part) === key) return;
		this.drawn.set(part, key);
		this.parts[part].replaceChildren(...make());
	}

	/** Runs something a buyer asked for, with the button disabled meanwhile. */
	async run(button, work) {
		button.disabled = true;
		try {
			const warning = await work();
			if (warning) this.tell(warning);
		} catch (error) {
			this.tell(error.message);
		} finally {
			button.disabled = false;
			await this.refresh();
		}
	}

	button(words, look, work) {
		const button = h('button', { class: `button ${look}`, type: 'button' }, words);
		button.addEventListener('click', () => void this.run(button, work));
		return button;
	}

	actions(order, review) {
		const { id, status } = order;
		const act = (action, fields) => () => api.act(id, action, fields);
		if (status === 'pending_quote') return [this.row(this.button('Cancel the order', 'plain', act('cancel')))];
		if (status === 'quoted' || status === 'accepted') {
			return [
				this.row(
					this.button(`Pay ${money(order.quoted_price_usd) ?? ''}`, 'primary', act('pay')),
					this.button('Cancel the order', 'plain', act('cancel')),
				),
			];
		}
		if (status === 'paid') return [this.row(this.button('Cancel and get the money back', 'plain', act('cancel')))];
		if (status === 'in_progress' && order.workspace_expires_at) return this.workspace(order);
		if (status === 'delivered') return this.decision(order, act);
		if (status === 'completed') return review ? [shownReview(review)] : this.reviewForm(id);
		return [];
	}

	row(...buttons) {
		return h('div', { class: 'row' }, buttons);
	}

	/** Approve, ask for a change, or report a problem. */
	decision(order, act) {
		const extra = order.revision_count >= order.max_revisions;
		return [
			h('h2', {}, 'Is it what you wanted?'),
			this.row(this.button('Approve', 'primary', act('approve'))),
			this.wordsForm({
				label: 'Ask for a revision',
				verb: 'Send the request',
				placeholder: 'What should change?',
				hint: extra
					? `More than the ${order.max_revisions} revisions included: the agent may ask for more.`
					: `Revision ${order.revision_count + 1} of ${order.max_revisions} included.`,
				send: (words) => api.act(order.id, 'revision', { feedback: words }),
			}),
			this.wordsForm({
				label: 'Report a problem',
				verb: 'Send the report',
				placeholder: 'What went wrong?',
				hint: 'The agent can answer with a new delivery.',
				send: (words) => api.act(order.id, 'dispute', { reason: words }),
			}),
		];
	}

	wordsForm({ label, verb, placeholder, hint, send }) {
		const field = h('textarea', { rows: 3, placeholder, 'aria-label': label, required: true });
		const button = h('button', { class: 'button', type: 'submit' }, verb);
		const form = h(
			'form',
			{
				onsubmit: (event) => {
					event.preventDefault();
					if (!field.value.trim()) return field.focus();
					void this.run(button, () => send(field.value.trim()));
				},
			},
			field,
			h('div', { class: 'row' }, button, h('span', { class: 'quiet' }, hint)),
		);
		return h('details', { class: 'choice' }, h('summary', {}, label), form);
	}

	workspace(order) {
		const quota =
			order.quota_total > 0 ? `${order.quota_used} of ${order.quota_total} used` : `${order.quota_used} made`;
		const field = h('input', {
			type: 'text',
			placeholder: 'Describe one picture',
			'aria-label': 'Prompt',
			required: true,
		});
		const button = h('button', { class: 'button primary', type: 'submit' }, 'Generate');
		return [
			h('h2', {}, 'Your workspace'),
			h('p', { class: 'quiet' }, `${quota}. Open until ${when(order.workspace_expires_at)}.`),
			h(
				'form',
				{
					class: 'inline',
					onsubmit: (event) => {
						event.preventDefault();
						if (!field.value.trim()) return field.focus();
						void this.run(button, () => api.generate(order.id, field.value.trim()).then(() => undefined));
					},
				},
				field,
				button,
			),
		];
	}

	reviewForm(id) {
		const comment = h('input', {
			type: 'text',
			maxlength: 500,
			placeholder: 'A word about it (optional)',
			'aria-label': 'Comment',
		});
		const button = h('button', { class: 'button', type: 'submit' }, 'Send review');
		const stars = h(
			'fieldset',
			{ class: 'stars' },
			h('legend', {}, 'How was it?'),
			[1, 2, 3, 4, 5].map((number) =>
				h(
					'label',
					{ title: `${number} of 5` },
					h('input', {
						type: 'radio',
						name: 'rating',
						value: number,
						checked: number === 5,
						'aria-label': `${number} of 5`,
					}),
					h('span', { 'aria-hidden': 'true' }, '★'),
				),
			),
		);
		const form = h(
			'form',
			{
				class: 'review',
				onsubmit: (event) => {
					event.preventDefault();
					const rating = Number(new FormData(form).get('rating'));
					void this.run(button, () => api.review(id, rating, comment.value.trim()).then(() => undefined));
				},
			},
			stars,
			comment,
			button,
		);
		return [form];
	}

	makeComposer() {
		const field = h('textarea', {
			rows: 1,
			maxlength: 2000,
			placeholder: 'Write to the agent',
			'aria-label': 'Message',
		});
		const button = h('button', { class: 'button', type: 'submit' }, 'Send');
		return h(
			'form',
			{
				class: 'inline',
				onsubmit: (event) => {
					event.preventDefault();
					if (!field.value.trim()) return field.focus();
					void this.run(button, async () => {
						await api.write(this.id, field.value.trim());
						field.value = '';
					});
				},
			},
			field,
			button,
		);
	}
}

function head(order) {
	const { words, hint, step, tone } = STATUSES[order.status];
	const deadline = order.status === 'delivered' && order.review_deadline;
	return [
		h('a', { class: 'back', href: '#/' }, '‹ All orders'),
		h('h1', {}, order.service_title ?? 'Bounty'),
		h(
			'p',
			{ class: 'by' },
			[`by ${order.provider_name}`, money(order.quoted_price_usd), `placed ${ago(order.created_at)}`]
				.filter(Boolean)
				.join(' · '),
		),
		h(
			'div',
			{ class: `status ${tone}`, role: 'status' },
			h('strong', {}, words),
			h('code', { title: 'The name of this status in the API' }, order.status),
			h('p', {}, hint, deadline ? ` Without an answer it counts as approved on ${when(deadline)}.` : ''),
		),
		step >= 0 &&
			h(
				'ol',
				{ class: 'steps' },
				STEPS.map((name, index) =>
					h('li', { class: index <= step ? 'reached' : null, 'aria-current': index === step ? 'step' : null }, name),
				),
			),
	].filter(Boolean);
}

function brief(order) {
	const images = listOf(order.reference_images).filter(webUrl);
	const urls = listOf(order.reference_urls);
	const answers = Object.entries(JSON.parse(order.requirement_answers ?? '{}'));
	return [
		h('h2', {}, 'Your brief'),
		h('p', { class: 'words' }, order.brief),
		answers.length > 0 &&
			h(
				'dl',
				{},
				answers.map(([name, value]) => [h('dt', {}, name), h('dd', {}, String(value))]),
			),
		images.length > 0 &&
			h(
				'div',
				{ class: 'thumbnails' },
				images.map((url) => h('figure', {}, h('img', { src: url, alt: 'Reference picture' }))),
			),
		urls.length > 0 &&
			h(
				'ul',
				{ class: 'links' },
				urls.map((url) => h('li', {}, outLink(String(url)))),
			),
	].filter(Boolean);
}

function thread(order, messages) {
	if (messages.length === 0) {
		const open = OPEN_FOR_MESSAGES.includes(order.status);
		return [
			h('p', { class: 'quiet' }, open ? 'No messages yet.' : 'You can write to the agent once the order is paid.'),
		];
	}
	return messages.map((message) =>
		h(
			'div',
			{ class: `message ${message.sender_type}` },
			h('p', { class: 'words' }, message.content),
			h(
				'span',
				{ class: 'quiet' },
				`${message.sender_type === 'client' ? 'You' : message.sender_name} · ${ago(message.created_at)}`,
			),
		),
	);
}

function shownReview(review) {
	return h(
		'p',
		{ class: 'given-review' },
		h(
			'span',
			{ class: 'given-stars', role: 'img', 'aria-label': `${review.rating} of 5 stars` },
			'★'.repeat(review.rating),
		),
		review.comment ? ` ${review.comment}` : ' Thank you for your review.',
	);
}
