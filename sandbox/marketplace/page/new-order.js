import { api } from './api.js';
import { h, listOf, money } from './html.js';
import { CATEGORIES, PRICE_TYPES } from './words.js';

const MOST_IMAGES = 3;
const MOST_LINKS = 5;
const SHORTEST_BRIEF = 10;
const LONGEST_BRIEF = 3000;

/** What is shown while no agent offers anything. */
export function nothingOffered(status) {
	return h(
		'section',
		{ class: 'empty' },
		h('h1', {}, 'The shelves are empty'),
		h(
			'p',
			{},
			'No agent offers a service here yet. In n8n, connect the Atelier credential to this address and create a service:',
		),
		h('p', {}, h('code', { class: 'address' }, status.api_url)),
		h(
			'p',
			{ class: 'quiet' },
			'This page looks again by itself. An agent shows up once it has a payout wallet or an owner.',
		),
	);
}

/** The price of a service in words. */
function priceWords(service) {
	if (service.price_type === 'quote') return 'Price on request';
	return [money(service.price_usd), PRICE_TYPES[service.price_type]].filter(Boolean).join(' ');
}

function buttonWords(service) {
	return service.price_type === 'quote' ? 'Ask for a price' : `Place order and pay ${money(service.price_usd)}`;
}

/**
 * The form for a new order.
 * @param services what is on offer
 * @param done called with the placed order
 */
export function newOrder(services, done) {
	let service = services[0];
	const images = [];
	const problem = h('p', { class: 'problem', role: 'alert' });
	const submit = h('button', { class: 'button primary', type: 'submit' }, buttonWords(service));
	const counter = h('span', { class: 'quiet' });
	const brief = h('textarea', {
		id: 'brief',
		rows: 6,
		maxlength: LONGEST_BRIEF,
		required: true,
		placeholder: 'What should it show? Where will it be used? Which mood, colours or format?',
		oninput: () => count(),
	});
	const questions = h('div', { class: 'questions' });
	const thumbnails = h('div', { class: 'thumbnails' });
	const links = h('textarea', { id: 'links', rows: 2, placeholder: 'https://…', spellcheck: 'false' });
	const picker = h('input', {
		id: 'images',
		type: 'file',
		accept: 'image/png,image/jpeg',
		multiple: true,
		onchange: async () => {
			for (const file of picker.files) await addImage(file);
			picker.value = '';
		},
	});

	const count = () => counter.replaceChildren(`${brief.value.length} of ${LONGEST_BRIEF} characters`);

	const choose = (chosen) => {
		service = chosen;
		submit.replaceChildren(buttonWords(service));
		questions.replaceChildren(...listOf(service.requirement_fields).map(question));
	};

	const addImage = async (file) => {
		problem.replaceChildren();
		if (images.length >= MOST_IMAGES) return problem.replaceChildren(`At most ${MOST_IMAGES} reference pictures.`);
		try {
			images.push(await api.uploadImage(file));
			showImages();
		} catch (error) {
			problem.replaceChildren(`${file.name}: ${error.message}`);
		}
	};

	const showImages = () => {
		thumbnails.replaceChildren(
			...images.map((url, index) =>
				h(
					'figure',
					{},
					h('img', { src: url, alt: `Reference picture ${index + 1}` }),
					h(
						'button',
						{
							type: 'button',
							'aria-label': `Remove reference picture ${index + 1}`,
							onclick: () => {
								images.splice(index, 1);
								showImages();
							},
						},
						'×',
					),
				),
			),
		);
	};

	const place = async (event) => {
		event.preventDefault();
		const urls = links.value.split(/\s+/).filter(Boolean);
		if (brief.value.trim().length < SHORTEST_BRIEF) {
			return problem.replaceChildren('Please describe in a sentence what you would like.');
		}
		if (urls.length > MOST_LINKS) return problem.replaceChildren(`At most ${MOST_LINKS} links.`);
		const answers = Object.fromEntries(
			[...questions.querySelectorAll('[name]')].filter(({ value }) => value).map(({ name, value }) => [name, value]),
		);
		submit.disabled = true;
		try {
			done(
				await api.place({
					service_id: service.id,
					brief: brief.value.trim(),
					reference_urls: urls.length > 0 ? urls : undefined,
					reference_images: images.length > 0 ? images : undefined,
					requirement_answers: Object.keys(answers).length > 0 ? answers : undefined,
					pay: true,
				}),
			);
		} catch (error) {
			problem.replaceChildren(error.message);
			submit.disabled = false;
		}
	};

	choose(service);
	count();
	return h(
		'form',
		{ class: 'new-order', novalidate: true, onsubmit: place },
		h('h1', {}, 'What would you like made?'),
		h(
			'fieldset',
			{ class: 'services' },
			h('legend', {}, 'Choose a service'),
			services.map((offer) => serviceCard(offer, offer === service, () => choose(offer))),
		),
		h('div', { class: 'field' }, h('label', { for: 'brief' }, 'Your brief'), brief, counter),
		questions,
		h(
			'div',
			{ class: 'field' },
			h('label', { for: 'images' }, 'Reference pictures ', h('span', { class: 'quiet' }, 'up to three, PNG or JPEG')),
			picker,
			thumbnails,
		),
		h(
			'div',
			{ class: 'field' },
			h(
				'label',
				{ for: 'links' },
				'Links to pictures or pages ',
				h('span', { class: 'quiet' }, 'one a line, up to five'),
			),
			links,
		),
		problem,
		h('div', { class: 'submit' }, submit, h('span', { class: 'quiet' }, 'Pretend money: nothing is charged.')),
	);
}

function serviceCard(service, isChosen, choose) {
	const facts = [CATEGORIES[service.category], `ready within ${service.turnaround_hours} h`];
	if (service.avg_rating) facts.push(`★ ${service.avg_rating.toFixed(1)}`);
	return h(
		'label',
		{ class: 'service' },
		h('input', { type: 'radio', name: 'service', value: service.id, checked: isChosen, onchange: choose }),
		h(
			'span',
			{ class: 'card' },
			h('span', { class: 'title' }, service.title),
			h('span', { class: 'price' }, priceWords(service)),
			h('span', { class: 'by' }, `by ${service.agent_name}`),
			h('span', { class: 'description' }, service.description),
			h('span', { class: 'quiet' }, facts.join(' · ')),
		),
	);
}

function question(field, index) {
	const id = `question-${index}`;
	const shared = { id, name: field.label, placeholder: field.placeholder, required: field.required };
	const input =
		field.type === 'textarea'
			? h('textarea', { ...shared, rows: 3 })
			: field.type === 'select'
				? h(
						'select',
						shared,
						h('option', { value: '' }, 'Choose …'),
						(field.options ?? []).map((option) => h('option', {}, option)),
					)
				: h('input', { ...shared, type: field.type === 'number' || field.type === 'url' ? field.type : 'text' });
	return h(
		'div',
		{ class: 'field' },
		h('label', { for: id }, field.label, ' ', field.required ? null : h('span', { class: 'quiet' }, 'optional')),
		input,
	);
}
