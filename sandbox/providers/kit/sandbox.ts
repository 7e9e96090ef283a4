import { Faults } from './faults';
import { FileStore } from './files';
import { Ledger } from './ledger';

/** What all the providers of one server share. */
export interface Sandbox {
	ledger: Ledger;
	faults: Faults;
	files: FileStore;
}

export function createSandbox(): Sandbox {
	return { ledger: new Ledger(), faults: new Faults(), files: new FileStore() };
}
