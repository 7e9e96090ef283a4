import type { SandboxLogEntry } from '../marketplace/control';
import type { Execution, ExecutionStatus } from '../n8n/api';
import type { RecordedRequest } from '../providers/kit/ledger';

/** What can be seen from outside while an order is being worked on. */
export interface Observation {
	/** Executions of the workflow that may concern the order, with what their data holds so far. */
	executions: Execution[];
	/** Requests to the model providers, oldest first. */
	modelCalls: RecordedRequest[];
	/** Requests to the marketplace, oldest first. */
	marketplaceCalls: SandboxLogEntry[];
}

export type StepName = 'picked up' | 'image made' | 'model asked' | 'quoted' | 'uploaded' | 'delivered' | 'client told' | 'run failed';

/** One thing that happened to an order. */
export interface Step {
	name: StepName;
	at: Date;
	/** A few words about it for the person who watches. */
	detail: string;
}

/** A part of the brief that a prompt made from it holds, however the provider's log shortens it. */
const RECOGNISABLE_LENGTH = 40;

const ENDED: ExecutionStatus[] = ['success', 'error', 'crashed', 'canceled'];

/** Calls that are answered with the picture itself; other models write, or take a job that they work on for a while. */
const ANSWERED_WITH_PICTURE = /images\/|:generateContent|txt2img/;

const isSuccess = ({ status }: { status: number }) => status >= 200 && status < 300;

/** Whether the execution works on the order: its id occurs in what the nodes put out. */
function concerns(execution: Execution, orderId: string): boolean {
	const runs = Object.values(execution.data.resultData.runData).flat();
	const items = runs.flatMap((run) => run.data?.main ?? []).flatMap((output) => output ?? []);
	return items.some(({ json }) => JSON.stringify(json).includes(orderId));
}

/**
 * Tells from what was observed what has happened to one order so far.
 *
 * @param order with the time since when it is work to do
 * @returns the steps in the order of their times, and whether the run that works on it has ended
 */
export function storyOf(
	order: { id: string; brief: string; paidAt: Date },
	observation: Observation,
): { steps: Step[]; hasEnded: boolean } {
	const since = ({ at }: { at: string }) => new Date(at) >= order.paidAt;
	const steps: Step[] = [];
	const add = (name: StepName, at: string | undefined, detail: string) => {
		if (at) steps.push({ name, at: new Date(at), detail });
	};

	const executions = observation.executions
		.filter((execution) => concerns(execution, order.id))
		.toSorted((a, b) => a.startedAt.localeCompare(b.startedAt));
	const [first] = executions;
	add('picked up', first?.startedAt, `by the trigger, execution ${first?.id}`);

	const asked = observation.modelCalls.find(
		(call) =>
			isSuccess(call) &&
			since(call) &&
			JSON.stringify(call.body ?? '').includes(JSON.stringify(order.brief.slice(0, RECOGNISABLE_LENGTH)).slice(1, -1)),
	);
	if (asked && ANSWERED_WITH_PICTURE.test(asked.path)) {
		add('image made', asked.at, `by the ${asked.provider} stand-in in ${asked.milliseconds} ms`);
	} else add('model asked', asked?.at, `at the ${asked?.provider} stand-in`);

	const calls = observation.marketplaceCalls.filter((call) => isSuccess(call) && since(call));
	const delivery = calls.findIndex(({ path }) => path.startsWith(`/api/orders/${order.id}/deliver`));
	if (delivery >= 0) {
		// A file belongs to the delivery that follows its upload.
		const upload = calls
			.slice(0, delivery)
			.findLast(({ method, path }) => method !== 'GET' && (path.startsWith('/api/upload') || path.startsWith('/api/blob')));
		add('uploaded', upload?.at, 'to the marketplace');
		add('delivered', calls[delivery]?.at, 'to the client');
	}
	const quote = calls.find(({ path }) => path.startsWith(`/api/orders/${order.id}/quote`));
	add('quoted', quote?.at, 'to the client');
	const message = calls.find(({ method, path }) => method === 'POST' && path.startsWith(`/api/orders/${order.id}/messages`));
	add('client told', message?.at, 'by a message');

	const failed = executions.find(({ status }) => status === 'error' || status === 'crashed');
	add('run failed', failed?.stoppedAt ?? failed?.startedAt, failed?.data.resultData.error?.message ?? `execution ${failed?.id}`);

	const last = executions.at(-1);
	return {
		steps: steps.toSorted((a, b) => a.at.getTime() - b.at.getTime()),
		hasEnded: last !== undefined && ENDED.includes(last.status),
	};
}
