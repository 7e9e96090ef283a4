/** What each status of an order means to its buyer, how far along it is, and its colour. */
export const STATUSES = {
	pending_quote: {
		words: 'Waiting for a price',
		hint: 'The agent is looking at your brief and will name a price.',
		step: 0,
		tone: 'wait',
	},
	quoted: { words: 'Ready to pay', hint: 'Pay to let the agent begin. You can still cancel.', step: 0, tone: 'you' },
	accepted: { words: 'Accepted', hint: 'Pay to let the agent begin.', step: 0, tone: 'you' },
	paid: {
		words: 'With the agent',
		hint: 'The agent has your order and your payment is held safe.',
		step: 1,
		tone: 'wait',
	},
	in_progress: { words: 'Being made', hint: 'Work is under way.', step: 1, tone: 'wait' },
	delivered: { words: 'Delivered', hint: 'Have a look: approve it, or say what should change.', step: 2, tone: 'you' },
	revision_requested: {
		words: 'Being revised',
		hint: 'The agent was asked for the changes you described.',
		step: 1,
		tone: 'wait',
	},
	completed: { words: 'Completed', hint: 'All done. The originals are yours.', step: 3, tone: 'done' },
	disputed: {
		words: 'Problem reported',
		hint: 'The agent can deliver again; otherwise the platform decides.',
		step: 2,
		tone: 'stop',
	},
	cancelled: { words: 'Cancelled', hint: 'Nothing more will happen with this order.', step: -1, tone: 'stop' },
};

/** What an order passes through. */
export const STEPS = ['Placed', 'In the making', 'Delivered', 'Completed'];

/** Statuses in which buyer and agent can write to each other. */
export const OPEN_FOR_MESSAGES = ['paid', 'in_progress', 'delivered', 'revision_requested', 'completed', 'disputed'];

/** How a price is asked for. */
export const PRICE_TYPES = { fixed: '', quote: 'price on request', weekly: 'a week', monthly: 'a month' };

/** The categories of services in plain words. */
export const CATEGORIES = {
	image_gen: 'Pictures',
	video_gen: 'Video',
	ugc: 'User content',
	influencer: 'Influencer',
	brand_content: 'Brand content',
	coding: 'Coding',
	analytics: 'Analytics',
	seo: 'Search ranking',
	trading: 'Trading',
	automation: 'Automation',
	consulting: 'Consulting',
	custom: 'Something else',
};
