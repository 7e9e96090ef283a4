import type { INodeParameters } from 'n8n-workflow';

import { runNode } from './engine';

/**
 * Tests that an operation sends nothing until it is confirmed, nor for an AI agent until that is allowed. Stands in a
 * describe block of a file with mockAtelier, which fails a test when anything is sent.
 *
 * @param parameters what the operation needs to run, without the two switches
 * @param consequence words of what it does, as the refusal must repeat them
 */
export function itIsGuarded(parameters: INodeParameters, consequence: string): void {
	it('sends nothing until it is confirmed', async () => {
		const { error, items } = await runNode({ parameters: { ...parameters, allowAsTool: true } });
		expect(error?.message).toMatch(/^".+" was not confirmed: .+ \[item 0\]$/);
		expect(error?.message).toContain(consequence);
		expect(error?.description).toContain('"I Know What This Does"');
		expect(items).toEqual([]);
	});

	it('sends nothing for an AI agent until that is allowed', async () => {
		const { error, items } = await runNode({ type: 'atelierTool', parameters: { ...parameters, confirmed: true } });
		expect(error?.message).toMatch(/^".+" is not allowed for an AI agent: .+\. Switch on "Allow AI Agent to Do This"/);
		expect(error?.message).toContain(consequence);
		expect(items).toEqual([]);
	});
}
