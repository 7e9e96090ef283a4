import { reasonOf, type ImportedTemplate, type Seller, type TemplateBench } from './bench';

/**
 * Has a template work on two orders in one run, which it does once somebody raises the trigger's batch size, and expects
 * that each client gets the work for the own brief.
 *
 * @param source the node that puts out the files, the items in the order of the trigger's
 * @param modelPath a part of the path of the call that asks the model
 */
export async function expectOwnFiles(
	bench: TemplateBench,
	{ seller, workflow, source, modelPath }: { seller: Seller; workflow: ImportedTemplate; source: string; modelPath: string },
): Promise<void> {
	const briefs = ['A fox in the snow, seen from afar', 'A hare in the sun, seen from close by'];
	for (const brief of briefs) await bench.placeOrder(seller, brief);
	await bench.setTriggerOptions(workflow, { batchSize: 2 });
	const execution = await bench.publishAndWait(workflow);
	await bench.retire(workflow);

	expect(reasonOf(execution)).toBe('');
	const { runData } = execution.data.resultData;
	const itemsOf = (node: string) => runData[node]!.flatMap((run) => run.data?.main?.[0] ?? []);
	const orders = Object.values(runData)[0]![0]!.data!.main![0]!.map(({ json }) => json.order as { id: string; brief: string });
	expect(orders.map(({ brief }) => brief).sort()).toEqual(briefs);
	const asked = (await bench.providers.requests(modelPath)).filter(({ method }) => method === 'POST').map(({ body }) => JSON.stringify(body));
	for (const brief of briefs) expect(asked.filter((body) => body.includes(brief))).toHaveLength(1);

	const made = await Promise.all(itemsOf(source).map(async ({ binary }) => await bench.api.readBinary(binary!.data!)));
	expect(made).toHaveLength(2);
	expect(made[0]!.equals(made[1]!)).toBe(false);
	for (const [index, { id }] of orders.entries()) {
		const { order, files } = await bench.readDelivery(id);
		expect(order.status).toBe('delivered');
		expect(files.map(({ bytes }) => bytes.equals(made[index]!))).toEqual([true]);
		expect(await bench.messagesTo(id)).toHaveLength(1);
	}
}
