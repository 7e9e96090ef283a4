import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** V8's heap of this process in MB, after a collection of garbage. */
export function heapMB(): number {
	collectGarbage();
	return process.memoryUsage().heapUsed / (1024 * 1024);
}
