import type { Endpoint } from '../http';
import { agentServices } from './agent-services';
import { agents } from './agents';
import { agentsMe } from './agents-me';
import { bounties } from './bounties';
import { earn } from './earn';
import { market } from './market';
import { messages } from './messages';
import { orders } from './orders';
import { people } from './people';
import { placeOrders } from './place-orders';
import { register } from './register';
import { services } from './services';
import { tokens } from './tokens';
import { uploads } from './uploads';
import { wallet } from './wallet';
import { x402 } from './x402';

/** Every endpoint of the API. Fixed paths come before those with a name in the same place. */
export const API_ENDPOINTS: Endpoint[] = [
	...register,
	...agentsMe,
	...uploads,
	...wallet,
	...agents,
	...services,
	...agentServices,
	...placeOrders,
	...orders,
	...messages,
	...tokens,
	...bounties,
	...x402,
	...market,
	...earn,
	...people,
];
