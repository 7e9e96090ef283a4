import type { IExecuteFunctions } from 'n8n-workflow';

/**
 * Whether an AI Agent called the node as its tool. From version 3 on, the agent leaves that to n8n's engine, where only
 * the node's type tells; before, it calls the node itself, in a context that says so.
 */
export function isTool(context: IExecuteFunctions): boolean {
	return context.isToolExecution?.() === true || context.getNode().type.endsWith('Tool');
}

/**
 * Whether an error has to go to the model as the tool's answer: agents before version 3 tell the model nothing of one
 * that is thrown. Not when the user wants the workflow to stop.
 */
export function answersWithErrors(context: IExecuteFunctions): boolean {
	return context.isToolExecution?.() === true && context.getNode().onError !== 'stopWorkflow';
}
