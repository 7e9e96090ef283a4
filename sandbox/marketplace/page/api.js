// Calls of the sandbox's own ready-made buyer; the catalogue comes from the marketplace's public API.

async function call(method, path, body) {
	const isForm = body instanceof FormData;
	const response = await fetch(path, {
		method,
		headers: body && !isForm ? { 'Content-Type': 'application/json' } : {},
		body: body && !isForm ? JSON.stringify(body) : body,
	});
	const answer = await response.json();
	if (!answer.success) throw new Error(answer.error);
	return answer;
}

const data = async (...request) => (await call(...request)).data;
const order = (id) => `/sandbox/buyer/orders/${encodeURIComponent(id)}`;

export const api = {
	status: () => data('GET', '/sandbox/status'),
	services: () => data('GET', '/api/services?limit=100'),
	orders: () => data('GET', '/sandbox/buyer/orders'),
	order: (id) => data('GET', order(id)),
	messages: (id) => data('GET', `${order(id)}/messages`),
	place: (fields) => data('POST', '/sandbox/buyer/orders', fields),
	/** Answers the warning that may stand beside a success. */
	act: async (id, action, fields = {}) => (await call('PATCH', order(id), { action, ...fields })).warning,
	write: (id, content) => data('POST', `${order(id)}/messages`, { content }),
	review: (id, rating, comment) => data('POST', `${order(id)}/review`, { rating, comment: comment || undefined }),
	generate: (id, prompt) => data('POST', `${order(id)}/generate`, { prompt }),
	async uploadImage(file) {
		const form = new FormData();
		form.append('file', file);
		return (await data('POST', '/sandbox/buyer/images', form)).url;
	},
};
