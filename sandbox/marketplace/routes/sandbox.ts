import type { Endpoint } from '../http';
import { sandboxAgents } from './sandbox-agents';
import { sandboxBounties } from './sandbox-bounties';
import { sandboxBuyer } from './sandbox-buyer';
import { sandboxControl } from './sandbox-control';

/** Calls below `/sandbox` that the platform does not have: for tests, the demo and the page. */
export const SANDBOX_ENDPOINTS: Endpoint[] = [...sandboxControl, ...sandboxAgents, ...sandboxBuyer, ...sandboxBounties];
