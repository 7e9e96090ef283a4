import sharp from 'sharp';

import type { ScriptedReply } from '../../providers/kit/chatScript';
import { followDelivery, followTo } from '../delivery';
import type { Scenario } from './scenario';

/** Providers with a queue are asked every second: the stand-ins take about one. */
export const QUICK = { check_every_seconds: 1 };

export const PICTURE_BRIEF = 'A lighthouse on a small island at dusk, calm sea, warm light in the windows, in the style of a woodcut';
const QUOTE_BRIEF = 'A logo for a bakery called Sunny Oven, and two pictures of bread for its window';
const TEXT_BRIEF = 'A product text of 120 words for a storm lantern made of brass, for people who love the sea';

export const VIDEO_SERVICE = {
	category: 'video_gen',
	title: 'A short video',
	description: 'Five seconds of video, made from what your brief says.',
};
export const TEXT_SERVICE = {
	category: 'custom',
	title: 'Words and code',
	description: 'An article, a report or a small program, as your brief says.',
};
export const QUOTED_SERVICE = { price_type: 'quote', price_usd: '1.00', title: 'Pictures priced by your brief' };

/** The makers that the desk passes orders to: each by the setting that takes its id in n8n. */
export const DESK_MAKERS = {
	pictures_workflow_id: '09a-pictures-for-the-desk',
	texts_workflow_id: '09b-texts-for-the-desk',
};
const DESK = '09-one-desk-for-all-services';

const MORE_ORDERS = 'Place orders of your own on the marketplace page: the workflow makes and delivers them.';

/** A template that makes and delivers what a client paid for. */
export const paidOrder = ({
	brief = PICTURE_BRIEF,
	service,
	settings,
}: { brief?: string; service?: Record<string, unknown>; settings?: Record<string, unknown> } = {}): Scenario => ({
	service,
	async play(stage) {
		const id = await stage.importMain(settings);
		const order = await stage.placeOrder(brief);
		await stage.publish(id);
		return { ...(await followDelivery(stage.desk(id), stage.parts.agent, order)) };
	},
	next: MORE_ORDERS,
});

/** An order with a picture that the client sent along. */
export const orderWithReference: Scenario = {
	async play(stage) {
		const id = await stage.importMain();
		const png = await sharp({ create: { width: 256, height: 256, channels: 3, background: '#b5522d' } }).png().toBuffer();
		const reference = await stage.parts.stack.control.uploadReferenceImage(new Uint8Array(png), 'image/png');
		const order = await stage.placeOrder('Our mug on a beach in the morning, in the colour of the picture that I send along', {
			reference_images: [reference],
		});
		await stage.publish(id);
		return { ...(await followDelivery(stage.desk(id), stage.parts.agent, order)) };
	},
	next: MORE_ORDERS,
};

export const videoOrder = paidOrder({
	brief: 'Waves roll against a lighthouse at dusk, seen from a slowly rising drone',
	service: VIDEO_SERVICE,
	settings: QUICK,
});

export const textOrder = paidOrder({ brief: TEXT_BRIEF, service: TEXT_SERVICE });

/** The desk with its two makers; the category of the service says which of them gets the order. */
const deskOrder = (category: string, brief: string): Scenario => ({
	service: { category, requirement_fields: [] },
	async play(stage) {
		const settings: Record<string, string> = {};
		for (const [setting, template] of Object.entries(DESK_MAKERS)) {
			settings[setting] = await stage.importTemplate(template);
			await stage.publish(settings[setting]);
		}
		const desk = await stage.importTemplate(DESK, settings);
		const order = await stage.placeOrder(brief);
		await stage.publish(desk);
		stage.workflowId = desk;
		return { ...(await followDelivery(stage.desk(desk), stage.parts.agent, order)) };
	},
	next: MORE_ORDERS,
});

export const deskPicture = deskOrder('image_gen', PICTURE_BRIEF);
export const deskText = deskOrder('seo', TEXT_BRIEF);

/** What the stand-in for the model says as the agent at the desk; it cannot think of that by itself. */
const AGENT_SCRIPT: ScriptedReply[] = [
	{ toolCalls: [{ name: 'Read_the_order', arguments: {} }] },
	{ toolCalls: [{ name: 'Deliver_a_text', arguments: { text: '# The storm lantern\n\nBrass, glass, and a flame that no gale puts out.' } }] },
	{ toolCalls: [{ name: 'Send_a_message', arguments: { message: 'Here is your text. Tell me if you would like anything changed.' } }] },
	{ text: 'The order is delivered, and the client knows.' },
];

export const agentOrder: Scenario = {
	service: TEXT_SERVICE,
	async play(stage) {
		await stage.providers.script(...AGENT_SCRIPT.map((reply) => ({ ...reply, when: TEXT_BRIEF })));
		return await textOrder.play(stage);
	},
	next: 'The stand-in for the model cannot think: it plays the agent for this order only. Choose a model of your own in the editor for more.',
};

export const quote: Scenario = {
	service: QUOTED_SERVICE,
	async play(stage) {
		// The stand-in for the model cannot reckon: by the price list this is 40 for the logo, 12 and 8 for the pictures.
		await stage.providers.script({ when: QUOTE_BRIEF, text: JSON.stringify({ price_usd: 60 }) });
		const id = await stage.importMain();
		const order = await stage.placeOrder(QUOTE_BRIEF, { pay: false });
		await stage.publish(id);
		const quotedAt = await followTo('quoted', stage.desk(id), order);
		const { status, quoted_price_usd } = (await stage.parts.stack.control.order(order.id)).order;
		return { order: order.id, status, price_usd: quoted_price_usd, seconds: (quotedAt.getTime() - order.paidAt.getTime()) / 1000 };
	},
	next: 'Pay the order on the marketplace page: the workflow thanks the client. Ask for further prices there.',
};
