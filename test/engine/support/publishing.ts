import './environment';

import * as engine from 'n8n-core';
import type { PollContext } from 'n8n-core';
import type { IWorkflowExecuteAdditionalData, Workflow, WorkflowActivateMode } from 'n8n-workflow';

import { Container } from './container';

/** What n8n makes of a published workflow with a polling trigger. */
export interface Published {
	/** When n8n would poll. */
	readonly crons: string[];
	/** n8n's own function for a poll, once the workflow is published. */
	runPoll?: (isActivation?: boolean) => Promise<void>;
}

/** How n8n 1.x publishes: one class does everything, and hands its function for a poll to the cron jobs. */
interface FirstEngine {
	ActiveWorkflows?: abstract new () => {
		scheduledTaskManager: { registerCron(job: { workflowId: string; expression: string }, poll: () => Promise<void>): void };
		add(
			id: string,
			workflow: Workflow,
			additionalData: IWorkflowExecuteAdditionalData,
			mode: 'trigger',
			activation: WorkflowActivateMode,
			getTriggerFunctions: () => never,
			getPollFunctions: () => PollContext,
		): Promise<void>;
	};
}

const { ActiveWorkflows } = engine as FirstEngine;

/** Whether n8n can give each poll a context of its own and tell it how much time it has; 1.x does neither. */
export const hasPollBudgets = ActiveWorkflows === undefined;

/** The workflows as they were published last. */
const current = new Map<string, Published>();

// Cron jobs are noted and not made, and a poll can be waited for.
beforeAll(() => (ActiveWorkflows ? watchFirstEngine(ActiveWorkflows) : watchEngine()));

function watchFirstEngine(activeWorkflows: NonNullable<FirstEngine['ActiveWorkflows']>): void {
	const { scheduledTaskManager } = Container.get(activeWorkflows);
	jest.spyOn(scheduledTaskManager, 'registerCron').mockImplementation(({ workflowId, expression }, poll) => {
		const published = current.get(workflowId);
		published?.crons.push(expression);
		if (published) published.runPoll = poll;
	});
}

function watchEngine(): void {
	jest.spyOn(Container.get(engine.ScheduledTaskManager), 'register').mockImplementation(({ group, expression }) => {
		current.get(group.id)?.crons.push(expression);
		return true;
	});
	const executor = Container.get(engine.PollTriggerExecutor);
	const createPoll = executor.create.bind(executor);
	jest.spyOn(executor, 'create').mockImplementation((workflow, ...others) => {
		const runPoll = createPoll(workflow, ...others);
		const published = current.get(workflow.id);
		if (published) published.runPoll = runPoll;
		return runPoll;
	});
}

/**
 * Publishes a workflow with a polling trigger in the engine at hand, n8n's of today or that of 1.x; the first poll is part
 * of it.
 *
 * @param published gets what n8n makes of it
 * @param context makes what n8n hands to the node for a poll
 * @throws what n8n would show
 */
export async function publish(
	workflow: Workflow,
	published: Published,
	activation: WorkflowActivateMode,
	additionalData: IWorkflowExecuteAdditionalData,
	context: () => PollContext,
): Promise<void> {
	const noOtherTrigger = () => {
		throw new Error('The node is no trigger of that kind');
	};
	current.set(workflow.id, published);
	if (ActiveWorkflows) {
		await Container.get(ActiveWorkflows).add(workflow.id, workflow, additionalData, 'trigger', activation, noOtherTrigger, context);
		return;
	}
	Container.get(engine.InstanceSettings).markAsLeader();
	const triggers = Container.get(engine.ActiveWorkflowTriggers);
	await triggers.addAllTriggers(workflow.id, workflow, additionalData, 'trigger', activation, noOtherTrigger, context);
}
