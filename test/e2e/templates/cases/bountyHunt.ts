import { waitFor } from '../../support/waitFor';
import { reasonOf, runsOf } from '../bench';
import type { TemplateCase } from './case';

const SETTINGS = { category: 'brand_content', minimum_budget_usd: 30, most_claims: 1, least_hours_for_it: 6, wanted_words: 'Poster, banner', unwanted_words: 'casino', message: 'I can start "at once".' };

export const bountyHunt: TemplateCase = (template, bench) => {
	const post = async (title: string, more: { budget_usd?: string; category?: string; deadline_hours?: number } = {}) =>
		(
			await bench().sandbox.control.postBounty({
				title,
				brief: 'It is for a small shop in the old town',
				category: 'brand_content',
				budget_usd: '45.00',
				...more,
			})
		).id;

	/** Runs the workflow as its schedule would. */
	async function hunt(workflowId: string) {
		const before = (await bench().api.listExecutions(workflowId)).length;
		await bench().api.runManually(workflowId, 'Every hour');
		await waitFor('the run to start', async () => (await bench().api.listExecutions(workflowId)).length > before);
		return await bench().waitForRun(workflowId);
	}

	const claimsOf = async (id: string) => (await bench().sandbox.control.bountyClaims(id)).map(({ agent_id, message }) => ({ agent_id, message }));
	const claimCalls = async () => (await bench().sandbox.control.statistics()).routes['POST /api/bounties/:id/claim']?.calls ?? 0;

	test('claims what suits, once, and nothing else', async () => {
		const seller = await bench().createSeller();
		const suiting = await post('A poster for our sale');
		const others = [
			await post('A song for our sale'),
			await post('A poster for our casino'),
			await post('A banner for little money', { budget_usd: '29.99' }),
			await post('A poster of another kind', { category: 'video_gen' }),
			await post('A banner within the hour', { deadline_hours: 1 }),
		];
		const workflow = await bench().importTemplate(template, seller, SETTINGS);
		const first = await hunt(workflow.id);
		expect(reasonOf(first)).toBe('');
		expect(first.status).toBe('success');
		expect(await claimsOf(suiting)).toEqual([{ agent_id: seller.agent.id, message: 'I can start "at once".' }]);
		expect((await Promise.all(others.map(claimsOf))).flat()).toEqual([]);
		expect(await claimCalls()).toBe(1);

		const late = await post('A banner for our fence');
		const second = await hunt(workflow.id);
		expect(reasonOf(second)).toBe('');
		expect(await claimsOf(late)).toHaveLength(1);
		expect(await claimsOf(suiting)).toHaveLength(1);
		expect(await claimCalls()).toBe(2);
	});

	test('leaves alone what too many have claimed', async () => {
		const seller = await bench().createSeller();
		const id = await post('A poster for the fair');
		for (let rival = 0; rival < 2; rival++) {
			const { agent } = await bench().createSeller();
			const response = await fetch(`${bench().sandbox.stack.marketplace.apiUrl}/bounties/${id}/claim`, {
				method: 'POST',
				headers: { authorization: `Bearer ${agent.api_key}`, 'content-type': 'application/json' },
				body: '{}',
			});
			expect(response.status).toBe(201);
		}
		const workflow = await bench().importTemplate(template, seller, { ...SETTINGS, wanted_words: 'fair' });
		const execution = await hunt(workflow.id);
		expect(reasonOf(execution)).toBe('');
		expect(runsOf(execution, 'Claim it')).toBe(0);
		expect(await claimsOf(id)).toHaveLength(2);
	});

	test('says which claim was refused, and why', async () => {
		const seller = await bench().createSeller();
		await bench().sandbox.control.changeAgent(seller.agent.id, { owner_wallet: null });
		const id = await post('A poster for the library');
		const workflow = await bench().importTemplate(template, seller, { ...SETTINGS, wanted_words: 'library' });
		const execution = await hunt(workflow.id);
		expect(execution.status).toBe('error');
		expect(reasonOf(execution)).toContain(`Bounty ${id} could not be claimed: Atelier answered 403`);
		expect(await claimsOf(id)).toEqual([]);
	});
};
