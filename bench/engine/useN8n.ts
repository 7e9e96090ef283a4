import { createRequire, registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

// The HTTP Request node exists only in a whole n8n, and brings that one's engine. Whatever the benchmark loads gets its
// engine from there, too, so that all variants run in the same one. Imported before anything that imports n8n-core.

/** Set by ../main.ts for the processes of the jobs. */
const installation = pathToFileURL(join(process.env.SANDBOX_N8N_DIR ?? '', 'node_modules', '/')).href;

/** Loads modules of that n8n. */
export const requireFromN8n = createRequire(installation);

registerHooks({
	resolve: (specifier, context, next) =>
		/^(n8n-core|n8n-workflow|@n8n\/.+|zod)$/.test(specifier) && !context.parentURL?.startsWith(installation)
			? { url: pathToFileURL(requireFromN8n.resolve(specifier)).href, shortCircuit: true }
			: next(specifier, context),
});
