import type { TestSandbox } from './testSandbox';

/**
 * What a workflow's executions got from their trigger, oldest first: "<order id> <event> #<attempt> <execution's status>".
 * Of an execution that was killed n8n does not keep the items; it is left out.
 */
export async function readHandouts(sandbox: TestSandbox, workflowId: string, triggerName: string): Promise<string[]> {
	const executions = (await sandbox.api.listExecutions(workflowId)).reverse();
	const handouts = executions.map(async ({ id, status }) => {
		const { data } = await sandbox.api.readExecution(id);
		const items = data.resultData.runData[triggerName]?.[0]?.data?.main?.[0] ?? [];
		return items.flatMap(({ json }) => {
			const { order, event, attempt } = json as { order?: { id: string }; event: string; attempt: number };
			return order ? [`${order.id} ${event} #${attempt} ${status}`] : [];
		});
	});
	return (await Promise.all(handouts)).flat();
}
