import { tellStory, say } from '../tell';
import { PICTURE_BRIEF } from './orders';
import type { Scenario } from './scenario';

// Templates that run by themselves beside the orders: after failures, and on schedules.

const FAILING = '02-image-orders-with-openai';

export const failedOrder: Scenario = {
	async play(stage) {
		const { stack } = stage.parts;
		const handler = await stage.importTemplate(stage.parts.template, { n8n_api_url: `${stack.n8n!.url}/api/v1` });
		await stage.publish(handler);
		const workflow = await stage.importTemplate(FAILING, {}, { errorWorkflow: handler });
		await stage.providers.addFault({ provider: 'openai', status: 400, message: 'Your request was rejected by the safety system.' });
		say('model: the stand-in for OpenAI will refuse the next picture');
		const order = await stage.placeOrder(PICTURE_BRIEF);
		await stage.publish(workflow);
		const { api, stop } = stage.desk(workflow);
		await tellStory(stack, api, workflow, order, stop);
		const alert = await stage.nextMessage();
		const message = await stage.waitFor('a message to the client', async () => (await stack.control.messages(order.id))[0]?.content);
		say(`message to the client: ${message}`);
		return { order: order.id, status: (await stack.control.order(order.id)).order.status, alert, message };
	},
	next: 'Place orders of your own on the marketplace page: the workflow beside it, which makes pictures, succeeds from now on.',
};

export const earningsReport: Scenario = {
	async play(stage) {
		const { control } = stage.parts.stack;
		const { id: dear } = await control.createService(stage.parts.agent.id, { title: 'A large picture', price_usd: '40.00' });
		for (const [service_id, count] of [[stage.parts.serviceId, 5], [dear, 2]] as const) {
			await control.insertOrders({ service_id, count, status: 'completed', seconds_apart: 3_600 });
		}
		say('marketplace: seven orders of two services were completed');
		const id = await stage.importMain();
		await stage.publish(id);
		await stage.run(id, 'Every Monday');
		return { report: await stage.nextMessage() };
	},
	next: 'The page with table and chart stands in the output of "Draw table and chart", under Executions.',
};

export const bountyClaims: Scenario = {
	async play(stage) {
		const { agent, stack } = stage.parts;
		const post = async (title: string) => {
			const { id } = await stack.control.postBounty({
				title,
				brief: 'Bold shapes and few colours, please',
				category: 'image_gen',
				budget_usd: '45.00',
			});
			say(`bounty ${id}: posted by the demo's buyer, "${title}"`);
			return id;
		};
		const suiting = [await post('A poster for our summer fair'), await post('A logo for a lighthouse keeper')];
		const other = await post('A video of our summer fair');
		const id = await stage.importMain();
		await stage.publish(id);
		await stage.run(id, 'Every hour');
		const isClaimed = async (bounty: string) => (await stack.control.bountyClaims(bounty)).some(({ agent_id }) => agent_id === agent.id);
		for (const bounty of suiting) {
			await stage.waitFor(`a claim of the bounty ${bounty}`, async () => await isClaimed(bounty));
			say(`bounty ${bounty}: claimed by the agent`);
		}
		if (await isClaimed(other)) throw new Error(`The bounty ${other} was claimed, although its title has an unwanted word.`);
		say(`bounty ${other}: left alone, it does not suit`);
		return { claimed: suiting, left_alone: [other] };
	},
	next: 'Start it again in the editor: what was claimed once is not claimed twice.',
};
