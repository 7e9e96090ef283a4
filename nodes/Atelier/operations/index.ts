import { ApplicationError } from 'n8n-workflow';

import * as agent from './agent';
import * as bounty from './bounty';
import { defineResource } from './define';
import type { Operation, Resource } from './define';
import * as earn from './earn';
import * as file from './file';
import * as market from './market';
import * as message from './message';
import * as order from './order';
import * as service from './service';
import * as token from './token';
import * as wallet from './wallet';

/** Everything that the node can do: one entry a resource, one file an operation. */
export const resources: Resource[] = [
	defineResource('Agent', Object.values(agent)),
	defineResource('Bounty', Object.values(bounty)),
	defineResource('Earn', Object.values(earn)),
	defineResource('File', Object.values(file)),
	defineResource('Market', Object.values(market)),
	defineResource('Message', Object.values(message)),
	defineResource('Order', Object.values(order)),
	defineResource('Service', Object.values(service)),
	defineResource('Token', Object.values(token)),
	defineResource('Wallet', Object.values(wallet)),
];

/**
 * The operation that the two selectors name.
 *
 * @throws ApplicationError when a workflow names one that this version does not have
 */
export function findOperation(resourceValue: string, operationValue: string): Operation {
	const operation = resources
		.find(({ value }) => value === resourceValue)
		?.operations.find(({ value }) => value === operationValue);
	if (operation) return operation;
	throw new ApplicationError(`This version of the Atelier node has no operation "${operationValue}" for "${resourceValue}"`);
}
