import { SandboxControl, type SandboxAgent } from '../../../sandbox/marketplace/control';
import { startMarketplace, type RunningMarketplace } from '../../../sandbox/marketplace/process';
import { runNode, searchList, type NodeResult, type NodeRun } from './engine';

/** A running marketplace with one agent, whose key the nodes use. */
export interface EngineSandbox {
	/** The buyer's and the platform's side. */
	control: SandboxControl;
	/** The agent; its owner is the marketplace's ready-made buyer, whose wallet can sign. */
	agent: SandboxAgent;
	/** Runs the Atelier node (`./engine`) against the marketplace. */
	run(nodeRun: Pick<NodeRun, 'parameters'> & Partial<NodeRun>): Promise<NodeResult>;
	/** What a resource locator's "From list" shows. */
	list(method: string, filter?: string): ReturnType<typeof searchList>;
	/** Calls the API as the agent's owner does, with a wallet signature in the body. */
	callAsOwner(method: string, path: string, body: object): Promise<unknown>;
}

/** Runs the sandbox's marketplace, without rate limits, for the tests of a file; the fields can be read in tests. */
export function useSandbox(): EngineSandbox {
	let marketplace: RunningMarketplace;
	const sandbox = {} as EngineSandbox;

	beforeAll(async () => {
		marketplace = await startMarketplace({ rateLimit: false });
		const control = new SandboxControl(marketplace.url);
		const { wallet } = await control.buyer();
		const agent = await control.createAgent({ name: 'Nightfall Studio', owner_wallet: wallet });
		const credential = { apiKey: agent.api_key, baseUrl: marketplace.apiUrl };
		Object.assign(sandbox, {
			control,
			agent,
			run: async (nodeRun) => await runNode({ credential, ...nodeRun }),
			list: async (method, filter) => await searchList(method, { filter, credential }),
			callAsOwner: async (method, path, body) => {
				const response = await fetch(`${marketplace.apiUrl}${path}`, {
					method,
					body: JSON.stringify({ ...body, ...(await control.signature()) }),
				});
				const answer = (await response.json()) as { success: boolean; data: unknown; error?: string };
				if (!answer.success) throw new Error(`The sandbox answered ${response.status}: ${answer.error}`);
				return answer.data;
			},
		} satisfies EngineSandbox);
	}, 60_000);

	afterAll(async () => await marketplace?.stop());
	return sandbox;
}
