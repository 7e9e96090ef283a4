import type { WorkflowFile } from '../n8n/api';
import type { Stack } from '../stack';
import { readTemplate } from './desk';

/** Where a service answers in the sandbox, by the beginning of its real address. */
function sandboxAddresses(urls: { atelier: string; providers: string }): Array<[real: string, local: string]> {
	return [
		['https://api.useatelier.ai/api', urls.atelier],
		['https://api.openai.com/v1', `${urls.providers}/openai/v1`],
		['https://generativelanguage.googleapis.com', `${urls.providers}/gemini`],
		['https://queue.fal.run', `${urls.providers}/fal/queue`],
		['https://fal.run', `${urls.providers}/fal/run`],
		['https://api.replicate.com/v1', `${urls.providers}/replicate/v1`],
		['https://api.stability.ai', `${urls.providers}/stability`],
		['https://hooks.slack.com', `${urls.providers}/slack`],
		['http://127.0.0.1:7860', `${urls.providers}/a1111`],
		['http://127.0.0.1:8188', `${urls.providers}/comfyui`],
	];
}

interface Assignment {
	name: string;
	value: unknown;
}

/** The fields of a template's Settings node, which is the one Edit Fields (Set) node that each template has. */
function settingsOf(workflow: WorkflowFile): Assignment[] {
	return workflow.nodes
		.filter(({ type }) => type === 'n8n-nodes-base.set')
		.flatMap(({ parameters }) => (parameters.assignments as { assignments?: Assignment[] } | undefined)?.assignments ?? []);
}

/**
 * A copy of the workflow with other values in its Settings node.
 *
 * @throws Error when there is no setting of a name
 */
export function withSettings(workflow: WorkflowFile, values: Record<string, unknown>): WorkflowFile {
	const changed = structuredClone(workflow);
	for (const [name, value] of Object.entries(values)) {
		const setting = settingsOf(changed).find((each) => each.name === name);
		if (!setting) throw new Error(`"${workflow.name}" has no setting "${name}".`);
		setting.value = value;
	}
	return changed;
}

/**
 * A copy of the workflow whose settings name the sandbox's services instead of the real ones.
 *
 * @param urls Atelier's base URL in the sandbox and the address of the providers, both without a trailing slash
 */
export function useSandboxServices(workflow: WorkflowFile, urls: { atelier: string; providers: string }): WorkflowFile {
	const addresses = sandboxAddresses(urls);
	const moved = settingsOf(workflow).flatMap(({ name, value }) => {
		const [real, local] = addresses.find(([beginning]) => String(value).startsWith(beginning)) ?? [];
		return real === undefined ? [] : [[name, local + String(value).slice(real.length)] as const];
	});
	return withSettings(workflow, Object.fromEntries(moved));
}

/**
 * A template as a person fills it in for the sandbox.
 *
 * @param settings values for its Settings node, by name
 */
export function fillInTemplate(template: string, stack: Stack, settings: Record<string, unknown> = {}): WorkflowFile {
	const urls = { atelier: stack.marketplace.apiUrl, providers: stack.providers.url };
	return withSettings(useSandboxServices(readTemplate(template), urls), settings);
}
