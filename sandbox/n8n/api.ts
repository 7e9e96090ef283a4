import { setTimeout as sleep } from 'node:timers/promises';
import { parse as parseFlatted } from 'flatted';
import type { INodeTypeDescription } from 'n8n-workflow';

const PUBLISH_WITHIN_MS = 60_000;

/** The login of the person who owns an n8n. */
export interface Owner {
	email: string;
	/** n8n wants at least 8 characters with a number and a capital letter. */
	password: string;
	firstName: string;
	lastName: string;
}

/** A node as workflow files have it; fields that the sandbox does not touch pass through. */
export interface WorkflowNode {
	id?: string;
	name: string;
	type: string;
	typeVersion: number;
	position: [number, number];
	parameters: Record<string, unknown>;
	credentials?: Record<string, { id: string; name: string }>;
	[field: string]: unknown;
}

/** A workflow as its file has it. */
export interface WorkflowFile {
	name: string;
	nodes: WorkflowNode[];
	connections: Record<string, unknown>;
	settings?: Record<string, unknown>;
	[field: string]: unknown;
}

/** A workflow as n8n stores it. */
export interface StoredWorkflow extends WorkflowFile {
	id: string;
	versionId: string;
	/** The published version; null while nothing is published. */
	activeVersionId: string | null;
}

/** A node type as n8n describes it; the name has the package in front, e.g. "n8n-nodes-atelier.atelier". */
export type NodeType = INodeTypeDescription;

export type ExecutionStatus = 'new' | 'running' | 'waiting' | 'success' | 'error' | 'crashed' | 'canceled' | 'unknown';

/** One row of the list of executions. */
export interface ExecutionSummary {
	id: string;
	workflowId: string;
	/** "trigger" for those that a published trigger started, "manual" for those from the editor. */
	mode: string;
	status: ExecutionStatus;
	startedAt: string;
	stoppedAt?: string;
}

/** A file among an execution's data. Its bytes: N8nApi.readBinary. */
export interface ExecutionBinary {
	id?: string;
	data: string;
	mimeType: string;
	fileName?: string;
	bytes?: number;
}

export interface ExecutionItem {
	json: Record<string, unknown>;
	binary?: Record<string, ExecutionBinary>;
}

/** An execution with its data. */
export interface Execution extends ExecutionSummary {
	data: {
		resultData: {
			/** By node name, one entry for each run of the node. */
			runData: Record<
				string,
				Array<{ error?: { message: string }; data?: { main?: Array<ExecutionItem[] | null> } }>
			>;
			error?: { message: string; description?: string };
		};
	};
}

/** The outcome of the button that tests a credential. */
export interface CredentialTestResult {
	status: 'OK' | 'Error';
	message: string;
}

/** How far n8n is with publishing a workflow, and why a trigger did not start. */
export interface PublicationStatus {
	status: 'in_progress' | 'published' | 'partial' | 'failed' | 'not_published';
	triggers: Array<{ nodeId: string; status: 'activated' | 'failed'; errorMessage: string | null }>;
}

/** n8n refused a call; the message holds its words. */
export class N8nApiError extends Error {
	constructor(
		readonly status: number,
		call: string,
		words: string,
	) {
		super(`n8n answered ${status} to ${call}: ${words}`);
	}
}

/** The REST API behind n8n's editor, in the name of the owner once that person has signed in. */
export class N8nApi {
	private cookie = '';

	/** @param url address of the editor, without a trailing slash */
	constructor(private readonly url: string) {}

	/** Whether somebody has set up this n8n already. */
	async hasOwner(): Promise<boolean> {
		const settings = await this.call<{ userManagement: { showSetupOnFirstLoad: boolean } }>('GET', '/settings');
		return !settings.userManagement.showSetupOnFirstLoad;
	}

	/** Signs in; in a new n8n, sets up its owner with this login first. */
	async signIn(owner: Owner): Promise<void> {
		if (!(await this.hasOwner())) await this.call('POST', '/owner/setup', owner);
		else await this.call('POST', '/login', { emailOrLdapLoginId: owner.email, password: owner.password });
	}

	/** All node types that this n8n has loaded; one with several descriptions comes several times. */
	async readNodeTypes(): Promise<NodeType[]> {
		return (await (await this.send('GET', '/types/nodes.json')).json()) as NodeType[];
	}

	/**
	 * Makes a key for n8n's public API.
	 *
	 * @param scopes what the key may do, e.g. "execution:retry"
	 */
	async createApiKey(label: string, scopes: string[]): Promise<string> {
		return (await this.call<{ rawApiKey: string }>('POST', '/api-keys', { label, scopes, expiresAt: null })).rawApiKey;
	}

	/** @returns the new credential's id */
	async createCredential(name: string, type: string, data: Record<string, unknown>): Promise<string> {
		return (await this.call<{ id: string }>('POST', '/credentials', { name, type, data })).id;
	}

	/** Replaces all fields of a credential. */
	async updateCredential(id: string, name: string, type: string, data: Record<string, unknown>): Promise<void> {
		await this.call('PATCH', `/credentials/${id}`, { name, type, data });
	}

	/** Does what the editor does when a credential is saved: runs the credential type's test. */
	async testCredential(type: string, data: Record<string, unknown>): Promise<CredentialTestResult> {
		return await this.call('POST', '/credentials/test', { credentials: { id: '', name: 'Tested', type, data } });
	}

	async createWorkflow(workflow: WorkflowFile): Promise<StoredWorkflow> {
		return await this.call('POST', '/workflows', workflow);
	}

	async readWorkflow(id: string): Promise<StoredWorkflow> {
		return await this.call('GET', `/workflows/${id}`);
	}

	/** Changes the draft; what is published stays until it is published again. */
	async updateWorkflow(id: string, change: Partial<WorkflowFile>): Promise<StoredWorkflow> {
		return await this.call('PATCH', `/workflows/${id}`, change);
	}

	/**
	 * Publishes the newest version of a workflow and waits until its triggers run.
	 *
	 * @throws Error with n8n's words when a trigger cannot start
	 */
	async publish(id: string): Promise<void> {
		const { versionId } = await this.readWorkflow(id);
		await this.call('POST', `/workflows/${id}/activate`, { versionId });
		const { status, triggers } = await this.waitForPublication(id);
		if (status === 'published') return;
		const reasons = triggers.map(({ errorMessage }) => errorMessage).filter(Boolean);
		throw new Error(`n8n could not publish the workflow (${status}): ${reasons.join('; ') || 'no reason given'}`);
	}

	/** Stops a workflow's triggers and waits until they have stopped. */
	async unpublish(id: string): Promise<void> {
		await this.call('POST', `/workflows/${id}/deactivate`, {});
		await this.waitForPublication(id);
	}

	/** Waits until n8n has done what was asked of it last; it tries for some 15 s to start a trigger that fails. */
	async waitForPublication(id: string): Promise<PublicationStatus> {
		const deadline = Date.now() + PUBLISH_WITHIN_MS;
		while (Date.now() < deadline) {
			const publication = await this.readPublicationStatus(id);
			if (publication.status !== 'in_progress') return publication;
			await sleep(200);
		}
		throw new Error(`n8n did not finish publishing the workflow ${id} within ${PUBLISH_WITHIN_MS / 1_000} s.`);
	}

	async readPublicationStatus(id: string): Promise<PublicationStatus> {
		return await this.call('GET', `/workflows/${id}/publication-status`);
	}

	/** Deletes a workflow with its executions; n8n wants it archived first. */
	async deleteWorkflow(id: string): Promise<void> {
		await this.call('POST', `/workflows/${id}/archive`, {});
		await this.call('DELETE', `/workflows/${id}`);
	}

	/**
	 * Runs a workflow as the editor's button does, starting at the given trigger node.
	 *
	 * @returns the execution's id
	 */
	async runManually(id: string, triggerName: string): Promise<string> {
		const started = await this.call<{ executionId?: string }>('POST', `/workflows/${id}/run`, {
			triggerToStartFrom: { name: triggerName },
		});
		if (!started.executionId) throw new Error(`n8n did not start the workflow at "${triggerName}" but waits for its event.`);
		return started.executionId;
	}

	/** The executions of a workflow that have not ended, and the newest 100 of those that have, newest first. */
	async listExecutions(workflowId: string): Promise<ExecutionSummary[]> {
		return (await this.readExecutions(workflowId)).results;
	}

	/** All executions of a workflow, newest first. */
	async listAllExecutions(workflowId: string): Promise<ExecutionSummary[]> {
		const pages = [await this.readExecutions(workflowId)];
		for (let cursor = pages[0].nextCursor; cursor; cursor = pages.at(-1)!.nextCursor) {
			pages.push(await this.readExecutions(workflowId, cursor));
		}
		return pages.flatMap(({ results }) => results);
	}

	private async readExecutions(
		workflowId: string,
		cursor?: string,
	): Promise<{ results: ExecutionSummary[]; nextCursor: string | null }> {
		const filter = JSON.stringify({ workflowId });
		return await this.call('GET', `/executions?${new URLSearchParams({ filter, limit: '100', ...(cursor && { cursor }) }).toString()}`);
	}

	async readExecution(id: string): Promise<Execution> {
		const execution = await this.call<Omit<Execution, 'data'> & { data: string }>('GET', `/executions/${id}`);
		return { ...execution, data: parseFlatted(execution.data) as Execution['data'] };
	}

	/** The bytes of a file among an execution's data. */
	async readBinary(binary: ExecutionBinary): Promise<Buffer> {
		if (!binary.id) return Buffer.from(binary.data, 'base64');
		const query = new URLSearchParams({ id: binary.id, action: 'download' });
		const response = await this.send('GET', `/rest/binary-data?${query.toString()}`);
		return Buffer.from(await response.arrayBuffer());
	}

	private async call<T>(method: string, path: string, body?: unknown): Promise<T> {
		const answer = (await (await this.send(method, `/rest${path}`, body)).json()) as { data: T };
		return answer.data;
	}

	private async send(method: string, path: string, body?: unknown): Promise<Response> {
		const response = await fetch(`${this.url}${path}`, {
			method,
			headers: { cookie: this.cookie, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
			body: body === undefined ? undefined : JSON.stringify(body),
		});
		const [setCookie] = response.headers.getSetCookie();
		if (setCookie) this.cookie = setCookie.split(';')[0]!;
		if (!response.ok) {
			const text = await response.text();
			let words = text;
			try {
				words = (JSON.parse(text) as { message?: string }).message ?? text;
			} catch {
				// Not JSON: the text itself is all there is to show.
			}
			throw new N8nApiError(response.status, `${method} ${path}`, words);
		}
		return response;
	}
}
