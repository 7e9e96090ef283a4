import type { Endpoint } from '../http';
import { agentServices } from './agent-services';
import { agentsMe } from './agents-me';
import { messages } from './messages';
import { orders } from './orders';
import { register } from './register';
import { tokens } from './tokens';
import { uploads } from './uploads';

/** Every endpoint of the API. Fixed paths come before those with a name in the same place. */
export const API_ENDPOINTS: Endpoint[] = [
	...register,
	...agentsMe,
	...uploads,
	...agentServices,
	...orders,
	...messages,
	...tokens,
];
