import { NodeApiError } from 'n8n-workflow';
import type { INodeExecutionData, IPollFunctions } from 'n8n-workflow';

import { readAccount } from '../shared/account';
import type { Account } from '../shared/account';
import { AtelierClient, pathPart } from '../shared/client';
import { DEFAULT_BASE_URL } from '../shared/credential';
import { asThrown, gotNoAnswer, inputError, toNodeError } from '../shared/errors';
import { EVENT_OF_STATUS, orderItem } from '../shared/orderEvents';
import type { OrderFacts, OrderReport } from '../shared/orderEvents';
import { clean, isObject, parseTime } from '../shared/wire';

import { readState, writeState } from './ledgerState';
import { OrderFeed } from './orderFeed';
import type { OrderList } from './orderFeed';
import { decide, passesFilters, statusesToList } from './orderLedger';
import { readParameters } from './parameters';
import type { TriggerParameters } from './parameters';

/** What n8n gives a poll where it does not say otherwise, in milliseconds. */
const USUAL_BUDGET_MS = 300_000;

/** How often the client sends a read at most, and how long it pauses between, in seconds. */
const CLIENT_ATTEMPTS = 3;
const CLIENT_PAUSES_SECONDS = 3;

const LONGEST_TIMEOUT_SECONDS = 30;

const feed = new OrderFeed();

/** The agent behind each account, which never changes: it is asked for once. */
const agentIds = new Map<string, string>();

/** Triggers with a poll on its way. n8n starts the next one all the same. */
const busy = new Set<string>();

/** Contexts that have polled. n8n makes one when a workflow is published and polls with it from then on. */
const known = new WeakSet<IPollFunctions>();

/**
 * One poll: lists the orders, lets the ledger decide and returns what the workflow gets.
 *
 * @returns null when there is nothing to hand over, or it is too early to look
 * @throws NodeApiError or NodeOperationError; `failure` tells n8n when to try again
 */
export async function pollOrders(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
	if (this.getMode() === 'manual') return await takeSample(this);

	const isActivation = isActivationPoll(this);
	const trigger = `${this.getWorkflow().id ?? ''}:${this.getNode().id}`;
	if (busy.has(trigger)) return null;
	busy.add(trigger);
	let account: Account | undefined;
	try {
		account = await readAccount(this);
		return await pollAs(this, account, trigger);
	} catch (error) {
		if (account) learnFrom(error, account);
		if (isActivation && mayStartLater(error, this)) return null;
		throw asThrown(explained(this, error));
	} finally {
		busy.delete(trigger);
	}
}

async function pollAs(context: IPollFunctions, account: Account, trigger: string): Promise<INodeExecutionData[][] | null> {
	const parameters = readParameters(context);
	const list = await feed.read({
		account: account.id,
		baseUrl: account.baseUrl,
		trigger,
		statuses: statusesToList(parameters.events),
		minimumSeconds: parameters.minimumSeconds,
		fetch: async (statuses) => await listOrders(context, account, statuses),
	});
	if (!list) return null;

	// Nothing waits from here on: whatever polls at the same time, the state is read and written in one go.
	const data = context.getWorkflowStaticData('node');
	const options = { ...parameters, emitWaitingAtStart: parameters.emitWaitingAtStart || isResumed(context) };
	const before = readState(data.ledger);
	const { state, emissions } = decide(before, list.orders, options, list.listedAt);
	if (state !== before) data.ledger = writeState(state);
	if (emissions.length === 0) return null;
	return [emissions.map(({ event, order, attempt, previousStatus }) => item({ event, attempt, previousStatus }, order))];
}

/** What a person gets who tries the workflow out: the order that would come first. Remembers nothing. */
async function takeSample(context: IPollFunctions): Promise<INodeExecutionData[][]> {
	try {
		const account = await readAccount(context);
		const parameters = readParameters(context);
		const wait = feed.pausedSeconds(account.baseUrl);
		if (wait > 0) {
			throw inputError(
				context.getNode(),
				`Atelier's rate limit is reached: it goes on in ${wait} seconds`,
				'Wait so long and try again. Published workflows go on by themselves.',
			);
		}
		const statuses = statusesToList(parameters.events);
		const waiting = (await listOrders(context, account, statuses)).orders;
		const waitingSample = findSample(waiting, parameters);
		if (waitingSample) return [[waitingSample]];
		const all = statuses.length === 0 ? waiting : (await listOrders(context, account, [])).orders;
		const [newest] = all.filter((order) => passesFilters(order, parameters)).sort(byAge).reverse();
		if (newest) return [[item({ event: EVENT_OF_STATUS[newest.status] ?? parameters.events[0], attempt: 1, previousStatus: null }, newest)]];
		throw inputError(
			context.getNode(),
			all.length === 0 ? 'This agent has no orders yet, so there is none to show' : `None of the ${all.length} orders of this agent passes the filters`,
			all.length === 0
				? 'Publish the workflow: it starts with the first order. To build it before that, pin sample data to this node.'
				: 'Change the filters of this node, or pin sample data to it.',
		);
	} catch (error) {
		throw asThrown(toNodeError(context.getNode(), error));
	}
}

function findSample(orders: OrderFacts[], parameters: TriggerParameters): INodeExecutionData | undefined {
	const { emissions } = decide(undefined, orders, { ...parameters, batchSize: 1, emitWaitingAtStart: true }, Date.now());
	return emissions.map(({ event, order, attempt, previousStatus }) => item({ event, attempt, previousStatus }, order))[0];
}

/** Lists the agent's orders (Atelier API: GET /agents/{id}/orders). */
async function listOrders(context: IPollFunctions, account: Account, statuses: readonly string[]): Promise<OrderList> {
	const client = new AtelierClient(context, { timeoutSeconds: timeoutSeconds(context, account) });
	const agentId = agentIds.get(account.id) ?? (await client.agentId());
	agentIds.set(account.id, agentId);
	const { data, headers } = await client.send<OrderFacts[]>({
		method: 'GET',
		path: `/agents/${pathPart(agentId)}/orders`,
		query: { status: statuses.join(',') },
	});
	if (!Array.isArray(data)) {
		throw inputError(
			context.getNode(),
			'The Base URL of the Atelier credential does not answer like an Atelier API: what it calls the orders is no list',
			`Use ${DEFAULT_BASE_URL}`,
		);
	}
	// By the server's clock, whatever is done to this machine's.
	const serverTime = typeof headers.date === 'string' ? Date.parse(headers.date) : Number.NaN;
	return {
		orders: data.filter(isObject),
		listedAt: Number.isNaN(serverTime) ? Date.now() : serverTime,
	};
}

function item(report: OrderReport, order: OrderFacts): INodeExecutionData {
	return { json: orderItem(report, clean<OrderFacts>(order)) };
}

function byAge(a: OrderFacts, b: OrderFacts): number {
	const [first, second] = [a, b].map(({ created_at: time }) => parseTime(time) || 0);
	return first - second;
}

/** How long an attempt may take, so that all of them end within the time that n8n gives a poll. */
function timeoutSeconds(context: IPollFunctions, account: Account): number {
	const calls = agentIds.has(account.id) ? 1 : 2;
	const seconds = budgetMs(context) / 1000 / calls - CLIENT_PAUSES_SECONDS;
	return Math.min(LONGEST_TIMEOUT_SECONDS, Math.max(1, Math.floor(seconds / CLIENT_ATTEMPTS)));
}

/** Hosts from before this existed give a poll all the time it takes. */
function budgetMs(context: IPollFunctions): number {
	const { getPollBudgetMs } = context as Partial<IPollFunctions>;
	return getPollBudgetMs?.call(context) ?? USUAL_BUDGET_MS;
}

/**
 * Whether this is the poll with which n8n tries a trigger out while it publishes the workflow or starts up. Its
 * scheduler in the database makes a context for every poll, but gives those less time.
 */
function isActivationPoll(context: IPollFunctions): boolean {
	const isFirst = !known.has(context);
	known.add(context);
	return isFirst && budgetMs(context) >= USUAL_BUDGET_MS;
}

/** Whether the workflow was published before: without a memory, the memory was lost, and nothing is old. */
function isResumed(context: IPollFunctions): boolean {
	return ['init', 'leadershipChange'].includes(context.getActivationMode());
}

/**
 * Whether a trigger may be started in spite of this: too many calls pass by themselves, and when n8n starts up with
 * nobody there, so does anything that is not the user's to mend. The next poll reports it if it lasts.
 */
function mayStartLater(error: unknown, context: IPollFunctions): boolean {
	if (!(error instanceof NodeApiError)) return false;
	return error.httpCode === '429' || (isResumed(context) && isTransient(error));
}

function isTransient(error: NodeApiError): boolean {
	return error.httpCode === '429' || gotNoAnswer(error);
}

function learnFrom(error: unknown, account: Account): void {
	if (!(error instanceof NodeApiError)) return;
	const { retryAfterSeconds } = error.context;
	if (typeof retryAfterSeconds === 'number') feed.pause(account.baseUrl, retryAfterSeconds);
	// Asking for the agent is unlimited: a key that is refused is tried there, not with calls that count.
	if (error.httpCode === '401' || error.httpCode === '403') agentIds.delete(account.id);
}

/** The error with what it means for a trigger. */
function explained(context: IPollFunctions, error: unknown): Error {
	const nodeError = toNodeError(context.getNode(), error);
	if (nodeError instanceof NodeApiError && nodeError.httpCode === '413') {
		nodeError.description =
			'The list of all orders is longer than the server sends at once. Only a trigger for completed or cancelled orders needs all of them: leave these two events out, and it gets a list of what is open. Or use the Atelier Webhook Trigger for them.';
	}
	if (nodeError instanceof NodeApiError && isTransient(nodeError)) {
		nodeError.description =
			nodeError.httpCode === '429'
				? 'The trigger waits so long and then goes on by itself; no order is lost. If this comes often, poll less often: Atelier counts looking at orders, uploading and delivering together.'
				: 'The trigger tries again with its next poll; no order is lost.';
	}
	return nodeError;
}
