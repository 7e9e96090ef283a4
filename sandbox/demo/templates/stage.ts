import { setTimeout as sleep } from 'node:timers/promises';

import type { SandboxAgent } from '../../marketplace/control';
import type { N8nApi, WorkflowFile } from '../../n8n/api';
import { ProvidersClient } from '../../providers/client';
import type { Stack } from '../../stack';
import type { Desk } from '../delivery';
import { chooseCredentials, pollEvery } from '../desk';
import type { FollowedOrder } from '../follow';
import { fillInTemplate } from '../providerUrls';
import { POLL_MINUTES } from '../setup';
import { say } from '../tell';

const LOOK_EVERY_MS = 250;
const HAPPENS_WITHIN_MS = 5 * 60_000;

export interface StageParts {
	/** The template that is shown, e.g. "02-image-orders-with-openai". */
	template: string;
	stack: Stack;
	api: N8nApi;
	/** The agent that sells, and its service; empty ones where the template makes the agent. */
	agent: SandboxAgent;
	serviceId: string;
	/** n8n's ids and names of the credentials, by type. */
	credentials: Record<string, { id: string; name: string }>;
	/** Whether nobody is there: the demo does what the template leaves to a person. */
	once: boolean;
	/** Aborted when everything is to stop. */
	stop: AbortSignal;
}

/** Where a template is shown: the running sandbox, and what a person who sets up a workflow does with it. */
export class Stage {
	readonly providers: ProvidersClient;
	/** n8n's id of the template that is shown, once it is imported. */
	workflowId?: string;
	/** n8n's id of the workflow that works on orders; none in a template that has nothing to do with them. */
	orderTaker?: string;
	/** The imported workflows' names, by their ids in n8n. */
	private readonly names = new Map<string, string>();
	/** How many of the messages to the agent's owner have been told. */
	private told = 0;

	constructor(readonly parts: StageParts) {
		this.providers = new ProvidersClient(parts.stack.providers.url);
	}

	/**
	 * Imports a template and sets it up: credentials in every node that wants one, the sandbox's addresses in the settings,
	 * triggers that look often.
	 *
	 * @param settings values for the Settings node, by name
	 * @param workflowSettings settings of the workflow in n8n, such as its error workflow
	 * @returns its id in n8n; it is not published yet
	 */
	async importTemplate(
		template: string,
		settings: Record<string, unknown> = {},
		workflowSettings: WorkflowFile['settings'] = {},
	): Promise<string> {
		const { stack, api, credentials } = this.parts;
		const file = pollEvery(fillInTemplate(template, stack, settings), POLL_MINUTES);
		const workflow = chooseCredentials(file, await api.readNodeTypes(), credentials);
		const { id } = await api.createWorkflow({ ...workflow, settings: { ...workflow.settings, ...workflowSettings } });
		if (template === this.parts.template) this.workflowId = id;
		this.names.set(id, file.name);
		say(`n8n: imported the template "${file.name}", chose the credentials and filled in the settings`);
		return id;
	}

	async publish(workflowId: string): Promise<void> {
		say(`n8n: publishing "${this.names.get(workflowId)}"`);
		await this.parts.api.publish(workflowId);
	}

	/** Imports the template that is shown. */
	async importMain(settings: Record<string, unknown> = {}): Promise<string> {
		return await this.importTemplate(this.parts.template, settings);
	}

	/** The demo's buyer orders something, and pays unless the price is to be named first. */
	async placeOrder(brief: string, { pay = true, ...more }: { pay?: boolean; reference_images?: string[] } = {}): Promise<FollowedOrder> {
		const paidAt = new Date();
		const { id } = await this.parts.stack.control.placeOrder({ service_id: this.parts.serviceId, brief, pay, ...more });
		say(`order ${id}: ${pay ? 'paid by the' : 'a price is wanted by the'} demo's buyer, "${brief}"`);
		return { id, brief, paidAt };
	}

	/** Where the orders are followed that a workflow works on: the first one by the scenario, later ones by whoever watches. */
	desk(workflowId: string): Desk {
		this.orderTaker = workflowId;
		const { stack, api, stop } = this.parts;
		return { stack, api, workflowId, stop };
	}

	/** Runs a workflow as the editor's button does, starting at a trigger. */
	async run(workflowId: string, trigger: string): Promise<void> {
		await this.parts.api.runManually(workflowId, trigger);
		say(`n8n: started "${this.names.get(workflowId)}" by hand at "${trigger}"`);
	}

	/**
	 * Waits for the next message to the agent's owner (the stand-in for Slack takes them), and tells it.
	 *
	 * @throws Error when none comes
	 */
	async nextMessage(): Promise<string> {
		return await this.waitFor('a message to you', async () => await this.readMessage());
	}

	/** Tells every further message to the agent's owner, until everything stops. */
	async tellMessages(): Promise<never> {
		for (;;) {
			if ((await this.readMessage()) === undefined) await sleep(LOOK_EVERY_MS, undefined, { signal: this.parts.stop });
		}
	}

	/**
	 * Waits for something to become true.
	 *
	 * @param what names it in the message when it does not
	 * @param look gives a value once it is true, undefined or false before
	 */
	async waitFor<T>(what: string, look: () => Promise<T | undefined | false>): Promise<T> {
		const deadline = Date.now() + HAPPENS_WITHIN_MS;
		for (;;) {
			const value = await look();
			if (value !== undefined && value !== false) return value;
			if (Date.now() > deadline) throw new Error(`Waited ${HAPPENS_WITHIN_MS / 60_000} minutes in vain for ${what}.`);
			await sleep(LOOK_EVERY_MS, undefined, { signal: this.parts.stop });
		}
	}

	private async readMessage(): Promise<string | undefined> {
		const { requests } = await this.providers.statistics();
		const request = requests.filter(({ provider, status }) => provider === 'slack' && status === 200)[this.told];
		if (!request) return undefined;
		this.told += 1;
		const { text } = request.body as { text: string };
		say(`message to you: ${text.replace(/\s*\n\s*/g, ' ')}`, new Date(request.at));
		return text;
	}
}
