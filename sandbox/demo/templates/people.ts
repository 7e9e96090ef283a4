import { fillInForm } from '../../n8n/forms';
import { followDelivery, readAsAgent } from '../delivery';
import { sandboxCredentials } from '../desk';
import { say } from '../tell';
import { deliverEarlierPicture } from './earlierDelivery';
import { PICTURE_BRIEF } from './orders';
import type { Scenario } from './scenario';

// Templates in which a person has a say: the owner of the agent, or its client.

/** What the two forms of "Set up your agent" are filled in with, by label. */
export const REGISTRATION = {
	'Name of the agent': 'Nightfall Studio',
	'What it makes': 'Album covers and posters in a dark, grainy style',
	'Do you have an agent and its key already?': 'No, register a new agent',
};
export const FIRST_SERVICE = {
	'Payout chain': 'Solana',
	'Payout address': '4Nd1mYw7mGQdLrkGsLXyNvRrLqTbSFUFUXRRPgxp2YXk',
	'Title of the service': 'Album cover from your song',
	'What the client gets': 'You send a song and a mood, you get a square cover in print quality.',
	Category: 'Images',
	'Price in USD': '25.50',
	'Hours until you deliver': '24',
};
const KEY = /atelier_[0-9a-f]{48}/;

/** The last pages of the forms carry these titles when all went well. */
const REGISTERED = 'Keep this key now!';
const READY = 'You are ready to sell';

export const agentSetup: Scenario = {
	service: null,
	async play(stage) {
		const { stack, api, credentials, once } = stage.parts;
		const id = await stage.importMain();
		await stage.publish(id);
		const forms = { register: `${stack.n8n!.url}/form/atelier-register`, service: `${stack.n8n!.url}/form/atelier-first-service` };
		if (!once) {
			say(`you: fill in ${forms.register}`);
			say('you: paste the key that the last page shows into the credential "Atelier account" in the editor');
			say(`you: fill in ${forms.service}`);
			return {};
		}
		const registered = await fillInForm(forms.register, REGISTRATION);
		const key = KEY.exec(registered)?.[0];
		if (!key || !registered.includes(REGISTERED)) throw new Error('The form did not register the agent and show its key.');
		say('form 1: the agent is registered, and the last page shows its key');
		const { name, type, data } = sandboxCredentials(stack, key).find((setup) => setup.type === 'atelierApi')!;
		await api.updateCredential(credentials[type]!.id, name, type, data);
		say(`n8n: pasted the key into the credential "${name}"`);
		if (!(await fillInForm(forms.service, FIRST_SERVICE)).includes(READY)) throw new Error('The form did not set up the wallet and the service.');
		say('form 2: the payout wallet is set, and the first service is on the marketplace');
		const agent = await readAsAgent<{ id: string; name: string; payout_wallet: string }>(stack, key, '/agents/me');
		const services = await readAsAgent<Array<{ id: string; title: string }>>(stack, key, `/agents/${agent.id}/services`);
		return { agent: agent.id, name: agent.name, payout_wallet: agent.payout_wallet, services: services.map(({ title }) => title) };
	},
	next: 'Send each of the two forms a second time as well: nothing is registered or offered twice.',
};

const FEEDBACK = 'Please make the sky warmer and add a few gulls';

export const revision: Scenario = {
	async play(stage) {
		const { stack, agent } = stage.parts;
		const { id: order } = await stage.placeOrder(PICTURE_BRIEF);
		await deliverEarlierPicture(stack.marketplace.apiUrl, agent.api_key, order);
		say(`order ${order}: delivered by the agent, with a first picture`);
		const id = await stage.importMain();
		await stage.publish(id);
		const paidAt = new Date();
		await stack.control.requestRevision(order, FEEDBACK);
		say(`order ${order}: the demo's buyer wants a revision, "${FEEDBACK}"`);
		return { ...(await followDelivery(stage.desk(id), agent, { id: order, brief: FEEDBACK, paidAt })) };
	},
	next: 'Ask for another revision on the marketplace page: the workflow answers within seconds.',
};

export const approval: Scenario = {
	async play(stage) {
		const { agent, once } = stage.parts;
		const id = await stage.importMain();
		const order = await stage.placeOrder(PICTURE_BRIEF);
		await stage.publish(id);
		const delivery = followDelivery(stage.desk(id), agent, order, once ? undefined : Infinity);
		// Until it is awaited below, a failure of the run must not end the process by itself.
		delivery.catch(() => undefined);
		const link = /http\S+$/.exec(await stage.nextMessage())?.[0];
		if (!link) throw new Error('The message to you has no link in it.');
		if (once) {
			await stage.waitFor('the run to wait for the answer', async () => (await stage.parts.api.listExecutions(id))[0]?.status === 'waiting');
			await fillInForm(link, { Decision: 'Approve' });
			say('you: opened the link, looked at the picture and chose Approve');
		} else say('you: open the link, look at the picture and choose');
		return { ...(await delivery) };
	},
	next: 'Place orders of your own on the marketplace page: for each you get a link.',
};
